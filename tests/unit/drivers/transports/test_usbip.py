"""The USB/IP client behind pyusb's own API, against a server written from the kernel's paper."""

import errno
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import usb.core
import usb.util

from drivers.transports.usbip import WRITE_BYTES_MAX, UsbipBackend
from tests.unit.drivers.transports.paper_usbip import PaperServer

OUT, IN = 0x02, 0x81


@pytest.fixture
def server() -> Iterator[PaperServer]:
    one = PaperServer()
    yield one
    one.close()


@pytest.fixture
def backend(server: PaperServer) -> Iterator[UsbipBackend]:
    one = UsbipBackend("127.0.0.1", server.port)
    yield one
    one.close()


@pytest.fixture
def device(backend: UsbipBackend) -> Iterator[Any]:
    one = usb.core.find(backend=backend, idVendor=0x0F49)
    yield one
    usb.util.dispose_resources(one)


def refused(number: int, code: int, call: Any, *args: Any) -> None:
    with pytest.raises(usb.core.USBError) as caught:
        call(*args)
    assert (caught.value.errno, caught.value.backend_error_code) == (number, code)


def test_pyusb_finds_the_device_and_reads_who_it_is(device: Any) -> None:
    assert (device.idProduct, device.bus, device.address, device.speed) == (0x0A00, 3, 2, 3)
    assert device.serial_number == "SIM42"
    assert [one.bInterfaceClass for one in device.get_active_configuration()] == [7]


def test_an_imported_device_is_found_again_though_the_server_lists_it_no_more(
    server: PaperServer, backend: UsbipBackend, device: Any
) -> None:
    again = usb.core.find(backend=backend, idVendor=0x0F49)
    assert again.serial_number == device.serial_number
    assert usb.core.find(backend=UsbipBackend("127.0.0.1", server.port)) is None


def test_only_the_bus_id_asked_for_is_looked_at(server: PaperServer) -> None:
    assert usb.core.find(backend=UsbipBackend("127.0.0.1", server.port, "1-1")) is None
    assert not server.imported


def test_bytes_go_out_and_come_in(server: PaperServer, device: Any) -> None:
    server.say(b"OK\0")
    assert device.write(OUT, b"hello") == 5
    assert device.read(IN, 64).tobytes() == b"OK\0"
    assert server.took == b"hello"


def test_a_big_write_is_cut_into_urbs_and_taken_whole(server: PaperServer, device: Any) -> None:
    job = bytes(range(256)) * 4096
    assert len(job) == WRITE_BYTES_MAX
    assert device.write(OUT, job, 5000) == len(job)
    assert server.took == job


def test_more_than_a_real_kernel_takes_in_one_write_is_refused(server: PaperServer, device: Any) -> None:
    refused(errno.ENOMEM, -11, device.write, OUT, bytes(WRITE_BYTES_MAX + 1))
    assert not server.took


def test_an_empty_write_reaches_the_device_as_a_transfer(server: PaperServer, device: Any) -> None:
    taken: list[bytes] = []
    server.on_out = taken.append
    assert device.write(OUT, b"") == 0
    assert taken == [b""]


def test_a_read_ends_at_the_short_packet_however_much_was_asked(server: PaperServer, device: Any) -> None:
    server.say(bytes(20_000), b"next")
    assert len(device.read(IN, 64 * 1024)) == 20_000
    assert device.read(IN, 64).tobytes() == b"next"


def test_silence_is_a_timeout_and_what_comes_later_is_not_lost(server: PaperServer, device: Any) -> None:
    with pytest.raises(usb.core.USBTimeoutError) as caught:
        device.read(IN, 64, 30)
    assert (caught.value.errno, caught.value.backend_error_code) == (errno.ETIMEDOUT, -7)
    assert len(server.unlinked) == 1
    server.say(b"late\0")
    assert device.read(IN, 64, 1000).tobytes() == b"late\0"


