"""A machine that refuses: its pipes stall until the host clears them, and a vendor's class of its own."""

from simulators.usbip.descriptors import matica
from simulators.usbip.device import Stall, UsbPrinter
from tests.unit.simulators.usbip.bench import Drawer, submit
from tests.unit.simulators.usbip.test_device import ask, send

OUT, IN = 2, 1
HALT_OUT, HALT_IN = 0x02, 0x81


class Stubborn(Drawer):
    """Refuses what begins with an X, and stalls before every reply that is empty."""

    def write(self, data: bytes) -> None:
        if data.startswith(b"X"):
            raise Stall
        super().write(data)

    def reply(self) -> bytes | None:
        told = super().reply()
        if told == b"":
            raise Stall
        return told


def device(drawer: Drawer) -> UsbPrinter:
    xid = UsbPrinter(matica("XID580ie", "SIM00001"), drawer)
    assert ask(xid, 0x00, 9, 1) == b""
    return xid


def test_it_calls_itself_an_xid_of_no_known_class() -> None:
    xid = device(Drawer())
    told, whole = ask(xid, 0x80, 6, 0x0100, 0, 64), ask(xid, 0x80, 6, 0x0200, 0, 255)
    assert told is not None
    assert whole is not None
    assert told[8:12].hex() == "66211d70"
    assert whole[14:17] == bytes((0xFF, 0, 0))
    assert (whole[20], whole[27]) == (0x02, 0x81)
    assert xid.summary().interfaces == ((0xFF, 0, 0),)


def test_a_refused_transfer_halts_its_pipe_until_it_is_cleared() -> None:
    drawer = Stubborn()
    xid = device(drawer)
    assert send(xid, submit(2, OUT, False, 3, b"XXX"))[0][2] == -32
    assert send(xid, submit(3, OUT, False, 3, b"yes"))[0][2] == -32
    assert ask(xid, 0x82, 0, 0, HALT_OUT, 2) == b"\1\0"
    assert ask(xid, 0x02, 1, 0, HALT_OUT) == b""
    assert send(xid, submit(4, OUT, False, 3, b"yes"))[0][2:4] == (0, 3)
    assert bytes(drawer.taken) == b"yes"


def test_a_reply_that_is_refused_halts_its_pipe_and_the_next_is_read_after_it() -> None:
    drawer = Stubborn()
    xid = device(drawer)
    drawer.replies = [b"", b"status"]
    assert send(xid, submit(2, IN, True, 64))[0][2] == -32
    assert ask(xid, 0x02, 1, 0, HALT_IN) == b""
    assert send(xid, submit(3, IN, True, 64))[0][2:] == (0, 6, b"status")


def test_starting_anew_is_told_to_the_machine_and_clears_no_halt() -> None:
    drawer = Stubborn()
    xid = device(drawer)
    send(xid, submit(2, OUT, False, 1, b"X"))
    assert ask(xid, 0x21, 0xFF) == b""
    assert drawer.resets == [True]
    assert ask(xid, 0x82, 0, 0, HALT_OUT, 2) == b"\1\0"
    assert ask(xid, 0x21, 0xFF, 1) is None


def test_the_printer_class_s_requests_are_unknown_to_it() -> None:
    xid = device(Drawer())
    assert [ask(xid, 0xA1, 0, 0, 0, 64), ask(xid, 0xA1, 1, 0, 0, 1), ask(xid, 0x21, 2)] == [None] * 3
