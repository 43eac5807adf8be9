"""Who says what on the stations' lines, and what each is answered. No network: bytes in, messages out.

A station is who its signature says, checked with the key pinned at its first hello; whoever is not known
can only say a hello that proves the join token. What a station sends is answered after the commit of
hub.ingest. Whatever a station says that cannot be stored or answered is that station's matter alone: it
is refused, and the others are served. Only a lost database ends the round. Rules: sync/talk.py.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from domain.keys import VerifyKey
from domain.words import RefusedByRule
from hub import ingest
from hub.database import Database
from hub.ingest import FORKED
from hub.order_log import OrderLog
from sync import topics, wire
from sync.pieces import Held, Piece
from sync.talk import Standing, Talk

Said = tuple[str, wire.Message]
"""(station, what to say to it)."""
Pieces = Callable[[Database, str, Piece], Held]
"""What a piece of a station's packet is answered. Errors: Dropped with a word, DatabaseLost."""
_ITS_OWN_FAULT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

log = logging.getLogger("loket.hub.desk")


def no_pieces(_db: Database, _name: str, _piece: Piece) -> Held:
    """A hub that takes no packets."""
    raise wire.Dropped("unannounced")


@dataclass(slots=True)
class _Line:
    """One station that has joined."""

    verify: VerifyKey
    talk: Talk
    order_head: int = -1


class Desk:
    """One desk a connection to the broker, over one connection to the database.

    ``joined``: called with a station's name right after its keys were pinned; ``taken``: after events of a
    station were committed; ``pieces`` answers a piece of a packet. Times are milliseconds of a steady clock,
    except ``now_unix_ms``.
    """

    def __init__(
        self,
        db: Database,
        now_unix_ms: Callable[[], int],
        *,
        joined: Callable[[Database, str], None] = lambda _db, _name: None,
        taken: Callable[[str], None] = lambda _name: None,
        pieces: Pieces = no_pieces,
        version: str = "",
    ) -> None:
        self._db = db
        self._now_unix_ms = now_unix_ms
        self._joined = joined
        self._taken = taken
        self._pieces = pieces
        self._version = version
        self._lines: dict[str, _Line] = {}
        self.dropped: Counter[str] = Counter()

    def greetings(self, now_ms: int) -> list[Said]:
        """Whoever was on the line while we were not is asked where it stands."""
        said: list[Said] = []
        for known in ingest.stations(self._db):
            if known.sign_key is not None:
                line = self._line(known.name, known.sign_key)
                said += self._alone(known.name, partial(line.talk.greet, now_ms))
        return said

    def hear(self, topic: str, payload: bytes, now_ms: int) -> list[Said]:
        """The answers to one message. Errors: DatabaseLost."""
        spoken = topics.speaker(topic)
        if spoken is None:
            return []
        name, channel = spoken
        try:
            return self._alone(name, lambda: self._said(name, channel, payload, now_ms))
        except wire.Dropped as dropped:
            self.dropped[dropped.word] += 1
            log.warning("a message of %s was dropped: %s", name, dropped.word)
            tell = dropped.word == "unknown_signer" and channel == "up"
            return [(name, wire.Refused("unknown_station"))] if tell else []

    def due(self, now_ms: int) -> list[Said]:
        """The orders that were written since, and what deadlines ask for."""
        rows = self._db.rows("SELECT station, order_head FROM station WHERE order_head > order_have")
        heads = {str(name): int(head) for name, head in rows}
        said: list[Said] = []
        for name, line in self._lines.items():
            deadline_ms = line.talk.deadline_ms
            head = heads.get(name, line.order_head)
            if head != line.order_head or (deadline_ms is not None and now_ms >= deadline_ms):
                line.order_head = head
                said += self._alone(name, partial(line.talk.due, now_ms))
        return said

    def _alone(self, name: str, work: Callable[[], list[wire.Message]]) -> list[Said]:
        """What ``work`` has to say to a station. Whatever is wrong with that station stays with it."""
        try:
            messages = work()
        except RefusedByRule as refused:
            self.dropped[refused.word] += 1
            messages = [wire.Refused(refused.word.lower())]
        except _ITS_OWN_FAULT:
            self.dropped["garbled"] += 1
            log.exception("%s cannot be served", name)
            messages = [wire.Refused("garbled")]
        return [(name, message) for message in messages]

    def _said(self, name: str, channel: str, payload: bytes, now_ms: int) -> list[wire.Message]:
        line, message = self._recognise(name, payload)
        if channel == "up" and isinstance(message, Piece):
            return [self._pieces(self._db, name, message)]
        if channel == "up":
            return self._answer(name, line, message, now_ms)
        if isinstance(message, wire.Presence) and not message.online:
            line.talk.apart()
        return []

    def _line(self, name: str, sign_key: str) -> _Line:
        line = self._lines.get(name)
        if line is None or line.verify.text != sign_key:
            talk = Talk(
                OrderLog(self._db, name),
                ingest.Journal(self._db, name, self._now_unix_ms),
                self._now_unix_ms,
                seeks=False,
                version=self._version,
            )
            line = self._lines[name] = _Line(VerifyKey(sign_key), talk)
        return line

    def _recognise(self, name: str, payload: bytes) -> tuple[_Line, wire.Message]:
        """Who speaks, and what. Raises Dropped, and RefusedByRule for a hello that may not join."""
        route = topics.route_up(name)
        line = self._lines.get(name)
        if line is None:
            known = ingest.station(self._db, name)
            if known is None or known.sign_key is None:
                return self._join(name, wire.decode_joining(payload, route, _made_by))
            line = self._line(name, known.sign_key)
        try:
            return line, wire.decode(payload, route, line.verify.verify)
        except wire.Dropped as dropped:
            if dropped.word != "bad_signature":
                raise
            return self._join(name, wire.decode_joining(payload, route, _made_by))

    def _join(self, name: str, hello: wire.Hello) -> tuple[_Line, wire.Message]:
        """Pin the keys a hello brings, if its proof holds."""
        if hello.keys is None:
            raise wire.Dropped("unknown_signer")
        ingest.admit(self._db, name, hello.keys)
        self._joined(self._db, name)
        return self._line(name, hello.keys.sign), hello

    def _answer(self, name: str, line: _Line, message: wire.Message, now_ms: int) -> list[wire.Message]:
        if isinstance(message, wire.Hello):
            have = ingest.greet(self._db, name, message.head, self._now_unix_ms())
            if ingest.known(self._db, name).state == FORKED:
                return [wire.Refused("fork", have)]
        answers = line.talk.on_message(message, now_ms)
        if line.talk.standing is Standing.REFUSED and line.talk.refused == "fork":
            ingest.forked(self._db, name)
        if any(isinstance(answer, wire.Have) for answer in answers):
            self._taken(name)
        return answers


def _made_by(key: str, signature: bytes, message: bytes) -> bool:
    """Whether the key that a hello brings made its signature."""
    try:
        return VerifyKey(key).verify(signature, message)
    except ValueError:
        return False
