"""The USB transport through all of pyusb, down to a USB/IP server written from the kernel's paper."""

from collections.abc import Iterator

import pytest

from drivers.errors import DeviceError, OutcomeUnknown, Unreachable
from drivers.transports import usb, usb_device
from drivers.transports.usbip import UsbipBackend
from tests.unit.drivers.transports.paper_usbip import PaperServer

OUT, IN = 0x02, 0x81
STATUS = bytes.fromhex("0018 10") + bytes(16)


@pytest.fixture
def server() -> Iterator[PaperServer]:
    one = PaperServer()
    yield one
    one.close()


def transport_to(server: PaperServer, serial: str = "", bound: bool = False) -> usb.UsbTransport:
    backend = UsbipBackend("127.0.0.1", server.port, kernel_driver_bound=bound)
    return usb.UsbTransport(0x0F49, serial, backend=backend, release=backend.close)


@pytest.fixture
def transport(server: PaperServer) -> Iterator[usb.UsbTransport]:
    one = transport_to(server)
    yield one
    one.close()


def answering(server: PaperServer, *transfers: bytes) -> None:
    server.on_out = lambda data: server.say(*transfers)


def cause(kind: type[DeviceError], transport: usb.UsbTransport, *pieces: bytes, timeout_s: float = 5) -> str:
    with pytest.raises(kind) as caught:
        transport.exchange(pieces, timeout_s)
    assert type(caught.value) is kind
    return caught.value.cause


