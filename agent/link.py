"""The station's line to the province: journal up, orders down, in one thread of its own.

Offline is normal: the thread tries the line again with full jitter and everything else goes on. It
wakes for a new journal line (``wake``), a message, or a deadline. What it stores, it stores through the
journal, in the same transaction as the cursor; ``hub_has`` moves when the hub says so after its commit,
never because a broker took something. Rules of the conversation: sync/talk.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import SystemRandom
from typing import Any

from agent import policies
from agent.inbox import CURSOR, apply
from agent.keys import Keys, forget_token
from agent.printing import jobs
from agent.store import behind
from agent.store.journal import DiskFull, Journal, Tx, cursor, set_cursor
from domain.keys import VerifyKey
from sync import topics, wire
from sync.backoff import until_done
from sync.log import START, WITHHELD, Batch, Entry, Fork, Gap, Mark, Taken, epoch_at, on_batch
from sync.mqtt import Certificates, Link, Will
from sync.session import LinkDown
from sync.talk import Standing, Talk

LOOK_S = 5.0  # a journal line whose writer did not call ``wake`` is found after this
SPREAD_S = 2.0  # stations that lost one broker at one moment do not come back at one moment

log = logging.getLogger("loket.link")


class JournalUp:
    """The journal as sync.log.OwnedLog asks for it; nothing of it is pruned yet."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def base(self) -> Mark:
        """Where the journal begins."""
        return START

    def head(self) -> Mark:
        """The mark after its last line."""
        return self._journal.last()

    def read(self, after: int, limit: int) -> Sequence[Entry]:
        """Lines above ``after``."""
        return self._journal.entries(after, limit)

    def acknowledged(self, mark: Mark) -> None:
        """The province holds the journal up to ``mark``; when it said so is a receipt of its own.

        An order whose end it holds needs no personal part any more.
        """

        def receipt(tx: Tx) -> None:
            jobs.forget_told(tx, cursor(tx, "hub_has"), mark.seq)
            jobs.forget_old(tx, policies.current(tx, tx.at_ms).keep_personal_days)
            set_cursor(tx, "hub_has", mark.seq, mark.epoch)

        self._journal.write(receipt)

    def holds(self, mark: Mark) -> bool:
        """Whether this journal has the line that ``mark`` stands at, or has pruned it."""
        return mark.seq < self.base().seq or epoch_at(self, mark.seq) == mark.epoch


class _Any:
    """The station keeps one mark of its orders, not every epoch; the hub finds what this lets pass."""

    def __contains__(self, epoch: object) -> bool:
        return True


class OrdersDown:
    """The order log as sync.log.FollowedLog asks for it: the agent's inbox."""

    def __init__(self, journal: Journal, station: str, hub: VerifyKey) -> None:
        self._journal = journal
        self._station = station
        self._hub = hub

    def have(self) -> Mark:
        """The mark after the last order applied."""
        return self._journal.mark(CURSOR)

    def take(self, batch: Batch) -> Taken | Gap | Fork:
        """Apply what is new, each line with its cursor, all in one transaction.

        Nothing while this disk lacks lines that the province holds: an order may be printed already.
        """
        have = self.have()
        if behind.is_behind(self._journal):
            return Fork(have)
        judged = on_batch(have, batch, _Any(), _carried)
        if isinstance(judged, Taken) and judged.have != have:
            self._journal.write(lambda tx: self._store(tx, judged))
        return judged

    def _store(self, tx: Tx, taken: Taken) -> None:
        words = {entry.seq: word for entry, word in taken.aside}
        for entry in sorted([*taken.fresh, *(entry for entry, _ in taken.aside)], key=lambda each: each.seq):
            if word := words.get(entry.seq):
                tx.note("order_refused", entry.subject, {"word": word})
                set_cursor(tx, CURSOR, entry.seq, entry.epoch)
            else:
                apply(tx, entry, station=self._station, hub=self._hub)


def _carried(event: str, _body: Mapping[str, Any]) -> str | None:
    """Whether the line itself came; what an order must hold is the inbox's to judge."""
    return "WITHHELD" if event == WITHHELD else None


