"""USB/IP bytes, against the frames printed in the kernel's own description of the protocol."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.transports import usbip_wire as wire

# Captured frames printed in the kernel's documentation (EXAMPLE), never made by our encoder.
CMD_IN = (
    "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff 00000000 00000004"
    + " 00000000" * 2
)
CMD_OUT = (
    "00000001 00000d06 0001000f 00000000 00000001 00000000 00000040 ffffffff 00000000 00000004"
    + " 00000000" * 2
)
OUT_DATA = "ffffffff860008a784ce5ae212376300" + "00" * 48
RET_OUT = "00000003 00000d06 00000000 00000000 00000000 00000000 00000040 ffffffff" + " 00000000" * 4
RET_IN = "00000003 00000d05 00000000 00000000 00000000 00000000 00000040 ffffffff" + " 00000000" * 4
IN_DATA = "ffffffff860011a784ce5ae2123763612891b102010000040000" + "00" * 38


def same_but(ours: bytes, theirs: bytes, *unlike: range) -> bool:
    """Equal outside the byte ranges ``unlike``."""
    free = {at for one in unlike for at in one}
    return len(ours) == len(theirs) and all(
        a == b for at, (a, b) in enumerate(zip(ours, theirs, strict=True)) if at not in free
    )


# The example's start_frame and number_of_packets stand in each other's place against the table above it, and
# its interval belongs to an interrupt endpoint: bytes 1c-27 are the table's business, not the example's.
ISOCHRONOUS = range(0x1C, 0x28)


def test_a_submit_in_is_the_kernels_captured_one() -> None:
    ours = wire.submit(0xD05, 0x1000F, 1, 0x40, None)
    assert same_but(ours, bytes.fromhex(CMD_IN), ISOCHRONOUS)


def test_a_submit_out_is_the_kernels_captured_one() -> None:
    ours = wire.submit(0xD06, 0x1000F, 1, 0x40, bytes.fromhex(OUT_DATA))
    assert same_but(ours, bytes.fromhex(CMD_OUT + OUT_DATA), ISOCHRONOUS)


def test_a_submit_that_is_not_isochronous_says_so_where_the_table_says() -> None:
    assert wire.submit(1, 2, 3, 0, b"")[0x1C:0x28].hex() == "00000000" + "ffffffff" + "00000000"


def test_captured_answers_are_taken_whole_and_in_order() -> None:
    stream = bytearray(bytes.fromhex(RET_OUT + RET_IN + IN_DATA))
    first = wire.take_reply(stream, lambda seqnum: seqnum == 0xD05)
    second = wire.take_reply(stream, lambda seqnum: seqnum == 0xD05)
    assert first == wire.Reply(wire.RET_SUBMIT, 0xD06, 0, 0x40, b"")
    assert second == wire.Reply(wire.RET_SUBMIT, 0xD05, 0, 0x40, bytes.fromhex(IN_DATA))
    assert not stream


def test_questions_are_the_tables_bytes() -> None:
    assert wire.req_devlist().hex() == "01118005" + "00000000"
    assert wire.req_import("3-2").hex() == "01118003" + "00000000" + b"3-2".hex() + "00" * 29
    assert (
        wire.unlink(7, 0x1000F, 5).hex()
        == "00000002000000070001000f0000000000000000" + "00000005" + "00" * 24
    )


def test_a_device_record_is_read_at_the_tables_offsets() -> None:
    record = bytearray(312)
    record[0:5] = b"/sys/"
    record[0x100:0x103] = b"3-2"
    record[0x120:0x12C] = bytes.fromhex("00000003 00000002 00000003")
    record[0x12C:0x138] = bytes.fromhex("0f49 0a00 0100 00 00 00 01 01 02")
    device, interfaces = wire.exported(bytes(record))
    assert (device.path, device.busid, device.devid, device.speed) == ("/sys/", "3-2", 0x30002, 3)
    assert (device.vid, device.pid, device.configuration, interfaces) == (0x0F49, 0x0A00, 1, 2)


@pytest.mark.parametrize("busid", ["", "x" * 32, "ï-1"])
def test_a_bus_id_that_does_not_fit_is_refused(busid: str) -> None:
    with pytest.raises(ValueError):
        wire.req_import(busid)


@pytest.mark.parametrize("head", ["0106000300000000", "0111000500000000", "4854545000000000"])
def test_an_answer_of_another_kind_or_version_is_garbled(head: str) -> None:
    with pytest.raises(wire.Garbled):
        wire.op_status(bytes.fromhex(head), wire.REP_IMPORT)


def test_a_command_that_is_no_answer_is_garbled() -> None:
    with pytest.raises(wire.Garbled):
        wire.take_reply(bytearray(bytes.fromhex(CMD_IN)), lambda _: False)


@given(st.data())
def test_any_cut_of_the_stream_gives_the_same_answers(data: st.DataObject) -> None:
    """TCP cuts where it likes; the reader must not care."""
    stream = bytes.fromhex(RET_OUT + RET_IN + IN_DATA + RET_OUT)
    buffer, got = bytearray(), []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        buffer += stream[:cut]
        stream = stream[cut:]
        while reply := wire.take_reply(buffer, lambda seqnum: seqnum == 0xD05):
            got.append((reply.seqnum, len(reply.data)))
    assert got == [(0xD06, 0), (0xD05, 0x40), (0xD06, 0)]


@given(st.binary(max_size=200))
def test_noise_waits_or_is_garbled_and_never_anything_else(noise: bytes) -> None:
    with contextlib.suppress(wire.Garbled):
        wire.take_reply(bytearray(noise), lambda _: True)