def test_a_command_goes_out_and_its_reply_comes_back(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    answering(server, b"OK\0" + STATUS)
    assert transport.exchange([b"\x1bRtp\r"], 5) == b"OK\0" + STATUS
    assert server.took == b"\x1bRtp\r"


def test_saying_nothing_is_one_empty_transfer(server: PaperServer, transport: usb.UsbTransport) -> None:
    answering(server, b"\0" + STATUS)
    assert transport.exchange([], 5) == b"\0" + STATUS
    assert transport.exchange([b""], 5) == b"\0" + STATUS
    assert not server.took


def test_the_status_block_may_come_in_a_transfer_of_its_own(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    answering(server, b"Evolis ", b"Paper\0", STATUS)
    assert transport.exchange([b"x"], 5) == b"Evolis Paper\0" + STATUS


def test_without_a_status_block_the_reply_ends_at_its_nul(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    answering(server, b"OK\0")
    assert transport.exchange([b"x"], 5) == b"OK\0"


@pytest.mark.parametrize("pieces", [[700_000], [10] * 9000, [65_536, 1, 1, 300_000, 5], [262_144, 262_144]])
def test_a_job_is_written_in_transfers_the_kernel_takes(
    server: PaperServer, transport: usb.UsbTransport, pieces: list[int]
) -> None:
    job = [bytes([at % 251]) * size for at, size in enumerate(pieces)]
    whole = b"".join(job)

    def reply_when_whole(data: bytes) -> None:
        if len(data) % 512 or not data:
            server.say(b"OK\0" + STATUS)

    server.on_out = reply_when_whole
    assert transport.exchange((memoryview(one) for one in job), 10) == b"OK\0" + STATUS
    assert server.took == whole


@pytest.mark.parametrize(("size", "transfers"), [(511, [511]), (512, [512, 0]), (513, [513]), (0, [0])])
def test_a_message_that_fills_its_last_packet_is_ended_by_an_empty_one(
    server: PaperServer, transport: usb.UsbTransport, size: int, transfers: list[int]
) -> None:
    taken: list[int] = []

    def reply_at_the_end(data: bytes) -> None:
        taken.append(len(data))
        if len(data) % 512 or not data:
            server.say(b"OK\0" + STATUS)

    server.on_out = reply_at_the_end
    assert transport.exchange([bytes(size)], 5) == b"OK\0" + STATUS
    assert taken == transfers


@pytest.mark.parametrize("pieces", [[700_000], [10] * 9000, [65_536, 1, 1, 300_000, 5], [1], []])
def test_gathering_keeps_the_bytes_and_the_bounds(pieces: list[int]) -> None:
    job = [bytes([at % 251]) * size for at, size in enumerate(pieces)]
    chunks = [bytes(one) for one in usb_device.gathered(job)]
    assert b"".join(chunks) == b"".join(job)
    assert all(len(one) % usb_device.TRANSFER_BYTES_MIN == 0 for one in chunks[:-1])
    assert all(0 < len(one) <= usb_device.TRANSFER_BYTES_MAX for one in chunks)


def test_no_device_is_unplugged_and_nothing_had_left(server: PaperServer) -> None:
    server.exported = False
    transport = transport_to(server)
    assert cause(Unreachable, transport, b"x") == "unplugged"
    server.exported = True
    answering(server, b"OK\0")
    assert transport.exchange([b"x"], 5) == b"OK\0"
    transport.close()


def test_another_serial_number_is_not_ours(server: PaperServer) -> None:
    stranger = transport_to(server, "SIM43")
    assert cause(Unreachable, stranger, b"x") == "unplugged"
    assert server.free.wait(5)
    ours = transport_to(server, "SIM42")
    answering(server, b"OK\0")
    assert ours.exchange([b"x"], 5) == b"OK\0"
    ours.close()


def test_no_usbip_server_is_a_refused_connection(server: PaperServer) -> None:
    transport = transport_to(server)
    server.close()
    assert cause(Unreachable, transport, b"x") == "refused_connection"


def test_a_cable_pulled_while_idle_is_seen_before_a_byte_leaves(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    answering(server, b"OK\0")
    transport.exchange([b"x"], 5)
    server.unplug()
    assert cause(Unreachable, transport, b"y") == "unplugged"
    server.exported = True
    assert transport.exchange([b"z"], 5) == b"OK\0"
    assert server.took == b"xz"


def test_a_cable_pulled_after_the_bytes_had_left_is_an_unknown_outcome(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    server.on_out = lambda data: server.unplug()
    assert cause(OutcomeUnknown, transport, b"x") == "unplugged"


def test_a_cable_pulled_in_the_middle_of_a_job_is_an_unknown_outcome(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    def pull(_: bytes) -> None:
        if len(server.took) > 100_000:
            server.unplug()

    server.on_out = pull
    assert cause(OutcomeUnknown, transport, bytes(400_000)) == "unplugged"


def test_silence_after_a_command_is_an_unknown_outcome(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    assert cause(OutcomeUnknown, transport, b"x", timeout_s=0.1) == "no_answer"


def test_silence_after_a_status_poll_is_only_unreachable(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    assert cause(Unreachable, transport, timeout_s=0.1) == "no_answer"


def test_a_printer_that_takes_nothing_may_still_have_taken_part(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    server.held_out = True
    assert cause(OutcomeUnknown, transport, b"x", timeout_s=0.1) == "no_answer"


def test_a_reply_that_came_too_late_never_passes_for_the_next_one(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    assert cause(OutcomeUnknown, transport, b"first", timeout_s=0.1) == "no_answer"
    server.say(b"late\0" + STATUS)
    answering(server, b"second\0" + STATUS)
    assert transport.exchange([b"second"], 5) == b"second\0" + STATUS


def test_a_printer_that_never_stops_talking_costs_no_more_than_the_time_it_was_given(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    server.say(*[b"noise"] * 20_000)
    assert cause(Unreachable, transport, b"x", timeout_s=0.2) == "no_answer"
    assert not server.took


def test_what_another_program_left_unread_is_not_our_reply(server: PaperServer) -> None:
    server.say(b"old\0")
    transport = transport_to(server)
    answering(server, b"new\0")
    assert transport.exchange([b"x"], 5) == b"new\0"
    transport.close()


def test_a_stall_is_cleared_for_the_next_exchange(server: PaperServer, transport: usb.UsbTransport) -> None:
    server.status_for[OUT] = -32
    assert cause(OutcomeUnknown, transport, b"x") == "garbled_reply"
    answering(server, b"OK\0")
    assert transport.exchange([b"y"], 5) == b"OK\0"


def test_babble_is_a_garbled_reply(server: PaperServer, transport: usb.UsbTransport) -> None:
    answering(server, b"OK\0")
    transport.exchange([b"x"], 5)
    server.on_out = lambda data: server.status_for.update({IN: -75})
    assert cause(OutcomeUnknown, transport, b"x") == "garbled_reply"


def test_a_reply_without_end_is_garbled(server: PaperServer, transport: usb.UsbTransport) -> None:
    answering(server, bytes([65]) * 40_000)
    assert cause(OutcomeUnknown, transport, b"x") == "garbled_reply"


def test_what_the_pieces_raise_passes_through(server: PaperServer, transport: usb.UsbTransport) -> None:
    def torn() -> Iterator[bytes]:
        yield bytes(70_000)
        raise KeyError("a fault of the caller")

    with pytest.raises(KeyError):
        transport.exchange(torn(), 5)


def test_closing_twice_is_harmless_and_the_device_is_free_again(
    server: PaperServer, transport: usb.UsbTransport
) -> None:
    answering(server, b"OK\0")
    transport.exchange([b"x"], 5)
    transport.close()
    transport.close()
    assert server.free.wait(5)
    assert transport.exchange([b"y"], 5) == b"OK\0"
