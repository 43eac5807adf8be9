"""A smart-card service of paper, below pyscard's own calls: one reader; time passes while one waits."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from drivers.chip import Tag
from drivers.chip.winscard import EXCLUSIVE
from simulators.cards.blank import Card
from simulators.specimen import Gone, Session

NAME = "Paper Reader 00 00"
UID = "04A1B2C3D4E5F6"
TAG = Tag(bytes(range(16)), bytes(range(32)))
EMPTY, PRESENT = 0x10, 0x20
NO_SERVICE, NO_READERS, UNKNOWN_READER = 0x8010001D, 0x8010002E, 0x80100009
SHARED, UNPOWERED, REMOVED, TIMED_OUT = 0x8010000B, 0x80100067, 0x80100069, 0x8010000A


@dataclass
class Service:
    """One reader and the card on it; time passes only while somebody waits for a change."""

    card: Card | None = field(default_factory=lambda: Card(UID, 1))
    names: list[str] = field(default_factory=lambda: [NAME])
    now_s: float = 0.0
    comes_at_s: float | None = None  # a card comes
    connects: list[int] = field(default_factory=list)  # words told before connects that succeed
    establishes: int = 0
    negative: bool = False  # as Windows tells its words
    silent: threading.Event | None = None
    contexts: set[int] = field(default_factory=set)
    missing_as_state: bool = False  # a reader that is not there is no word but a state, as on Windows
    attempts: int = 0
    connected: int = 0
    dispositions: list[int] = field(default_factory=list)
    _session: Session | None = None
    _made: int = 0

    def monotonic(self) -> float:
        return self.now_s

    def _word(self, word: int) -> int:
        return word - (1 << 32) if word and self.negative else word

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:
        if self.establishes:
            return self._word(self.establishes), 0
        self._made += 1
        self.contexts.add(self._made)
        return 0, self._made

    def SCardReleaseContext(self, context: int) -> int:
        self.contexts.remove(context)
        return 0

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]:
        return (0, self.names) if self.names else (self._word(NO_READERS), [])

    def SCardGetStatusChange(
        self, context: int, timeout_ms: int, readers: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        ((name, known),) = readers
        if name not in self.names:
            return (0, [(name, 0x06, [])]) if self.missing_as_state else (self._word(UNKNOWN_READER), [])
        if timeout_ms and known == self._state():
            self.now_s += timeout_ms / 1000
            if self.comes_at_s is not None and self.now_s >= self.comes_at_s:
                self.card, self.comes_at_s = Card(UID, 1), None
        state = self._state()
        if state == known:
            return self._word(TIMED_OUT), [(name, state, [])]
        return 0, [(name, state | 2, [])]

    def _state(self) -> int:
        """With the count of what happened in its upper half, as pcscd tells it."""
        return (PRESENT if self.card else EMPTY) | self.attempts << 16

    def SCardConnect(self, context: int, reader: str, share: int, protocols: int) -> tuple[int, int, int]:
        assert (context in self.contexts, reader in self.names, share) == (True, True, EXCLUSIVE)
        self.attempts += 1
        if self.card is None:
            return self._word(REMOVED), 0, 0
        if self.connects:
            return self._word(self.connects.pop(0)), 0, 0
        self._session, self.connected = Session(self.card), self.connected + 1
        return 0, 7, 2

    def SCardTransmit(self, card: int, protocol: int, apdu: list[int]) -> tuple[int, list[int]]:
        assert (card, protocol) == (7, 2)
        if self.silent:
            self.silent.wait(10)
        try:
            if self.card is None or self._session is None:
                raise Gone
            return 0, list(self._session.answer(bytes(apdu)))
        except Gone:
            return self._word(REMOVED), []

    def SCardDisconnect(self, card: int, disposition: int) -> int:
        self.dispositions.append(disposition)
        self.connected -= 1
        return 0
