"""Messages in and whole replies out, as the USB device asks for them; time stands still or jumps."""

import asyncio
from collections.abc import Callable

from simulators.cards.pace import World
from simulators.evolis import clock, memory
from simulators.evolis.face import Face
from simulators.evolis.model import Printer
from simulators.evolis.usb import UsbFace
from tests.unit.simulators.evolis.kit import job
from tests.unit.simulators.witnesses import Judge


def on_a_loop(check: Callable[[UsbFace, Printer], None]) -> None:
    async def run() -> None:
        printer = Printer(**memory.new_parts("primacy2", 1, 10, "ymcko", Judge()))
        printer.power_on()
        world = World(printer, clock.next_ms, clock.advance, 0.000001)
        check(UsbFace(world, Face(printer)), printer)

    asyncio.run(run())


def test_a_message_is_answered_when_it_ends() -> None:
    def check(usb: UsbFace, printer: Printer) -> None:
        usb.write(b"\x1bRs")
        usb.write(b"n\r")
        assert usb.reply() is None
        usb.end()
        assert str(usb.reply()).startswith(f"b'{printer.serial}")
        assert usb.reply() is None

    on_a_loop(check)


def test_an_empty_message_asks_for_the_status() -> None:
    def check(usb: UsbFace, printer: Printer) -> None:
        usb.end()
        reply = usb.reply()
        assert reply is not None
        assert (reply[0], len(reply)) == (0, 23)

    on_a_loop(check)


def test_replies_come_in_the_order_of_the_messages() -> None:
    def check(usb: UsbFace, printer: Printer) -> None:
        for command in (b"\x1bRtp\r", b"\x1bRok\r"):
            usb.write(command)
            usb.end()
        assert [str(usb.reply())[2:4] for _ in range(2)] == ["Ev", "OK"]

    on_a_loop(check)


def test_a_full_printer_takes_no_more() -> None:
    def check(usb: UsbFace, printer: Printer) -> None:
        assert usb.room() > 0
        usb.write(job("ymcko", "ymcko"))
        assert usb.room() == 0
        usb.end()
        assert usb.room() == 0
        assert usb.reply() is None
        clock.advance(printer, 60_000)
        usb.port_status()
        for _ in range(10):
            usb._pump()
            clock.advance(printer, printer.now_ms + 5_000)
        assert usb.room() > 0
        assert str(usb.reply()).startswith("b'OK")

    on_a_loop(check)


def test_after_a_reset_nothing_old_is_said_and_half_a_message_is_forgotten() -> None:
    def check(usb: UsbFace, printer: Printer) -> None:
        usb.write(b"\x1bRtp\r")
        usb.end()
        usb.write(b"\x1bXy")
        usb.reset(soft=True)
        usb.write(b"\x1bRok\r")
        usb.end()
        assert str(usb.reply()).startswith("b'OK")
        assert usb.reply() is None

    on_a_loop(check)


def test_without_power_the_messages_are_gone() -> None:
    def check(usb: UsbFace, printer: Printer) -> None:
        usb.write(b"\x1bSic\r")
        usb.end()
        printer.power_off(1)
        clock.advance(printer, 10)
        assert usb.reply() is None
        assert printer.cards - memory.new_parts("primacy2", 1, 10, "ymcko", Judge())["cards"] == 0

    on_a_loop(check)
