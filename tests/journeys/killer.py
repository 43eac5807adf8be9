"""The points at which an agent can be killed, counted and named: every commit, every exchange, every piece.

``Points`` is told of each moment and acts at the chosen one. The wrappers stand on the agent's only seam
(``agent.service.build``'s wire and journal), so that product code holds no fail points. A point is named
KIND:LABEL:OCCURRENCE, as ``before commit:print_intended:1`` or ``after exchange:Sic:1``. Status polls and
other questions repeat while something moves, so only their first occurrences between two steps are points.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from agent.store.journal import Journal, Tx
from drivers.card_printer import Transport

# Whether a question follows these at all hangs on the clock; the test in virtual time has them.
MAYBE_ASKED = ("job", "printed")
_HEAD = struct.Struct(">IIII")
_BY_CODE = {0xF2000300: "welcome", 0xF0000200: "panels", 0xF0000600: "info", 0xF0000A00: "settings"}
_BY_COMMAND = {0x0102: "status", 0x0202: "position", 0x0402: "load", 0x0502: "move", 0x0602: "print"}
_BY_OPERATION = {4: "validate", 5: "create", 6: "send", 8: "cancel", 9: "follow", 10: "list", 11: "look"}
_BY_PARAM = {0x07021000: "flip", 0x07020005: "eject", 0x0A021000: "engage", 0x0A025000: "release"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """How one family's exchanges are called. ``name``: by the first bytes said; ``polls``: those that change
    nothing; ``pieced``: those of which every piece is a moment, None: all but the polls.
    """

    name: Callable[[bytes], str]
    polls: frozenset[str]
    pieced: frozenset[str] | None


class Points:
    """Counts moments by name; calls ``strike`` at the one called ``at``. ``order``: all that were passed.

    ``polls_max``: of one question between two steps; how many more there are hangs on a real clock.
    """

    def __init__(
        self, at: str = "", strike: Callable[[], None] = lambda: None, polls_max: int = 1_000
    ) -> None:
        self._at = at
        self._polls_max = polls_max
        self._strike = strike
        self._seen: Counter[str] = Counter()
        self._polled: Counter[str] = Counter()
        self._last = "start"
        self.order: list[str] = []
        self.counting = True

    def step(self, label: str) -> None:
        """Something was done that is not a question: questions count anew."""
        self._polled.clear()
        self._last = label

    def question(self, label: str) -> str:
        """A question's full name, by the step it follows; empty when this time of it is no point."""
        self._polled[label] += 1
        if self._polled[label] > self._polls_max or (self._last in MAYBE_ASKED and self._polls_max == 1):
            return ""
        return f"{label} after {self._last}"

    def __call__(self, moment: str, label: str) -> None:
        """``moment`` as in ``before exchange``."""
        if not self.counting:
            return
        name = f"{moment}:{label}"
        self._seen[name] += 1
        point = f"{name}:{self._seen[name]}"
        self.order.append(point)
        if point == self._at:
            self._strike()


class PointedTransport:
    """A wire that tells of each exchange, and of each piece of what is sent."""

    def __init__(self, wire: Transport, points: Points, family: str) -> None:
        self._wire = wire
        self._points = points
        self._tongue = TONGUES[family]

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        pieces = iter(data)
        first = next(pieces, None)
        label = self._tongue.name(b"" if first is None else bytes(first[:16]))
        asks = label.split(";")[0] in self._tongue.polls
        if asks:
            label = self._points.question(label)
            if not label:
                return self._wire.exchange(_with(first, pieces), timeout_s)
        else:
            self._points.step(label)
        self._points("before exchange", label)
        pieced = not asks if self._tongue.pieced is None else label in self._tongue.pieced
        told = self._told(label, _with(first, pieces)) if pieced else _with(first, pieces)
        reply = self._wire.exchange(told, timeout_s)
        self._points("after exchange", label)
        return reply

    def _told(self, label: str, pieces: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
        for piece in pieces:
            self._points("before piece", label)
            yield piece
            self._points("after piece", label)

    def close(self) -> None:
        self._wire.close()


def _with(first: Any, rest: Iterator[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    if first is not None:
        yield first
    yield from rest


def name_of(data: bytes) -> str:
    """The command's mnemonic; a job begins with its synchronisation mark."""
    if not data:
        return "poll"
    found = re.match(rb"\x1b([A-Za-z]+(?:;[cp]\b)?)", data)
    name = found.group(1).decode() if found else "job"
    return {"Psync": "job", "Pcla": "closing"}.get(name, name)


def message_name(data: bytes) -> str:
    """What a message asks to be done; nothing said opens the wire."""
    if not data:
        return "connect"
    code, _, param, _ = _HEAD.unpack_from(data)
    return _BY_CODE.get(code) or _BY_PARAM.get(param) or _BY_COMMAND[param >> 16]


def operation_name(data: bytes) -> str:
    """What an IPP request asks for."""
    return _BY_OPERATION.get(int.from_bytes(data[2:4], "big"), "other")


TONGUES = {
    "evolis": Tongue(
        name_of, frozenset({"poll", "Rco", "Rtp", "Rfv", "Rsn", "Rr", "Rem"}), frozenset({"job"})
    ),
    "matica": Tongue(message_name, frozenset({"status", "position", "info", "settings"}), None),
    "spool": Tongue(operation_name, frozenset({"look", "list", "follow"}), frozenset()),
}


class PointedTx:
    """A transaction that remembers which events it noted, to name its commit by."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.events: list[str] = []

    def note(self, event: str, subject: str, body: Mapping[str, Any]) -> int:
        self.events.append(event)
        return self._tx.note(event, subject, body)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)


class PointedJournal(Journal):
    """The journal, telling of the moment before and after each commit."""

    points: Points = Points()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        with super().transaction() as tx:
            told = PointedTx(tx)
            yield told  # type: ignore[misc]  # stands in for the transaction, which has slots to itself
            label = "+".join(told.events) or "cursor"
            self.points.step(label)
            self.points("before commit", label)
        self.points("after commit", label)
