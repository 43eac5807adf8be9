"""The running hub: one thread on the lines, one that folds and routes, one for the page.

They meet in the database alone. Whatever one of them was doing when the hub dies is in the database or
is done again: batches are asked for again, projections stand where their tables do, and orders that wait
are dispatched at every start. A fault nobody foresaw ends the whole process: a hub that only seems to
work is worse than one the service manager starts again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from importlib.metadata import version
from types import TracebackType

from domain.guard import LOOPBACK
from hub import moves, orders, schema
from hub.books import announce
from hub.database import Database, DatabaseLost, DatabaseTrouble, DatabaseUnmade
from hub.home import Config, Home
from hub.link import HubLink
from hub.order_log import Writer
from hub.projections import Folder
from hub.recordings import keep as keeping
from hub.recordings.incoming import FOLDER, Incoming
from hub.recordings.parts import Parts
from hub.recordings.receipts import Receipts
from hub.web import app
from hub.web.server import WebThread
from sync.ending import Ending
from sync.mqtt import Certificates

LOOK_S = 1.0  # how soon the work of another process at the same database is noticed
DATABASE_LOST_S = 3.0

log = logging.getLogger("loket.hub")


class Clerk:
    """Makes something of what came in: routes moved orders, dispatches waiting ones, folds, opens packets.

    ``written``: called after lines were put into order logs, so that they need not wait to be noticed.
    """

    def __init__(
        self,
        opened: Callable[[], Database],
        writer: Callable[[], Writer],
        receipts: Receipts,
        written: Callable[[], None] = lambda: None,
    ) -> None:
        self._opened = opened
        self._writer = writer
        self._receipts = receipts
        self._written = written
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def wake(self) -> None:
        """Something came in. From any thread."""
        self._wake.set()

    def stop(self) -> None:
        """End after the turn that is going on."""
        self._stop.set()
        self._wake.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._work()
            except DatabaseLost:
                log.warning("the database does not answer; trying again")
                self._stop.wait(DATABASE_LOST_S)

    def _work(self) -> None:
        """As long as the database is there."""
        db = self._opened()
        try:
            folder = Folder(db)
            while not self._stop.is_set():
                self._wake.clear()
                lines = moves.route(db, self._writer())
                lines += announce.forward(db, self._writer())
                lines += orders.dispatch_all(db, self._writer())
                lines += self._receipts.settle(db, self._writer())
                if lines:
                    self._written()
                folder.catch_up()
                self._wake.wait(LOOK_S)
        finally:
            db.close()


class Service:
    """``start()`` gives the page's address once all works; ``wait()`` returns when it is over."""

    def __init__(self, home: Home, config: Config, *, now_ms: Callable[[], int], epoch: int) -> None:
        self._url = home.database(config)
        self._now_ms = now_ms
        self._epoch = epoch
        self._keys = home.keys()
        self.failed = False
        db = self._opened()
        try:
            schema.try_to_write(db)
        finally:
            db.close()
        hosts = LOOPBACK | {config.web_host}
        self._web = WebThread(app.build(self._opened, now_ms, hosts), config.web_host, config.web_port)
        self._ending = Ending()  # whatever may refuse to start comes before it

        def keep(db: Database, station: str, id: str, sealed: bytes) -> str | None:
            return keeping.keep(db, home, station, id, sealed, now_ms)

        parts = Parts(home.root / FOLDER)
        self._clerk = Clerk(self._opened, self._writer, Receipts(parts, keep), lambda: self._link.wake())
        self._link = HubLink(
            self._opened,
            config.broker,
            self._keys.sign,
            joined=lambda _db, _name: self._clerk.wake(),
            taken=lambda _name: self._clerk.wake(),
            pieces=Incoming(parts, self._clerk.wake).hear,
            certificates=Certificates(config.ca, config.cert, config.key),
            version=version("loket"),
            now_unix_ms=now_ms,
        )

    def start(self) -> str:
        """Start every thread; the page's address. Only for the main thread: it hears the signals."""
        self._ending.hear_signals()
        threading.excepthook = self._fault
        self._clerk.start()
        self._link.start()
        return self._web.start()

    def wait(self) -> bool:
        """Until a signal asks for the end; whether it was an orderly one."""
        self._ending.wait()
        self.stop()
        return not self.failed

    def stop(self) -> None:
        """End every thread after what it is at."""
        self._link.stop()
        self._clerk.stop()
        self._web.stop()
        self._ending.close()

    def _opened(self) -> Database:
        return schema.opened(self._url)

    def _writer(self) -> Writer:
        return Writer(self._keys, self._epoch, self._now_ms())

    def _fault(self, told: threading.ExceptHookArgs) -> None:
        """A thread died of its database, or of what nobody foresaw: end, and be started again."""
        trace: TracebackType | None = told.exc_traceback
        if isinstance(told.exc_value, DatabaseTrouble | DatabaseUnmade):
            log.critical("%s", told.exc_value)
        else:
            log.critical(
                "a thread has died", exc_info=(told.exc_type, told.exc_value or told.exc_type(), trace)
            )
        self.failed = True
        self._ending.say()
