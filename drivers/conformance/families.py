"""Which checks an address gets: a table by the kind of device that its family is."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from drivers.address import parse
from drivers.card_printer import Clock
from drivers.clock import unix_ms
from drivers.conformance import card_printer, chip, finger_reader, scanner, signature_pad
from drivers.conformance.bench import TASKS as PRINTER_TASKS
from drivers.conformance.bench import Hands
from drivers.registry import open_chip, open_pad, open_printer, open_reader, open_scanner
from drivers.scanner import Scanner

TASKS = PRINTER_TASKS | chip.TASKS | finger_reader.TASKS | signature_pad.TASKS | scanner.TASKS
"""What hands may be asked to do, as a sentence for a person."""

Results = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class At:
    """Where a device is. ``trust``: PEM of whom its makers are vouched for by, for those that sign."""

    address: str
    clock: Clock
    trust: bytes = b""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of device: its checks, how they are run, and what it says of itself in words for a record."""

    checks: Mapping[str, Callable[..., Any]]
    run: Callable[[At, Hands | None], Results]
    describe: Callable[[At], dict[str, str]]


def check(address: str, clock: Clock, hands: Hands | None = None, trust: bytes = b"") -> Results:
    """Every check's {name, result, detail} for the device at ``address``; ``trust`` as in ``At``.

    ValueError if there are no checks for such a device, DeviceError when none answers there: nothing that
    does not answer can fail a check.
    """
    return _kind(address).run(At(address, clock, trust), hands)


def describe(address: str, clock: Clock, trust: bytes = b"") -> dict[str, str]:
    """What the device at ``address`` says of itself, in words for a record. Raises as ``check``."""
    return _kind(address).describe(At(address, clock, trust))


def asks(address: str) -> dict[str, str]:
    """The question of every check that ``address`` gets, by its name: the first line of its description."""
    checks = _kind(address).checks
    return {name: (each.__doc__ or "").strip().partition("\n")[0] for name, each in checks.items()}


def _kind(address: str) -> Kind:
    return _KINDS.get(parse(address).family, _PRINTER)


def _run_chip(at: At, hands: Hands | None) -> Results:
    with closing(open_chip(at.address)) as reader:
        reader.uid(chip.TIMEOUT_S)
        return [chip.run_one(name, reader, hands) for name in chip.CHECKS]


def _run_printer(at: At, hands: Hands | None) -> Results:
    with closing(open_printer(at.address, clock=at.clock)) as printer:
        printer.identify()
        return card_printer.run_on(printer, at.clock, hands)


def _run_reader(at: At, hands: Hands | None) -> Results:
    with closing(open_reader(at.address, clock=at.clock)) as reader:
        reader.identify()
        return [finger_reader.run_one(name, reader, hands) for name in finger_reader.CHECKS]


def _run_pad(at: At, hands: Hands | None) -> Results:
    with closing(open_pad(at.address, clock=at.clock)) as pad:
        pad.identify()
        return [signature_pad.run_one(name, pad, hands) for name in signature_pad.CHECKS]


def _open_scanner(at: At) -> Scanner:
    if not at.trust:
        raise ValueError(f"Nobody said who vouches for the devices at '{at.address}'.")
    return open_scanner(at.address, trust=at.trust, now_unix_ms=unix_ms, clock=at.clock)


def _run_scanner(at: At, hands: Hands | None) -> Results:
    with closing(_open_scanner(at)) as found:
        found.identify()
        return [scanner.run_one(name, found, at.clock, hands) for name in scanner.CHECKS]


def _describe_chip(_at: At) -> dict[str, str]:
    return {"device": "chip reader"}


def _describe_printer(at: At) -> dict[str, str]:
    with closing(open_printer(at.address, clock=at.clock)) as printer:
        who = printer.identify()
    return {
        "device": "card printer",
        "model": who.model,
        "serial": who.serial,
        "firmware": who.firmware,
        "ribbon": who.ribbon or "not told",
        "its word proves a card": "yes" if who.proves else "no, a scan does",
    }


def _describe_reader(at: At) -> dict[str, str]:
    with closing(open_reader(at.address, clock=at.clock)) as reader:
        who = reader.identify()
    return {
        "device": "fingerprint reader",
        "model": who.model,
        "serial": who.serial or "not told",
        "firmware": who.firmware or "not told",
        "fingers it can hold": str(who.library),
    }


def _describe_pad(at: At) -> dict[str, str]:
    with closing(open_pad(at.address, clock=at.clock)) as pad:
        who = pad.identify()
    return {"device": "signature pad", "model": who.model, "serial": who.serial or "not told"}


def _describe_scanner(at: At) -> dict[str, str]:
    with closing(_open_scanner(at)) as found:
        devices = {
            str(who.modality): f"{who.model}, {who.serial}, {who.firmware}" for who in found.identify()
        }
    return {"device": "scanner of people", **devices}


_PRINTER = Kind(card_printer.CHECKS, _run_printer, _describe_printer)
_CHIP = Kind(chip.CHECKS, _run_chip, _describe_chip)
_KINDS: dict[str, Kind] = {
    "vpcd": _CHIP,
    "pcsc": _CHIP,
    "r30x": Kind(finger_reader.CHECKS, _run_reader, _describe_reader),
    "topaz": Kind(signature_pad.CHECKS, _run_pad, _describe_pad),
    "sbi": Kind(scanner.CHECKS, _run_scanner, _describe_scanner),
}
