"""The devices of a station that is not running: asked once, under the lock, then left alone.

A running agent tells of its devices itself (agent.control.Live); two programs never talk to one
printer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from agent.config import DEVICES, Config
from agent.home import Busy, Home
from agent.trouble import Trouble

SIMULATED = "SIM"  # how a simulator's own serial number begins
NOT_HELD = frozenset({"paper", "biometrics", "reader", "pad"})
"""Kinds that the agent never holds: a command speaks to them, and others may at the same time."""


def listed(home: Home, live: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """One line for each configured device: as the running agent tells it, else asked here. Raises Trouble.

    What an agent works with but tells nothing of, such as the chip reader in its printer, is ``in_use``.
    """
    if live is None:
        return configured(home)
    told = list(live.get("devices", []))
    known = {line["kind"] for line in told}
    config = home.config()
    others = [kind for kind in DEVICES if getattr(config, kind) and kind not in known]
    for kind in others:
        address = str(getattr(config, kind))
        told += _asked(config, kind) if kind in NOT_HELD else [_line(kind, address, state="in_use")]
    return told


def configured(home: Home) -> list[dict[str, Any]]:
    """One line for each configured device; the printer is asked who it is. Raises Trouble."""
    config = home.config()
    try:
        with home.lock(0):
            return [line for kind in DEVICES if getattr(config, kind) for line in _asked(config, kind)]
    except Busy:  # an agent that starts or stops: its devices are not ours to ask
        return [
            _line(kind, getattr(config, kind), state="stopped") for kind in DEVICES if getattr(config, kind)
        ]


def _asked(config: Config, kind: str) -> list[dict[str, Any]]:
    """The lines of one address; a service of biometric devices has one for each of them."""
    address = str(getattr(config, kind))
    if kind == "biometrics":
        return _biometrics(address, config.trust)
    asked = {"printer": _printer, "paper": _paper, "reader": _reader, "pad": _pad}.get(kind)
    return [asked(address) if asked else _line(kind, address, state="stopped")]


def _line(kind: str, address: str, **told: Any) -> dict[str, Any]:
    line = {"address": address, "kind": kind, "model": None, "serial": None, "state": None, "cause": None}
    line.update(told)
    return {**line, "simulated": simulated(kind, str(line["serial"] or ""))}


def simulated(kind: str, serial: str) -> bool | None:
    """Whether a device is a simulator, by the serial number it tells; None where that could not say so: small
    finger modules tell none, and a pad's is a number.
    """
    if kind == "pad" or (kind == "reader" and not serial):
        return None
    return serial.startswith(SIMULATED)


def _printer(address: str) -> dict[str, Any]:
    from drivers.clock import MonotonicClock
    from drivers.registry import open_printer

    return _told("printer", address, lambda: open_printer(address, clock=MonotonicClock()))


def _paper(address: str) -> dict[str, Any]:
    from drivers.clock import MonotonicClock
    from drivers.registry import open_paper

    return _told("paper", address, lambda: open_paper(address, clock=MonotonicClock()))


def _reader(address: str) -> dict[str, Any]:
    from drivers.clock import MonotonicClock
    from drivers.registry import open_reader

    return _told("reader", address, lambda: open_reader(address, clock=MonotonicClock()))


def _pad(address: str) -> dict[str, Any]:
    from drivers.clock import MonotonicClock
    from drivers.registry import open_pad

    return _told("pad", address, lambda: open_pad(address, clock=MonotonicClock()))


class _Identity(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def serial(self) -> str: ...


class _Status(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def cause(self) -> str | None: ...


class _Device(Protocol):
    """What all devices can be asked."""

    def identify(self) -> _Identity: ...
    def status(self) -> _Status: ...
    def close(self) -> None: ...


def _told(kind: str, address: str, opened: Callable[[], _Device]) -> dict[str, Any]:
    """The line of a device that tells who it is and how it stands. Raises Trouble for an address of none."""
    from contextlib import closing

    from drivers.errors import DeviceError

    try:
        with closing(opened()) as device:
            who, now = device.identify(), device.status()
    except ValueError as error:
        raise Trouble(str(error)) from error
    except DeviceError as error:
        return _line(kind, address, state="offline", cause=error.cause)
    return _line(kind, address, model=who.model, serial=who.serial, state=now.state, cause=now.cause)


def _biometrics(address: str, trust: str) -> list[dict[str, Any]]:
    """The devices behind a biometric service; ``untrusted`` where nobody said whom to trust."""
    from contextlib import closing

    from drivers.clock import MonotonicClock, unix_ms
    from drivers.errors import DeviceError
    from drivers.registry import open_scanner

    if not trust:
        return [_line("biometrics", address, state="error", cause="untrusted")]

    try:
        pem, clock = Path(trust).read_bytes(), MonotonicClock()
        with closing(open_scanner(address, trust=pem, now_unix_ms=unix_ms, clock=clock)) as scanner:
            now = scanner.status()
            if now.state == "offline":
                return [_line("biometrics", address, state="offline", cause=now.cause)]
            told = {"state": now.state, "cause": now.cause}
            return [
                _line("biometrics", address, model=f"{who.modality}: {who.model}", serial=who.serial, **told)
                for who in scanner.identify()
            ]
    except OSError as error:
        raise Trouble(f"{trust} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise Trouble(str(error)) from error
    except DeviceError as error:
        return [_line("biometrics", address, state="error", cause=error.cause)]
