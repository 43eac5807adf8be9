"""Which checks an address gets: those of card printers, or those of chip readers."""

from contextlib import closing

from drivers.address import parse
from drivers.card_printer import Clock
from drivers.conformance import card_printer, chip
from drivers.conformance.bench import TASKS as PRINTER_TASKS
from drivers.conformance.bench import Hands
from drivers.registry import open_chip, open_printer

CHIP_FAMILIES = ("vpcd", "pcsc")
TASKS = PRINTER_TASKS | chip.TASKS
"""What hands may be asked to do, as a sentence for a person."""


def check(address: str, clock: Clock, hands: Hands | None = None) -> list[dict[str, str]]:
    """Every check's {name, result, detail} for the device at ``address``.

    ValueError if there are no checks for such a device, DeviceError when none answers there: nothing that
    does not answer can fail a check.
    """
    if parse(address).family in CHIP_FAMILIES:
        with closing(open_chip(address)) as reader:
            reader.uid(chip.TIMEOUT_S)
            return [chip.run_one(name, reader, hands) for name in chip.CHECKS]
    with closing(open_printer(address, clock=clock)) as printer:
        printer.identify()
        return card_printer.run_on(printer, clock, hands)


def describe(address: str, clock: Clock) -> dict[str, str]:
    """What the device at ``address`` says of itself, in words for a record. Raises as ``check``."""
    if parse(address).family in CHIP_FAMILIES:
        return {"device": "chip reader"}
    with closing(open_printer(address, clock=clock)) as printer:
        who = printer.identify()
    return {
        "device": "card printer",
        "model": who.model,
        "serial": who.serial,
        "firmware": who.firmware,
        "ribbon": who.ribbon or "not told",
        "its word proves a card": "yes" if who.proves else "no, a scan does",
    }


def asks() -> dict[str, str]:
    """Every check's question by its name: the first line of its description."""
    checks = {**chip.CHECKS, **card_printer.CHECKS}
    return {name: (check.__doc__ or "").strip().partition("\n")[0] for name, check in checks.items()}
