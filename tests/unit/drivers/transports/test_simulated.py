"""Our clients against the technician's bench as a process of its own: two readings of a paper must meet."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import usb.core

from drivers.address import parse
from drivers.chip.vpcd import VpcdReader
from drivers.errors import NeedsHands, OutcomeUnknown, Unreachable
from drivers.transports.tcp import TcpTransport
from drivers.transports.usb import UsbTransport
from drivers.transports.usbip import UsbipBackend

EVOLIS = 0x0F49


class Bench:
    """One simulated printer on TCP, on USB/IP, and with a chip that connects to ``reader``."""

    def __init__(self, reader: VpcdReader, *options: str) -> None:
        command = [
            sys.executable,
            "-c",
            "from simulators.cli import main; main()",
            "printer",
            "--speed",
            "500",
        ]
        command += ["--tcp", "127.0.0.1:0", "--usbip", "127.0.0.1:0", "--chip", f"127.0.0.1:{reader.port}"]
        self._process = subprocess.Popen(
            [*command, "--cards", "9", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ready = self._line()
        self.tcp, self.usbip = (parse(text) for text in self.ready["addresses"])

    def usb(self, serial: str = "", *, bound: bool = False) -> UsbTransport:
        where = self.usbip
        backend = UsbipBackend(where.host, where.port, where.busid, kernel_driver_bound=bound)
        return UsbTransport(EVOLIS, serial, backend=backend, release=backend.close)

    def tell(self, **told: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return self._line()

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told


@pytest.fixture(scope="module")
def reader() -> Iterator[VpcdReader]:
    one = VpcdReader("127.0.0.1", 0)
    yield one
    one.close()


@pytest.fixture(scope="module")
def bench(reader: VpcdReader) -> Iterator[Bench]:
    one = Bench(reader)
    yield one
    one.close()


def test_both_wires_tell_the_same(bench: Bench) -> None:
    over_tcp, over_usb = TcpTransport(bench.tcp.host, bench.tcp.port), bench.usb(bench.ready["serial"])
    for asked in ([b"\x1bRsn\r"], [b"\x1bRtp\r"], [b"\x1bRco;c\r"], []):
        assert over_tcp.exchange(asked, 10) == over_usb.exchange(asked, 10)
    over_usb.close()


def test_the_serial_number_string_is_the_printers(bench: Bench) -> None:
    stranger = bench.usb("SIM0000000")
    with pytest.raises(Unreachable):
        stranger.exchange([], 5)
    stranger.close()


def test_a_machine_whose_kernel_driver_came_first_is_no_different(bench: Bench) -> None:
    transport = bench.usb(bound=True)
    assert transport.exchange([b"\x1bRsn\r"], 10).startswith(bench.ready["serial"].encode())
    transport.close()


def test_the_printer_class_requests_are_answered(bench: Bench) -> None:
    backend = UsbipBackend(bench.usbip.host, bench.usbip.port)
    device = usb.core.find(backend=backend, idVendor=EVOLIS)
    told = device.ctrl_transfer(0xA1, 0, 0, 0, 1024).tobytes()
    assert b"Evolis" in told
    assert int.from_bytes(told[:2], "big") == len(told)
    backend.close()


@pytest.mark.parametrize("wire", ["tcp", "usb"])
def test_the_card_at_the_station_tells_the_name_the_truth_knows(
    bench: Bench, reader: VpcdReader, wire: str
) -> None:
    transport = TcpTransport(bench.tcp.host, bench.tcp.port) if wire == "tcp" else bench.usb()
    with pytest.raises(NeedsHands):
        reader.uid(0)
    assert transport.exchange([b"\x1bSic\r"], 20).startswith(b"OK\0")
    name = reader.uid(10)
    assert name in json.dumps(bench.tell(look=True)["inside"])
    assert transport.exchange([b"\x1bSer\r"], 20).startswith(b"OK\0")
    with pytest.raises(NeedsHands):
        reader.uid(0)
    transport.close()


def test_a_cable_pulled_in_the_middle_of_a_job_is_an_unknown_outcome(reader: VpcdReader) -> None:
    one = Bench(reader, "--fault", "unplug@bytes=300000,for=60000")
    transport = one.usb()
    blank = b"\x1bDb;y;256;" + bytes(658_368) + b"\r"
    with pytest.raises(OutcomeUnknown) as caught:
        transport.exchange([b"\x1bPr;0;t\r\x1bSs\r\x1bSr\r", blank, blank], 20)
    assert caught.value.cause == "unplugged"
    transport.close()
    one.close()
