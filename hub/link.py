"""The province's end of the lines: every station's messages, in one thread with its own database connection.

A station is who its signature says, checked with the key pinned at its first hello; whoever is not known
can only say a hello that proves the join token. What a station sends is answered after the commit of
hub.ingest; what waits in its order log is sent when it is there to listen. Rules: sync/talk.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import SystemRandom

from domain.keys import SigningKey, VerifyKey
from domain.words import RefusedByRule
from hub import ingest
from hub.database import Database, DatabaseLost
from hub.orders import OrderLog
from sync import topics, wire
from sync.backoff import until_done
from sync.mqtt import Link
from sync.session import LinkDown, Received
from sync.talk import Standing, Talk

LOOK_S = 1.0  # how soon an order that another process imported is noticed
SPREAD_S = 1.0

log = logging.getLogger("loket.hub.link")


@dataclass(slots=True)
class _Line:
    """One station that has joined."""

    verify: VerifyKey
    talk: Talk
    order_head: int = -1


class HubLink:
    """Talks with all stations. ``open_database`` is called in its thread.

    ``joined``: called with a station's name right after its keys were pinned; ``taken``: after events of a
    station were committed. Both run in the link's thread and must be quick.
    """

    def __init__(
        self,
        open_database: Callable[[], Database],
        broker: str,
        sign: SigningKey,
        *,
        joined: Callable[[Database, str], None] = lambda _db, _name: None,
        taken: Callable[[str], None] = lambda _name: None,
        version: str = "",
        ca_file: str | None = None,
        now_unix_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._open_database = open_database
        self._sign = sign
        self._joined = joined
        self._taken = taken
        self._version = version
        self._now_unix_ms = now_unix_ms
        self._link = Link(broker, "loket-hub", [topics.ALL_UP, topics.ALL_PRESENCE], ca_file=ca_file)
        self._lines: dict[str, _Line] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._looked_ms = 0
        self.state = "offline"
        self.dropped: Counter[str] = Counter()

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def wake(self) -> None:
        """Orders were written. From any thread."""
        self._looked_ms = 0
        self._link.wake()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End orderly."""
        self._stop.set()
        self._link.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        if not self._thread.is_alive():
            self._link.dispose()

    def _run(self) -> None:
        while not self._stop.is_set():
            if until_done(self._connection, LinkDown, self._stop, longest_s=15.0):
                self._stop.wait(SystemRandom().uniform(0, SPREAD_S))

    def _connection(self) -> None:
        """One connection to the broker and one to the database. Raises LinkDown when either is not there."""
        try:
            db = self._open_database()
        except DatabaseLost as error:
            raise LinkDown("no_database", "the database does not answer") from error
        try:
            self._link.open()
            self.state = "online"
            self._greet_all(db)
            while not self._stop.is_set():
                self._turn(db)
        except LinkDown as error:
            log.info("the line is down: %s", error.cause)
            if self.state != "online":
                raise
        except DatabaseLost as error:
            # What was being committed may be there or not; every station is asked where it stands.
            raise LinkDown("no_database", "the database went away") from error
        finally:
            self.state = "offline"
            self._lines.clear()
            self._link.close()
            db.close()

    def _greet_all(self, db: Database) -> None:
        """Whoever was on the line while we were not is asked where it stands."""
        for known in ingest.stations(db):
            if known.sign_key is not None:
                self._send(known.name, self._line(db, known.name, known.sign_key).talk.greet(_now_ms()))

    def _turn(self, db: Database) -> None:
        for received in self._link.wait(LOOK_S):
            self._hear(db, received)
        self._link.take_unheard()  # an absent station says hello when it comes
        if _now_ms() - self._looked_ms >= LOOK_S * 1000:
            self._looked_ms = _now_ms()
            self._look(db)

    def _look(self, db: Database) -> None:
        """Send the orders that were written since, and keep the deadlines."""
        rows = db.rows("SELECT station, order_head FROM station WHERE order_head > order_have")
        heads = {str(name): int(head) for name, head in rows}
        now_ms = _now_ms()
        for name, line in self._lines.items():
            deadline_ms = line.talk.deadline_ms
            head = heads.get(name, line.order_head)
            if head != line.order_head or (deadline_ms is not None and now_ms >= deadline_ms):
                line.order_head = head
                self._send(name, line.talk.due(now_ms))

    def _line(self, db: Database, name: str, sign_key: str) -> _Line:
        line = self._lines.get(name)
        if line is None or line.verify.text != sign_key:
            talk = Talk(
                OrderLog(db, name),
                ingest.Journal(db, name, self._now_unix_ms),
                self._now_unix_ms,
                seeks=False,
                version=self._version,
            )
            line = self._lines[name] = _Line(VerifyKey(sign_key), talk)
        return line

    def _hear(self, db: Database, received: Received) -> None:
        spoken = topics.speaker(received.topic)
        if spoken is None:
            return
        name, channel = spoken
        try:
            line, message = self._recognise(db, name, received.payload)
        except wire.Dropped as dropped:
            self.dropped[dropped.word] += 1
            log.warning("a message of %s was dropped: %s", name, dropped.word)
            if dropped.word == "unknown_signer" and channel == "up":
                self._send(name, [wire.Refused("unknown_station")])
        except RefusedByRule as refused:
            self.dropped[refused.word] += 1
            self._send(name, [wire.Refused(refused.word.lower())])
        else:
            if channel == "presence":
                self._presence(line, message)
            else:
                self._answer(db, name, line, message)

    def _recognise(self, db: Database, name: str, payload: bytes) -> tuple[_Line, wire.Message]:
        """Who speaks, and what. Raises Dropped, and RefusedByRule for a hello that may not join."""
        route = topics.route_up(name)
        line = self._lines.get(name)
        if line is None:
            known = ingest.station(db, name)
            if known is None or known.sign_key is None:
                return self._join(db, name, wire.decode_joining(payload, route, _made_by))
            line = self._line(db, name, known.sign_key)
        try:
            return line, wire.decode(payload, route, line.verify.verify)
        except wire.Dropped as dropped:
            if dropped.word != "bad_signature":
                raise
            return self._join(db, name, wire.decode_joining(payload, route, _made_by))

    def _join(self, db: Database, name: str, hello: wire.Hello) -> tuple[_Line, wire.Message]:
        """Pin the keys a hello brings, if its proof holds."""
        if hello.keys is None:
            raise wire.Dropped("unknown_signer")
        ingest.admit(db, name, hello.keys)
        self._joined(db, name)
        return self._line(db, name, hello.keys.sign), hello

    def _presence(self, line: _Line, message: wire.Message) -> None:
        if isinstance(message, wire.Presence) and not message.online:
            line.talk.apart()

    def _answer(self, db: Database, name: str, line: _Line, message: wire.Message) -> None:
        try:
            if isinstance(message, wire.Hello):
                ingest.greet(db, name, message.head, self._now_unix_ms())
            answers = line.talk.on_message(message, _now_ms())
        except RefusedByRule as refused:
            self._send(name, [wire.Refused(refused.word.lower())])
            return
        if line.talk.standing is Standing.REFUSED and line.talk.refused == "fork":
            ingest.forked(db, name)
        self._send(name, answers)
        if any(isinstance(answer, wire.Have) for answer in answers):
            self._taken(name)

    def _send(self, name: str, messages: Sequence[wire.Message]) -> None:
        for message in messages:
            data = wire.encode(message, topics.route_down(name), self._sign.sign)
            try:
                self._link.publish(topics.down(name), data)
            except ValueError:
                log.error("a message for %s is larger than the broker takes", name)


def _made_by(key: str, signature: bytes, message: bytes) -> bool:
    """Whether the key that a hello brings made its signature."""
    try:
        return VerifyKey(key).verify(signature, message)
    except ValueError:
        return False


def _now_ms() -> int:
    """A steady clock."""
    return time.monotonic_ns() // 1_000_000
