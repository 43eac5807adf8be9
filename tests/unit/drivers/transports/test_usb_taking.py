"""How the USB transport takes the device: from the kernel's driver, beside other programs, or not at all."""

from collections.abc import Iterator

import pytest

from drivers.errors import Unreachable
from drivers.transports import usb
from drivers.transports.usbip import UsbipBackend
from tests.unit.drivers.transports.paper_usbip import CONFIG, PaperServer
from tests.unit.drivers.transports.test_usb import answering, cause, transport_to


@pytest.fixture
def server() -> Iterator[PaperServer]:
    one = PaperServer()
    yield one
    one.close()


def test_the_kernels_own_driver_is_sent_away_and_asked_back(server: PaperServer) -> None:
    answering(server, b"OK\0")
    backend = UsbipBackend("127.0.0.1", server.port, kernel_driver_bound=True)
    transport = usb.UsbTransport(0x0F49, backend=backend)
    assert transport.exchange([b"x"], 5) == b"OK\0"
    transport.close()
    assert server.free.wait(5)
    handle = backend.open_device("3-2")
    assert backend.is_kernel_driver_active(handle, 0)
    backend.close()


def test_a_system_that_knows_no_kernel_drivers_is_fine(
    server: PaperServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows: libusb has no such call there."""

    def unknown(*_: object) -> bool:
        raise NotImplementedError

    backend = UsbipBackend("127.0.0.1", server.port)
    monkeypatch.setattr(backend, "is_kernel_driver_active", unknown)
    answering(server, b"OK\0")
    transport = usb.UsbTransport(0x0F49, backend=backend, release=backend.close)
    assert transport.exchange([b"x"], 5) == b"OK\0"
    transport.close()


def test_an_interface_somebody_holds_is_busy_and_later_ours(server: PaperServer) -> None:
    backend = UsbipBackend("127.0.0.1", server.port)
    other = backend.open_device("3-2")
    backend.claim_interface(other, 0)
    transport = usb.UsbTransport(0x0F49, backend=backend)
    assert cause(Unreachable, transport, b"x") == "busy"
    backend.release_interface(other, 0)
    answering(server, b"OK\0")
    assert transport.exchange([b"x"], 5) == b"OK\0"
    backend.close()


def test_a_device_without_configuration_is_given_its_first() -> None:
    server = PaperServer(configured=0)
    transport = transport_to(server)
    answering(server, b"OK\0")
    assert transport.exchange([b"x"], 5) == b"OK\0"
    assert "0009" in server.requests
    transport.close()
    server.close()


@pytest.mark.parametrize(
    ("config", "word"),
    [
        (CONFIG.replace(bytes.fromhex("070102"), bytes.fromhex("080102")), "unplugged"),  # no printer at all
        (
            CONFIG.replace(bytes.fromhex("810200"), bytes.fromhex("810300")),
            "unsupported",
        ),  # interrupt, not bulk
    ],
)
def test_what_is_no_printer_is_left_alone(config: bytes, word: str) -> None:
    server = PaperServer(config)
    transport = transport_to(server)
    assert cause(Unreachable, transport, b"x") == word
    transport.close()
    server.close()
