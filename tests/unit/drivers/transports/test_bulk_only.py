"""Command blocks through all of pyusb, down to a USB/IP server written from the kernel's paper."""

import struct
from collections.abc import Callable, Iterator

import pytest

from drivers.errors import DeviceError, OutcomeUnknown, Unreachable
from drivers.transports.bulk_only import BulkOnlyTransport
from drivers.transports.usbip import UsbipBackend
from tests.unit.drivers.transports.paper_usbip import PaperServer

IN = 0x81
STALLED = -32


@pytest.fixture
def server() -> Iterator[PaperServer]:
    one = PaperServer()
    one.unfinished = True  # what fills the bytes that were asked for needs no empty packet
    yield one
    one.close()


@pytest.fixture
def transport(server: PaperServer) -> Iterator[BulkOnlyTransport]:
    backend = UsbipBackend("127.0.0.1", server.port)
    one = BulkOnlyTransport(0x0F49, backend=backend, release=backend.close)
    yield one
    one.close()


class Stuck(dict[int, int]):
    """Stalls that no request ends."""

    def pop(self, key: int, default: object = None) -> int:
        return self[key]


def block(length: int = 0, way: int = 0, tag: int = 1) -> bytes:
    return struct.pack("<4sIIBBB16s", b"USBC", tag, length, way, 0, 6, b"\x12")


STATUS = struct.pack("<4sIIB", b"USBS", 1, 0, 0)


def taken(transport: BulkOnlyTransport) -> BulkOnlyTransport:
    assert transport.exchange((), 5) == b""
    return transport


def cause(kind: type[DeviceError], act: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        act()
    assert type(caught.value) is kind
    return caught.value.cause


def test_only_saying_nothing_takes_the_device(server: PaperServer, transport: BulkOnlyTransport) -> None:
    assert cause(Unreachable, lambda: transport.exchange([block()], 5)) == "link_lost"
    assert not server.took
    assert not server.imported
    taken(transport)
    assert server.imported


def test_a_command_without_data_is_a_block_and_its_status(
    server: PaperServer, transport: BulkOnlyTransport
) -> None:
    server.on_out = lambda data: server.say(STATUS)
    assert taken(transport).exchange([block()], 5) == STATUS
    assert server.took == block()


@pytest.mark.parametrize("size", [8, 96, 512, 1024, 1030])
def test_data_that_comes_in_stands_before_the_status(
    server: PaperServer, transport: BulkOnlyTransport, size: int
) -> None:
    server.on_out = lambda data: server.say(bytes(size), STATUS)
    assert taken(transport).exchange([block(size, 0x80)], 5) == bytes(size) + STATUS


def test_less_data_than_asked_for_is_what_there_is(server: PaperServer, transport: BulkOnlyTransport) -> None:
    server.on_out = lambda data: server.say(bytes(20), STATUS)
    assert taken(transport).exchange([block(96, 0x80)], 5) == bytes(20) + STATUS


def test_data_goes_out_in_transfers_the_kernel_takes(
    server: PaperServer, transport: BulkOnlyTransport
) -> None:
    plane = bytes(range(256)) * 2687
    taken_in = 0

    def count(data: bytes) -> None:
        nonlocal taken_in
        taken_in += len(data)
        if taken_in == 31 + len(plane):
            server.say(STATUS)

    server.on_out = count
    pieces: list[bytes | memoryview] = [block(len(plane)), memoryview(plane)]
    assert taken(transport).exchange(pieces, 10) == STATUS
    assert server.took == block(len(plane)) + plane


def test_a_stall_instead_of_data_is_cleared_and_the_status_read(
    server: PaperServer, transport: BulkOnlyTransport
) -> None:
    def refuse(data: bytes) -> None:
        server.status_for[IN] = STALLED
        server.say(STATUS)

    taken(transport)
    server.on_out = refuse
    assert transport.exchange([block(8, 0x80)], 5) == STATUS


def test_a_stall_without_end_is_given_up_and_the_device_let_go(
    server: PaperServer, transport: BulkOnlyTransport
) -> None:
    taken(transport)
    server.status_for = Stuck({IN: STALLED})
    assert cause(OutcomeUnknown, lambda: transport.exchange([block()], 5)) == "garbled_reply"
    assert cause(Unreachable, lambda: transport.exchange([block()], 5)) == "link_lost"


def test_an_empty_packet_behind_the_data_is_no_status(
    server: PaperServer, transport: BulkOnlyTransport
) -> None:
    server.on_out = lambda data: server.say(bytes(512), b"", STATUS)
    assert taken(transport).exchange([block(512, 0x80)], 5) == bytes(512) + STATUS


def test_half_a_status_is_no_status(server: PaperServer, transport: BulkOnlyTransport) -> None:
    server.on_out = lambda data: server.say(STATUS[:9])
    assert cause(OutcomeUnknown, lambda: taken(transport).exchange([block()], 5)) == "garbled_reply"


def test_silence_lets_the_device_go(server: PaperServer, transport: BulkOnlyTransport) -> None:
    taken(transport)
    assert cause(OutcomeUnknown, lambda: transport.exchange([block()], 0.2)) == "no_answer"
    assert cause(Unreachable, lambda: transport.exchange([block()], 5)) == "link_lost"


def test_a_cable_pulled_while_idle_is_told_before_a_byte_leaves(
    server: PaperServer, transport: BulkOnlyTransport
) -> None:
    taken(transport)
    server.unplug()
    assert cause(Unreachable, lambda: transport.exchange([block()], 5)) == "unplugged"
    assert cause(Unreachable, lambda: transport.exchange((), 5)) == "unplugged"


def test_one_pulled_on_the_way_leaves_the_outcome_unknown(
    server: PaperServer, transport: BulkOnlyTransport
) -> None:
    taken(transport)
    server.on_out = lambda data: server.unplug()
    assert cause(OutcomeUnknown, lambda: transport.exchange([block()], 5)) == "unplugged"


def test_who_holds_the_device_has_it_alone(server: PaperServer, transport: BulkOnlyTransport) -> None:
    taken(transport)
    backend = UsbipBackend("127.0.0.1", server.port)
    second = BulkOnlyTransport(0x0F49, backend=backend, release=backend.close)
    assert cause(Unreachable, lambda: second.exchange((), 2)) in ("busy", "unplugged")
    second.close()


def test_closing_twice_is_harmless(transport: BulkOnlyTransport) -> None:
    taken(transport).close()
    transport.close()