class LinkThread:
    """Keeps the line. ``broker``: URL, ``certificates`` for mqtts; ``keys_path``: where a used token lies."""

    def __init__(
        self,
        journal: Journal,
        station: str,
        broker: str,
        keys: Keys,
        keys_path: Path,
        *,
        version: str = "",
        certificates: Certificates | None = None,
        now_unix_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._journal = journal
        self._station = station
        self._keys = keys
        self._keys_path = keys_path
        self._joining = keys.token is not None
        self._now_unix_ms = now_unix_ms
        down = topics.down(station)
        self._link = Link(broker, f"loket-{station}", [down], will=self._will, certificates=certificates)
        self._up = JournalUp(journal)
        self._talk = Talk(
            self._up,
            OrdersDown(journal, station, keys.hub_sign),
            now_unix_ms,
            version=version,
            keys=self._join_keys,
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)
        self._down: tuple[str, str] = ("offline", "starting")
        self._heard = False
        self._seen = -1
        self.dropped: Counter[str] = Counter()

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def wake(self) -> None:
        """A journal line was written. From any thread."""
        self._link.wake()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End orderly; a connection that is just being made is left behind after ``timeout_s``."""
        self._stop.set()
        self._link.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        if not self._thread.is_alive():
            self._link.dispose()

    def told(self) -> dict[str, dict[str, Any]]:
        """What only the link knows: ``link {state, cause}`` and ``clock {skew_s}``, ours less theirs.

        States: ``online`` (the hub answers), ``offline`` (normal), ``refused`` (a person has to look).
        """
        skew_ms = self._talk.skew_ms
        standing, word = self._talk.standing, self._talk.refused
        if standing is Standing.TALKING:
            state, cause = "online", None
        elif standing is Standing.REFUSED:
            state, cause = "refused", word
        elif standing is Standing.GREETING:
            state, cause = "offline", "no_hub"
        else:
            state, cause = self._down
        skew_s = None if skew_ms is None else round(-skew_ms / 1000, 1)
        return {"link": {"state": state, "cause": cause}, "clock": {"skew_s": skew_s}}

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                if until_done(self._connection, LinkDown, self._stop):
                    self._stop.wait(SystemRandom().uniform(0, SPREAD_S))
        except BaseException:
            self._down = ("refused", "fault")  # printing goes on; the status says that the line does not
            raise

    def _connection(self) -> None:
        """One connection, first byte to last. Raises LinkDown if the hub was never heard on it."""
        self._heard = False
        try:
            self._link.open()
            self._send(self._talk.greet(_now_ms()))
            while not self._stop.is_set():
                self._turn()
            self._publish(topics.presence(self._station), wire.Presence(False, self._now_unix_ms()))
        except LinkDown as error:
            self._down = ("refused" if error.cause == "broker_refused" else "offline", error.cause)
            log.info("the line is down: %s", error.cause)
            if not self._heard:
                raise
        except DiskFull as error:
            # Nothing was answered, so nothing is lost; the hub says it again when there is room.
            self._down = ("offline", "disk_full")
            raise LinkDown("disk_full", "the disk is full") from error
        finally:
            self._talk.apart()
            self._link.close()

    def _turn(self) -> None:
        """Wait for what comes first, and answer it."""
        now_ms, deadline_ms = _now_ms(), self._talk.deadline_ms
        left_s = LOOK_S if deadline_ms is None else min(LOOK_S, max(0, deadline_ms - now_ms) / 1000)
        for received in self._link.wait(left_s):
            self._hear(received.payload)
        if self._link.take_unheard():
            self._talk.unheard(_now_ms())
        head = self._journal.head()
        now_ms, deadline_ms = _now_ms(), self._talk.deadline_ms
        if head != self._seen or (deadline_ms is not None and now_ms >= deadline_ms):
            self._seen = head
            self._send(self._talk.due(now_ms))

    def _hear(self, payload: bytes) -> None:
        try:
            message = wire.decode(payload, topics.route_down(self._station), self._keys.hub_sign.verify)
        except wire.Dropped as dropped:
            self.dropped[dropped.word] += 1
            return
        self._heard = True
        if isinstance(message, wire.Hello) and self._joining:
            forget_token(self._keys_path)
            self._joining = False
        self._compare(message)
        self._send(self._talk.on_message(message, _now_ms()))

    def _compare(self, message: wire.Message) -> None:
        """What the province says it holds of this journal must be here; if not, remember it for good."""
        held = _held(message)
        if held is not None and not self._up.holds(held):
            log.error("the province holds line %d of this journal, and this disk does not", held.seq)
            self._journal.write(lambda tx: behind.remember(tx, held))

    def _send(self, messages: Sequence[wire.Message]) -> None:
        for message in messages:
            self._publish(topics.up(self._station), message)

    def _publish(self, topic: str, message: wire.Message) -> None:
        data = wire.encode(message, topics.route_up(self._station), self._keys.sign.sign)
        try:
            self._link.publish(topic, data)
        except ValueError as error:
            raise LinkDown("broker_refused", str(error)) from error

    def _will(self) -> Will:
        gone = wire.Presence(False, self._now_unix_ms())
        route = topics.route_up(self._station)
        return Will(topics.presence(self._station), wire.encode(gone, route, self._keys.sign.sign))

    def _join_keys(self) -> wire.Keys | None:
        token = self._keys.token
        if token is None or not self._joining:
            return None
        sign, seal = self._keys.sign.public().text, self._keys.open.public().text
        return wire.Keys(sign, seal, wire.proof(token, self._station, sign, seal))


def _held(message: wire.Message) -> Mark | None:
    """How far the province says it holds our journal, if the message tells."""
    if isinstance(message, wire.Have):
        return message.mark
    return message.have if isinstance(message, (wire.Hello, wire.Refused)) else None


def _now_ms() -> int:
    """A steady clock."""
    return time.monotonic_ns() // 1_000_000
