"""The printer's USB manners: NAK, short packets, babble, STALL, unlink."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.usbip.device import UsbPrinter
from simulators.usbip.wire import Unlink, Urb, read_urb
from tests.unit.simulators.usbip.bench import Drawer, control, printer, reply, submit

OUT, IN = 1, 2


def answers(device: UsbPrinter) -> list[tuple[int, int, int, int, bytes]]:
    said = [reply(raw) for raw in device.finished]
    device.finished.clear()
    return said


def send(device: UsbPrinter, raw: bytes) -> list[tuple[int, int, int, int, bytes]]:
    urb = read_urb(raw[:48])
    assert isinstance(urb, Urb)
    urb.data = raw[48:]
    device.submit(urb)
    return answers(device)


def ask(
    device: UsbPrinter, kind: int, request: int, value: int = 0, index: int = 0, length: int = 0
) -> bytes | None:
    inward = bool(kind & 0x80)
    ((_, _, status, actual, data),) = send(
        device, submit(1, 0, inward, length, setup=control(kind, request, value, index, length))
    )
    assert status in (0, -32)
    assert actual == (len(data) if inward else 0)
    return data if status == 0 else None


def configured(drawer: Drawer) -> UsbPrinter:
    device = printer(drawer)
    assert ask(device, 0x00, 9, 1) == b""
    return device


def test_it_calls_itself_a_printer_of_its_maker() -> None:
    device = printer(Drawer())
    told = ask(device, 0x80, 6, 0x0100, 0, 64)
    assert told is not None
    assert told.hex() == "1201000200000040490f000a000101020301"
    assert ask(device, 0x80, 6, 0x0100, 0, 8) == told[:8]
    whole = ask(device, 0x80, 6, 0x0200, 0, 255)
    assert whole is not None
    assert (len(whole), whole[2], whole[14:17]) == (32, 32, bytes((7, 1, 2)))
    assert ask(device, 0x80, 6, 0x0303, 0x0409, 255) == bytes((18, 3)) + "SIM00001".encode("utf-16-le")
    assert ask(device, 0x80, 6, 0x0F00, 0, 5) is None


def test_the_printer_class_answers() -> None:
    device = configured(Drawer())
    identity = ask(device, 0xA1, 0, 0, 0, 1024)
    assert identity is not None
    assert int.from_bytes(identity[:2], "big") == len(identity)
    assert b"MFG:Evolis;MDL:Zenius;" in identity
    assert ask(device, 0xA1, 1, 0, 0, 1) == b"\x18"
    assert ask(device, 0xA1, 77, 0, 0, 1) is None


def test_an_unknown_request_stalls_and_the_next_one_works() -> None:
    device = printer(Drawer())
    assert ask(device, 0xC0, 99, 0, 0, 4) is None
    assert ask(device, 0x80, 8, 0, 0, 1) == b"\x00"


def test_nothing_moves_before_the_configuration_is_set() -> None:
    drawer = Drawer()
    device = printer(drawer)
    assert send(device, submit(5, OUT, False, 3, b"abc")) == [(3, 5, -2, 0, b"")]
    assert not drawer.taken
    assert send(configured(drawer), submit(5, 3, True, 3)) == [(3, 5, -2, 0, b"")]


def test_a_full_printer_makes_the_transfer_wait() -> None:
    drawer = Drawer(capacity=1100)
    device = configured(drawer)
    data = bytes(range(256)) * 8
    assert send(device, submit(2, OUT, False, len(data), data)) == []
    assert len(drawer.taken) == 1024, "two whole packets fit, a third does not"
    drawer.drink()
    device.pump()
    assert answers(device) == [(3, 2, 0, len(data), b"")]
    assert bytes(drawer.taken) == data


def test_transfers_out_keep_their_order() -> None:
    drawer = Drawer(capacity=512)
    device = configured(drawer)
    send(device, submit(1, OUT, False, 600, b"a" * 600))
    assert send(device, submit(2, OUT, False, 3, b"bcd")) == []
    drawer.drink()
    device.pump()
    assert [each[1] for each in answers(device)] == [1, 2]
    assert bytes(drawer.taken) == b"a" * 600 + b"bcd"


def test_an_empty_transfer_is_a_message_of_its_own_even_when_the_printer_is_full() -> None:
    drawer = Drawer(capacity=0)
    device = configured(drawer)
    assert send(device, submit(1, OUT, False, 0)) == [(3, 1, 0, 0, b"")]
    assert (drawer.ends, bytes(drawer.taken)) == ([0], b"")


def test_a_message_ends_on_a_short_packet_and_not_between_full_ones() -> None:
    drawer = Drawer()
    device = configured(drawer)
    send(device, submit(1, OUT, False, 1024, bytes(1024)))
    assert drawer.ends == []
    send(device, submit(2, OUT, False, 1000, bytes(1000)))
    assert drawer.ends == [2024]


def test_the_zero_packet_flag_ends_a_message_that_fills_its_last_packet() -> None:
    drawer = Drawer()
    device = configured(drawer)
    send(device, submit(1, OUT, False, 1024, bytes(1024), flags=0x40))
    send(device, submit(2, OUT, False, 1000, bytes(1000), flags=0x40))
    assert drawer.ends == [1024, 2024]


def test_a_transfer_in_waits_for_something_to_say() -> None:
    drawer = Drawer()
    device = configured(drawer)
    assert send(device, submit(1, IN, True, 1024)) == []
    drawer.say(b"OK\0")
    device.pump()
    assert answers(device) == [(3, 1, 0, 3, b"OK\0")]


def test_two_replies_are_two_transfers() -> None:
    drawer = Drawer()
    device = configured(drawer)
    drawer.say(b"OK\0")
    drawer.say(b"12\0")
    assert send(device, submit(1, IN, True, 1024))[0][4] == b"OK\0"
    assert send(device, submit(2, IN, True, 1024))[0][4] == b"12\0"


def test_an_exact_multiple_ends_only_on_the_empty_packet() -> None:
    drawer = Drawer()
    device = configured(drawer)
    drawer.say(b"x" * 1024)
    assert send(device, submit(1, IN, True, 512))[0][3:] == (512, b"x" * 512)
    assert send(device, submit(2, IN, True, 4096))[0][3:] == (512, b"x" * 512)
    drawer.say(b"y" * 512)
    assert send(device, submit(3, IN, True, 512))[0][4] == b"y" * 512
    assert send(device, submit(4, IN, True, 512)) == [(3, 4, 0, 0, b"")], (
        "the empty packet is still to be read"
    )


def test_a_packet_longer_than_the_buffer_is_babble() -> None:
    drawer = Drawer()
    device = configured(drawer)
    drawer.say(b"too long")
    assert send(device, submit(1, IN, True, 4)) == [(3, 1, -75, 0, b"")]
    assert send(device, submit(2, IN, True, 64)) == [], "the packet is gone"


def test_a_short_end_that_is_not_welcome_says_so() -> None:
    drawer = Drawer()
    device = configured(drawer)
    drawer.say(b"OK\0")
    assert send(device, submit(1, IN, True, 64, flags=1)) == [(3, 1, -121, 3, b"OK\0")]


def test_a_halted_endpoint_answers_epipe_until_it_is_cleared() -> None:
    drawer = Drawer()
    device = configured(drawer)
    assert ask(device, 0x02, 3, 0, 0x82) == b""
    drawer.say(b"OK\0")
    assert send(device, submit(1, IN, True, 64)) == [(3, 1, -32, 0, b"")]
    assert ask(device, 0x82, 0, 0, 0x82, 2) == b"\x01\x00"
    assert send(device, submit(2, OUT, False, 1, b"a")) == [(3, 2, 0, 1, b"")], "the other endpoint goes on"
    assert ask(device, 0x02, 1, 0, 0x82) == b""
    assert send(device, submit(3, IN, True, 64))[0][4] == b"OK\0"


@pytest.mark.parametrize("request_of", [(0x00, 9, 1), (0x01, 11, 0), (0x21, 2, 0), (0x23, 2, 0)])
def test_a_new_setting_or_a_reset_ends_every_halt(request_of: tuple[int, int, int]) -> None:
    device = configured(Drawer())
    for endpoint in (0x01, 0x82):
        ask(device, 0x02, 3, 0, endpoint)
    assert ask(device, *request_of) == b""
    assert [ask(device, 0x82, 0, 0, endpoint, 2) for endpoint in (0x01, 0x82)] == [b"\0\0", b"\0\0"]


def test_what_the_printer_has_not_cannot_be_set() -> None:
    device = configured(Drawer())
    assert ask(device, 0x00, 9, 2) is None
    assert ask(device, 0x01, 11, 1) is None
    assert ask(device, 0x01, 11, 0, 1) is None
    assert ask(device, 0x02, 3, 0, 0x83) is None
    assert ask(device, 0x02, 3, 1, 0x82) is None
    assert ask(device, 0x82, 0, 0, 0x83, 2) is None
    assert ask(device, 0x81, 0, 0, 1, 2) is None
    assert ask(device, 0xA1, 0, 1, 0, 64) is None
    assert ask(device, 0xA1, 1, 0, 1, 1) is None
    assert ask(device, 0x21, 2, 0, 1) is None


def test_an_unconfigured_printer_has_no_interface() -> None:
    device = printer(Drawer())
    assert ask(device, 0x81, 10, 0, 0, 1) is None
    assert ask(device, 0x01, 11, 0) is None
    assert ask(configured(Drawer()), 0x81, 10, 0, 0, 1) == b"\0"


@pytest.mark.parametrize("length", [1, 511, 513, 1023, 1025])
def test_a_reply_that_fills_no_packet_ends_with_its_short_one(length: int) -> None:
    drawer = Drawer()
    device = configured(drawer)
    drawer.say(b"x" * length)
    assert send(device, submit(1, IN, True, 4096)) == [(3, 1, 0, length, b"x" * length)]
    assert send(device, submit(2, IN, True, 4096)) == [], "nothing is left behind it"


def test_a_halt_finishes_the_transfer_that_waits() -> None:
    drawer = Drawer()
    device = configured(drawer)
    assert send(device, submit(1, IN, True, 64)) == []
    assert [each[:3] for each in send(device, submit(2, 0, False, 0, setup=control(2, 3, 0, 0x82, 0)))] == [
        (3, 2, 0),
        (3, 1, -32),
    ]


def test_an_unlinked_transfer_is_never_answered() -> None:
    drawer = Drawer()
    device = configured(drawer)
    send(device, submit(1, IN, True, 64))
    device.unlink(Unlink(2, 1))
    assert answers(device) == [(4, 2, -104, 0, b"")]
    drawer.say(b"OK\0")
    device.pump()
    assert answers(device) == []
    assert send(device, submit(3, IN, True, 64))[0][4] == b"OK\0", "and what came later is not lost"


def test_an_unlink_that_comes_too_late_says_zero() -> None:
    drawer = Drawer()
    device = configured(drawer)
    send(device, submit(1, OUT, False, 1, b"a"))
    device.unlink(Unlink(2, 1))
    assert answers(device) == [(4, 2, 0, 0, b"")]


def test_the_bytes_of_an_unlinked_transfer_stay_taken() -> None:
    drawer = Drawer(capacity=512)
    device = configured(drawer)
    send(device, submit(1, OUT, False, 1024, b"a" * 1024))
    device.unlink(Unlink(2, 1))
    drawer.drink()
    device.pump()
    assert len(drawer.taken) == 512


def test_a_soft_reset_is_not_a_bus_reset() -> None:
    drawer = Drawer()
    device = configured(drawer)
    drawer.say(b"x" * 600)
    send(device, submit(1, IN, True, 512))
    ask(device, 0x21, 2)
    assert send(device, submit(2, IN, True, 512)) == [], "the rest of the reply is dropped"
    device.detach()
    assert drawer.resets == [True, False]
    assert device.bus.configuration == 0


@given(st.lists(st.integers(0, 3000), max_size=12), st.integers(512, 4000))
def test_whatever_the_cuts_and_the_room_every_byte_arrives_once_and_in_order(
    sizes: list[int], capacity: int
) -> None:
    drawer = Drawer(capacity)
    device = configured(drawer)
    whole = bytearray()
    for number, size in enumerate(sizes):
        data = bytes((number + at) & 0xFF for at in range(size))
        whole += data
        urb = Urb(number, False, OUT, 0, size, bytes(8), data)
        device.submit(urb)
    for _ in range(len(whole) // 512 + 2 * len(sizes)):
        drawer.drink()
        device.pump()
    assert bytes(drawer.taken) == bytes(whole)
    assert [each[1] for each in answers(device)] == list(range(len(sizes)))
