"""The messages against the kernel page's own bytes."""

import pytest

from simulators.usbip.wire import (
    BadMessage,
    Errno,
    Op,
    OpStatus,
    Summary,
    Unlink,
    Urb,
    devlist_reply,
    import_reply,
    read_op,
    read_urb,
    submit_reply,
    unlink_reply,
)
from tests.unit.simulators.usbip.bench import submit, unlink

# ruff: noqa: E501 - the captured messages are easier to compare on one line each
# The four captured messages printed at the end of the kernel's page.
CMD_IN = bytes.fromhex(
    "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff 00000000 00000004 00000000 00000000"
)
CMD_OUT = bytes.fromhex(
    "00000001 00000d06 0001000f 00000000 00000001 00000000 00000040 ffffffff 00000000 00000004 00000000 00000000"
)
RET_OUT = bytes.fromhex(
    "00000003 00000d06 00000000 00000000 00000000 00000000 00000040 ffffffff 00000000 00000000 00000000 00000000"
)
RET_IN = bytes.fromhex(
    "00000003 00000d05 00000000 00000000 00000000 00000000 00000040 ffffffff 00000000 00000000 00000000 00000000"
)
ZENIUS = Summary("1-1", 1, 2, 3, 0x0F49, 0x0A00, 0x0100, 1, ((7, 1, 2),))


def test_the_captured_requests_are_read() -> None:
    inward, outward = read_urb(CMD_IN), read_urb(CMD_OUT)
    assert isinstance(inward, Urb)
    assert isinstance(outward, Urb)
    assert (inward.seqnum, inward.inward, inward.endpoint, inward.flags, inward.length) == (
        0xD05,
        True,
        1,
        0x200,
        64,
    )
    assert (outward.seqnum, outward.inward, outward.endpoint, outward.length) == (0xD06, False, 1, 64)


def test_replies_agree_with_the_captured_ones_outside_the_frame_numbers() -> None:
    """The captured start_frame is −1 and number_of_packets 0; the page's tables ask for 0 and ffffffff. Both
    hold no meaning outside isochronous transfers."""

    def without_frames(raw: bytes) -> bytes:
        return raw[:28] + raw[36:]

    out = Urb(0xD06, False, 1, 0, 64, b"", bytes(64), done=64)
    inward = Urb(0xD05, True, 1, 0, 64, b"")
    assert without_frames(submit_reply(out, Errno.OK)) == without_frames(RET_OUT)
    assert without_frames(submit_reply(inward, Errno.OK, bytes(64))) == without_frames(RET_IN) + bytes(64)


def test_a_status_travels_as_a_negative_number() -> None:
    raw = submit_reply(Urb(7, True, 2, 0, 64, b""), Errno.EPIPE)
    assert raw[20:28] == bytes.fromhex("ffffffe0 00000000")
    assert unlink_reply(Unlink(8, 7), Errno.ECONNRESET) == bytes.fromhex(
        "00000004 00000008 00000000 00000000 00000000 ffffff98" + "00" * 24
    )


def test_an_unlink_names_its_target() -> None:
    assert read_urb(unlink(9, 5)) == Unlink(9, 5)


def test_the_list_has_the_lengths_of_the_page() -> None:
    listed = devlist_reply([ZENIUS])
    assert listed[:12] == bytes.fromhex("0111 0005 00000000 00000001")
    assert len(listed) == 0x0C + 0x138 + 4
    assert listed[0x10C:0x110] == b"1-1\0"
    assert listed[0x12C:0x138] == bytes.fromhex("00000001 00000002 00000003")
    assert listed[0x138:0x13E] == bytes.fromhex("0f49 0a00 0100")
    assert listed[0x13E:0x144] == bytes((0, 0, 0, 1, 1, 1))
    assert listed[0x144:] == bytes((7, 1, 2, 0))
    assert devlist_reply([]) == bytes.fromhex("0111 0005 00000000 00000000")


def test_an_import_shows_the_device_only_when_it_is_granted() -> None:
    assert len(import_reply(OpStatus.OK, ZENIUS)) == 0x140
    assert import_reply(OpStatus.BUSY, ZENIUS) == bytes.fromhex("0111 0003 00000002")


def test_requests_are_read_and_others_refused() -> None:
    assert read_op(bytes.fromhex("0111 8005 00000000")) is Op.DEVLIST
    assert read_op(bytes.fromhex("0111 8003 00000000")) is Op.IMPORT
    for raw in ("0106 8005 00000000", "0111 8004 00000000"):
        with pytest.raises(BadMessage):
            read_op(bytes.fromhex(raw))


@pytest.mark.parametrize(
    "raw",
    [
        submit(1, 1, False, (16 << 20) + 1),
        bytes(48),
        submit(1, 1, True, 8)[:32] + bytes.fromhex("00000004") + submit(1, 1, True, 8)[36:],
        b"\x00\x00\x00\x03" + submit(1, 1, True, 8)[4:],
    ],
    ids=["too long", "zeros", "isochronous", "a reply"],
)
def test_what_no_printer_can_be_sent_ends_the_connection(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        read_urb(raw)