def test_a_full_printer_is_a_timeout_that_tells_how_much_was_taken(server: PaperServer, device: Any) -> None:
    """Whole URBs of 16 KiB, since an unlinked one does not tell."""

    def full_after_two(_: bytes) -> None:
        server.held_out = len(server.took) >= 32 * 1024

    server.on_out = full_after_two
    assert device.write(OUT, bytes(100_000), 200) == 32 * 1024
    assert len(server.unlinked) == 5
    assert server.unlinked == sorted(server.unlinked, reverse=True)  # none may slip in behind one taken away
    server.release_out()
    assert device.write(OUT, b"x", 1000) == 1
    assert len(server.took) == 32 * 1024 + 1


def test_what_was_done_just_before_it_could_be_taken_back_counts(server: PaperServer, device: Any) -> None:
    server.held_out = True
    server.on_unlink = server.release_out
    assert device.write(OUT, bytes(40_000), 30) == 40_000
    server.on_unlink = lambda: server.say(b"OK\0")
    assert device.read(IN, 64, 30).tobytes() == b"OK\0"


def test_nothing_is_remembered_of_urbs_taken_back(
    server: PaperServer, backend: UsbipBackend, device: Any
) -> None:
    for _ in range(3):
        with pytest.raises(usb.core.USBTimeoutError):
            device.read(IN, 64, 5)
    server.on_unlink = lambda: server.say(b"OK\0")
    device.read(IN, 64, 5)
    link = backend._held["3-2"].link
    assert (link._asked_in, link._answers) == ({}, {})


def test_a_read_cut_short_by_time_gives_what_had_come(server: PaperServer, device: Any) -> None:
    server.unfinished = True
    server.say(bytes(16 * 1024))
    assert len(device.read(IN, 64 * 1024, 50)) == 16 * 1024


def test_a_write_of_which_nothing_was_taken_is_a_timeout(server: PaperServer, device: Any) -> None:
    server.held_out = True
    with pytest.raises(usb.core.USBTimeoutError):
        device.write(OUT, b"x", 30)


def test_a_server_that_answers_no_unlink_counts_as_unplugged(
    server: PaperServer, device: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.transports.usbip_link.UNLINK_S", 0.05)
    server.mute_unlink = True
    refused(errno.ENODEV, -4, device.read, IN, 64, 20)


@pytest.mark.parametrize(
    ("status", "number", "code"),
    [(-32, errno.EPIPE, -9), (-75, errno.EOVERFLOW, -8), (-71, errno.EIO, -1), (-108, errno.ENODEV, -4)],
)
def test_a_transfers_status_becomes_the_error_libusb_raises(
    server: PaperServer, device: Any, status: int, number: int, code: int
) -> None:
    server.status_for[OUT] = status
    refused(number, code, device.write, OUT, bytes(50_000))
    server.status_for = {IN: status}
    refused(number, code, device.read, IN, 64)


def test_a_stall_ends_with_clear_halt(server: PaperServer, device: Any) -> None:
    server.status_for[OUT] = -32
    refused(errno.EPIPE, -9, device.write, OUT, b"x")
    device.clear_halt(OUT)
    assert device.write(OUT, b"x") == 1


def test_unplugging_fails_a_blocked_read_and_everything_after(server: PaperServer, device: Any) -> None:
    puller = threading.Timer(0.05, server.unplug)
    puller.start()
    refused(errno.ENODEV, -4, device.read, IN, 64, 5000)
    refused(errno.ENODEV, -4, device.write, OUT, b"x")
    refused(errno.ENODEV, -4, device.ctrl_transfer, 0x80, 0, 0, 0, 2)
    puller.join()


def test_an_unplugged_device_is_not_found_until_it_is_back(
    server: PaperServer, backend: UsbipBackend, device: Any
) -> None:
    server.unplug()
    refused(errno.ENODEV, -4, device.write, OUT, b"x")
    assert usb.core.find(backend=backend, idVendor=0x0F49) is None
    server.exported = True
    again = usb.core.find(backend=backend, idVendor=0x0F49)
    assert again.write(OUT, b"back") == 4
    usb.util.dispose_resources(again)


def test_one_thread_reads_while_another_writes(server: PaperServer, device: Any) -> None:
    device.write(OUT, b"")  # pyusb claims the interface before the threads meet
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(device.read(IN, 64, 5000).tobytes()))
    reader.start()
    for _ in range(50):
        assert device.write(OUT, bytes(1000), 5000) == 1000
    server.say(b"OK\0")
    reader.join(5)
    assert got == [b"OK\0"]
    assert len(server.took) == 50_000


