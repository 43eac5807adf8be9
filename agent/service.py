"""The running station: its threads, how they start, and how they end.

    worker   works the printer (agent.printing)       web    the clerk's screen and the commands (asyncio)
    link     talks with the province (agent.link)     main   waits for the signal to stop

They meet in the database alone: whoever wrote rings for whoever waits. ``build`` is the one seam: it takes
the wire and the journal from its caller, so that tests may wrap both and nothing here serves a test.
A thread that meets what it does not know, or a disk that cannot be trusted, ends the process on the
spot; the next start reads what really is there. Nothing logged names a person.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from agent import control, failures, keys, policies
from agent import home as homes
from agent.config import BROKER_FORM, Config
from agent.home import Home
from agent.link import LinkThread
from agent.press import OpenTransport, Press, put_together
from agent.printing import jobs
from agent.printing.patience import Pace
from agent.recording import seat
from agent.recording.upload import Uploads
from agent.store.journal import Journal, note_start
from agent.store.packets import Packets
from agent.trouble import Trouble
from agent.web import app
from agent.web.server import WebThread
from drivers import registry
from drivers.clock import unix_ms
from sync.ending import Ending
from sync.mqtt import Certificates

OpenJournal = Callable[[Home, Callable[[], int]], Journal]
VERSION = "0.1.0"  # of the distribution, which a test compares: asking for it costs 2 MB for good
CARD_S = 120.0  # a card on its way is seen to its end before the station stops

log = logging.getLogger("loket")


def run(home: Home) -> None:
    """Run the station until it is told to stop. Raises Trouble, UnsafeSetup, OtherSchema."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    with home.lock():
        build(home).run()


class Bell:
    """Ends a wait early: rung by whoever did something that another thread waits for."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Wake the waiter, now or at its next wait."""
        self._rung.set()

    def wait_ms(self, ms: int) -> None:
        """Wait for the bell, ``ms`` at most."""
        self._rung.wait(ms / 1000)
        self._rung.clear()


def build(
    home: Home,
    *,
    open_transport: OpenTransport = registry.open_transport,
    open_journal: OpenJournal = homes.open_journal,
    pace: Pace | None = None,
) -> Service:
    """The station at ``home``, nothing started yet; hold ``home.lock()`` around it.

    Raises Trouble with one sentence for whatever is missing or taken.
    """
    config, secret = home.config(), keys.load(home.keys_path)
    journal = open_journal(home, unix_ms)
    papers = Certificates(config.ca, config.cert, config.key)
    packets = Packets(home.recordings_path)
    line = (journal, config.name, config.broker, secret, home.keys_path)
    try:
        link = LinkThread(*line, version=VERSION, certificates=papers, uploads=Uploads(journal, packets))
    except ValueError:  # its text may repeat a password
        journal.close()
        raise Trouble(f"{home.config_path}: broker is not written {BROKER_FORM}.") from None
    bell = Bell()
    press = None
    try:
        if config.printer:
            bells = (bell.wait_ms, link.wake)
            press = put_together(config, journal, secret, bells, unix_ms, open_transport, pace)
    except Trouble:
        link.stop()
        journal.close()
        raise
    return Service(home, config, journal, link, bell, press)


class Service:
    """One running station. ``run`` returns when it was told to stop and has stopped."""

    def __init__(
        self,
        home: Home,
        config: Config,
        journal: Journal,
        link: LinkThread,
        bell: Bell,
        press: Press | None,
    ) -> None:
        self._home = home
        self._config = config
        self.journal = journal
        self._link = link
        self._bell = bell
        self._press = press
        self._stop = threading.Event()

    def run(self) -> None:
        """Start everything, say so in one JSON line, and work until a signal comes."""
        self.journal.write(lambda tx: note_start(tx, VERSION))
        self.journal.write(lambda tx: jobs.forget_old(tx, policies.current(tx, tx.at_ms).keep_personal_days))
        seat.at_start(self._home, self._config, self.journal, Packets(self._home.recordings_path))
        with closing(Ending()) as ending:
            ending.hear_signals()
            web, token = self._web()
            url = web.start()
            self._link.start()
            worker = self._start_worker()
            control.announce(self._home, url, token, os.getpid())
            _say_ready(url)
            ending.wait()
            self._end(web, worker)

    def perform(self, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """A person's command, by name; its answer is sent after the commit."""
        from agent.actions import ACTIONS  # everything a person may ask is loaded when somebody asks

        done = ACTIONS[action](self.journal, self._config, args)
        self._bell.ring()
        self._link.wake()
        return done

    def live(self) -> dict[str, Any]:
        """What only the running station knows; see agent.control.Live."""
        told: dict[str, Any] = dict(self._link.told())
        if self._press is None:
            return told | {"printer": {"state": "none", "cause": None, "counters": None}, "devices": []}
        return told | self._press.told()

    def _web(self) -> tuple[WebThread, str]:
        token = secrets.token_urlsafe(32)
        routes = control.routes(self.perform, self.live, token)
        made = app(self._home, self._config, clock=unix_ms, live=self.live, routes=routes)
        return WebThread(made, self._config.web_port), token

    def _start_worker(self) -> threading.Thread | None:
        if self._press is None:
            return None
        worker = self._press.worker
        thread = threading.Thread(target=fail_stop, args=(worker.run, self._stop), name="worker", daemon=True)
        thread.start()
        return thread

    def _end(self, web: WebThread, worker: threading.Thread | None) -> None:
        """Take no more commands, see the card in the printer to its end, and leave word of it."""
        log.info("stopping")
        self._stop.set()
        control.withdraw(self._home)
        web.stop()
        self._bell.ring()
        if worker is not None:
            worker.join(CARD_S)
        self._link.stop()
        if worker is not None and worker.is_alive():
            return  # the journal stays as it is: an unclean end, and the next start looks at the printer
        self.close(clean=True)

    def close(self, *, clean: bool = False) -> None:
        """Let go of everything; no thread may be left that works with it."""
        self._link.stop()
        if self._press is not None:
            self._press.close()
        self.journal.close(clean=clean)


def _say_ready(url: str) -> None:
    """The one line on standard output. Where nobody takes it the station works all the same."""
    try:
        sys.stdout.write(json.dumps({"ready": True, "web": url}) + "\n")
        sys.stdout.flush()
    except OSError as error:
        failures.nowhere()
        log.warning("nobody heard that the station is ready (%s); its screen is at %s", error.strerror, url)


def fail_stop(work: Callable[..., None], *args: Any) -> None:
    """Run a thread's work; anything it does not know how to meet ends the process at once."""
    try:
        work(*args)
    except BaseException as error:  # noqa: BLE001 - whatever it is, going on would be a guess
        log.critical("the %s stops: %s", threading.current_thread().name, type(error).__name__)
        logging.shutdown()
        os._exit(1)
