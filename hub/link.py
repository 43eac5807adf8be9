"""The province's end of the lines: one thread with one connection to the broker and one to the database.

What the stations say goes to the desk (hub/desk.py), what it answers goes out signed; what waits in a
station's order log is sent when the station is there to listen. A line or a database that is lost is tried
again; nothing is remembered in between but what was committed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from random import SystemRandom

from domain.keys import SigningKey
from hub.clock import unix_ms
from hub.database import Database, DatabaseLost
from hub.desk import Desk, Pieces, Said, no_pieces
from sync import topics, wire
from sync.backoff import until_done
from sync.mqtt import Certificates, Link
from sync.session import LinkDown

LOOK_S = 1.0  # how soon an order that another process imported is noticed
SPREAD_S = 1.0

log = logging.getLogger("loket.hub.link")


class HubLink:
    """Talks with all stations. ``open_database`` is called in its thread.

    ``joined``: called with a station's name right after its keys were pinned; ``taken``: after events of a
    station were committed; ``pieces`` answers pieces of packets. All run in the link's thread, and are quick.
    """

    def __init__(
        self,
        open_database: Callable[[], Database],
        broker: str,
        sign: SigningKey,
        *,
        joined: Callable[[Database, str], None] = lambda _db, _name: None,
        taken: Callable[[str], None] = lambda _name: None,
        pieces: Pieces = no_pieces,
        version: str = "",
        certificates: Certificates | None = None,
        now_unix_ms: Callable[[], int] = unix_ms,
    ) -> None:
        self._open_database = open_database
        self._sign = sign
        self._desk: Callable[[Database], Desk] = lambda db: Desk(
            db, now_unix_ms, joined=joined, taken=taken, pieces=pieces, version=version
        )
        self._link = Link(
            broker, "loket-hub", [topics.ALL_UP, topics.ALL_PRESENCE], certificates=certificates
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._looked_ms = 0
        self.state = "offline"

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
            desk = self._desk(db)
            self._send(desk.greetings(_now_ms()))
            while not self._stop.is_set():
                self._turn(desk)
        except LinkDown as error:
            log.info("the line is down: %s", error.cause)
            if self.state != "online":
                raise
        except DatabaseLost as error:
            # What was being committed may be there or not; every station is asked where it stands.
            raise LinkDown("no_database", "the database went away") from error
        finally:
            self.state = "offline"
            self._link.close()
            db.close()

    def _turn(self, desk: Desk) -> None:
        for received in self._link.wait(LOOK_S):
            self._send(desk.hear(received.topic, received.payload, _now_ms()))
        self._link.take_unheard()  # an absent station says hello when it comes
        if _now_ms() - self._looked_ms >= LOOK_S * 1000:
            self._looked_ms = _now_ms()
            self._send(desk.due(_now_ms()))

    def _send(self, said: Iterable[Said]) -> None:
        for name, message in said:
            try:
                data = wire.encode(message, topics.route_down(name), self._sign.sign)
                self._link.publish(topics.down(name), data)
            except ValueError:
                log.error("a message for %s is too large for the wire or the broker", name)


def _now_ms() -> int:
    """A steady clock."""
    return time.monotonic_ns() // 1_000_000
