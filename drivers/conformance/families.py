"""Which checks an address gets: a table by the kind of device that its family is."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from drivers.address import parse
from drivers.card_printer import Clock
from drivers.conformance import card_printer, chip, finger_reader, signature_pad
from drivers.conformance.bench import TASKS as PRINTER_TASKS
from drivers.conformance.bench import Hands
from drivers.registry import open_chip, open_pad, open_printer, open_reader

TASKS = PRINTER_TASKS | chip.TASKS | finger_reader.TASKS | signature_pad.TASKS
"""What hands may be asked to do, as a sentence for a person."""

Results = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of device: its checks, how they are run, and what it says of itself in words for a record."""

    checks: Mapping[str, Callable[..., Any]]
    run: Callable[[str, Clock, Hands | None], Results]
    describe: Callable[[str, Clock], dict[str, str]]


def check(address: str, clock: Clock, hands: Hands | None = None) -> Results:
    """Every check's {name, result, detail} for the device at ``address``.

    ValueError if there are no checks for such a device, DeviceError when none answers there: nothing that
    does not answer can fail a check.
    """
    return _kind(address).run(address, clock, hands)


def describe(address: str, clock: Clock) -> dict[str, str]:
    """What the device at ``address`` says of itself, in words for a record. Raises as ``check``."""
    return _kind(address).describe(address, clock)


def asks(address: str) -> dict[str, str]:
    """The question of every check that ``address`` gets, by its name: the first line of its description."""
    checks = _kind(address).checks
    return {name: (each.__doc__ or "").strip().partition("\n")[0] for name, each in checks.items()}


def _kind(address: str) -> Kind:
    return _KINDS.get(parse(address).family, _PRINTER)


def _run_chip(address: str, _clock: Clock, hands: Hands | None) -> Results:
    with closing(open_chip(address)) as reader:
        reader.uid(chip.TIMEOUT_S)
        return [chip.run_one(name, reader, hands) for name in chip.CHECKS]


def _run_printer(address: str, clock: Clock, hands: Hands | None) -> Results:
    with closing(open_printer(address, clock=clock)) as printer:
        printer.identify()
        return card_printer.run_on(printer, clock, hands)


def _run_reader(address: str, clock: Clock, hands: Hands | None) -> Results:
    with closing(open_reader(address, clock=clock)) as reader:
        reader.identify()
        return [finger_reader.run_one(name, reader, hands) for name in finger_reader.CHECKS]


def _run_pad(address: str, clock: Clock, hands: Hands | None) -> Results:
    with closing(open_pad(address, clock=clock)) as pad:
        pad.identify()
        return [signature_pad.run_one(name, pad, hands) for name in signature_pad.CHECKS]


def _describe_chip(_address: str, _clock: Clock) -> dict[str, str]:
    return {"device": "chip reader"}


def _describe_printer(address: str, clock: Clock) -> dict[str, str]:
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


def _describe_reader(address: str, clock: Clock) -> dict[str, str]:
    with closing(open_reader(address, clock=clock)) as reader:
        who = reader.identify()
    return {
        "device": "fingerprint reader",
        "model": who.model,
        "serial": who.serial or "not told",
        "firmware": who.firmware or "not told",
        "fingers it can hold": str(who.library),
    }


def _describe_pad(address: str, clock: Clock) -> dict[str, str]:
    with closing(open_pad(address, clock=clock)) as pad:
        who = pad.identify()
    return {"device": "signature pad", "model": who.model, "serial": who.serial or "not told"}


_PRINTER = Kind(card_printer.CHECKS, _run_printer, _describe_printer)
_CHIP = Kind(chip.CHECKS, _run_chip, _describe_chip)
_KINDS: dict[str, Kind] = {
    "vpcd": _CHIP,
    "pcsc": _CHIP,
    "r30x": Kind(finger_reader.CHECKS, _run_reader, _describe_reader),
    "topaz": Kind(signature_pad.CHECKS, _run_pad, _describe_pad),
}