def test_a_control_transfer_fills_the_buffer_it_was_given(device: Any) -> None:
    assert device.ctrl_transfer(0x80, 0, 0, 0, 2).tobytes() == b"\x01\x00"
    assert device.ctrl_transfer(0x00, 9, 1, 0, b"abc") == 3
    device.set_interface_altsetting(0, 0)


def test_a_second_handle_may_look_but_not_claim(backend: UsbipBackend, device: Any) -> None:
    usb.util.claim_interface(device, 0)
    other = usb.core.find(backend=backend, idVendor=0x0F49)
    assert other.serial_number == "SIM42"
    refused(errno.EBUSY, -6, usb.util.claim_interface, other, 0)
    refused(errno.EBUSY, -6, other.set_configuration)
    usb.util.release_interface(device, 0)
    usb.util.claim_interface(other, 0)
    usb.util.dispose_resources(other)
    assert device.serial_number == "SIM42"


def test_the_last_handle_lets_the_device_go(server: PaperServer, backend: UsbipBackend) -> None:
    one = usb.core.find(backend=backend)
    usb.util.claim_interface(one, 0)
    usb.util.dispose_resources(one)
    someone_else = UsbipBackend("127.0.0.1", server.port)
    assert server.free.wait(5)
    assert list(someone_else.enumerate_devices()) == ["3-2"]


def test_a_device_somebody_else_has_is_busy(server: PaperServer, device: Any) -> None:
    refused(errno.EBUSY, -6, UsbipBackend("127.0.0.1", server.port).get_device_descriptor, "3-2")


def test_no_server_is_told_as_a_refused_connection(server: PaperServer) -> None:
    port = server.port
    server.close()
    with pytest.raises(usb.core.USBError) as caught:
        usb.core.find(backend=UsbipBackend("127.0.0.1", port))
    assert caught.value.errno == errno.ECONNREFUSED


class TestWithUsblpBound:
    """As on a Linux machine where the kernel's printer driver came first."""

    @pytest.fixture
    def device(self, server: PaperServer) -> Iterator[Any]:
        backend = UsbipBackend("127.0.0.1", server.port, kernel_driver_bound=True)
        yield usb.core.find(backend=backend, idVendor=0x0F49)
        backend.close()

    def test_everything_but_looking_is_busy(self, device: Any) -> None:
        assert device.is_kernel_driver_active(0)
        assert device.serial_number == "SIM42"
        refused(errno.EBUSY, -6, device.set_configuration)
        refused(errno.EBUSY, -6, device.write, OUT, b"x")
        refused(errno.EBUSY, -6, device.read, IN, 64)
        refused(errno.EBUSY, -6, device.ctrl_transfer, 0xA1, 1, 0, 0, 1)

    def test_once_detached_it_is_ours_until_attached_again(self, device: Any) -> None:
        device.detach_kernel_driver(0)
        assert not device.is_kernel_driver_active(0)
        assert device.write(OUT, b"x") == 1
        refused(errno.EBUSY, -6, device.attach_kernel_driver, 0)
        usb.util.release_interface(device, 0)
        device.attach_kernel_driver(0)
        refused(errno.EBUSY, -6, device.write, OUT, b"x")

    def test_a_device_plugged_in_again_is_the_kernels_again(self, server: PaperServer, device: Any) -> None:
        device.detach_kernel_driver(0)
        assert device.write(OUT, b"x") == 1
        server.unplug()
        refused(errno.ENODEV, -4, device.write, OUT, b"x")
        server.exported = True
        again = usb.core.find(backend=device.backend, idVendor=0x0F49)
        assert again.is_kernel_driver_active(0)

    def test_detaching_what_is_not_there_says_so(self, device: Any) -> None:
        device.detach_kernel_driver(0)
        refused(errno.ENOENT, -5, device.detach_kernel_driver, 0)


def test_without_a_driver_there_is_none_to_attach(device: Any) -> None:
    assert not device.is_kernel_driver_active(0)
    refused(errno.ENOENT, -5, device.attach_kernel_driver, 0)
