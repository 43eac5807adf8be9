"""Accidents of devices on a serial line: ``NAME@WHEN[,WHAT]``.

``WHEN`` is ``exchange=N`` (the N-th instruction since the device was new, from 1), or ``ms=T`` of its clock.
``WHAT``: ``op=HEX`` waits for the first such instruction from then on, ``at=command|answer|data`` says where
in the exchange, ``for=MS`` how long, ``code=HEX`` which answer. What strikes is spent, and kept in the state
file, so that a device that comes back is not struck twice. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import hexdigits

from simulators.ordered import Ordered, whole

WHENS = ("exchange", "ms")
PLACES = ("command", "answer", "data")
KEYS = frozenset({"op", "at", "for", "code"})
BYTE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One accident to come."""

    text: str
    name: str
    when: str
    value: int
    place: str | None = None
    op: int | None = None
    for_ms: int | None = None
    code: int | None = None

    def lasts_ms(self, usual_ms: int) -> int:
        """``for=``, or what is usual."""
        return usual_ms if self.for_ms is None else self.for_ms


def parse(text: str, known: Mapping[str, str], keys: frozenset[str] = KEYS) -> Fault:
    """Read ``NAME@WHEN[,WHAT]``; ``keys``: what WHAT may say of this device.

    Raises ValueError with one sentence that names what is wrong.
    """
    name, _, rest = text.partition("@")
    if name not in known:
        raise ValueError(f"no fault is called {name!r}; there are {', '.join(known)}")
    words = {key: value for key, _, value in (part.partition("=") for part in rest.split(","))}
    when = next((key for key in WHENS if key in words), None)
    if when is None:
        raise ValueError(f"{name} needs exchange=N or ms=T, as in {name}@exchange=5")
    if unknown := set(words) - keys - {when}:
        raise ValueError(f"{name} does not know {', '.join(sorted(unknown))}")
    if words.get("at", "answer") not in PLACES:
        raise ValueError(f"at is one of {', '.join(PLACES)}")
    return Fault(
        text,
        name,
        when,
        whole(name, when, words[when]),
        words.get("at"),
        _byte(name, "op", words),
        whole(name, "for", words["for"]) if "for" in words else None,
        _byte(name, "code", words),
    )


def _byte(name: str, key: str, words: Mapping[str, str]) -> int | None:
    if key not in words:
        return None
    digits = words[key]
    if not digits or len(digits) > BYTE_DIGITS or not set(digits) <= set(hexdigits):
        raise ValueError(f"{name}: {key} must be a number of one or two hex digits, not {digits!r}")
    return int(digits, 16)


@dataclass(slots=True)
class Faults(Ordered[Fault]):
    """Those of one device, and when they strike."""

    def exchange(self, number: int, op: int) -> list[Fault]:
        """Those that strike this instruction; they are spent by being told."""
        return self.strike(
            [
                each
                for each in self.ahead
                if each.when == "exchange"
                and (each.value == number if each.op is None else each.value <= number and each.op == op)
            ]
        )

    def clock(self, now_ms: int) -> list[Fault]:
        """Those whose time has come."""
        return self.strike([each for each in self.ahead if each.when == "ms" and each.value <= now_ms])

    def next_ms(self) -> int | None:
        """The nearest of those."""
        return min((each.value for each in self.ahead if each.when == "ms"), default=None)
