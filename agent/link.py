"""The station's line to the province: journal up, orders down, packets up, in one thread of its own.

Offline is normal: the thread tries the line again with full jitter and everything else goes on. It
wakes for a new journal line (``wake``), a message, or a deadline. Lines go before pieces of packets: those
leave only while nothing else waits or is owed an answer. What is stored, and when: agent/logs.py. Rules of
the conversation: sync/talk.py, sync/pieces.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import SystemRandom
from typing import Any

from agent import province_clock
from agent.inbox import CURSOR
from agent.keys import Keys, forget_token
from agent.logs import JournalUp, OrdersDown
from agent.recording.upload import Uploads
from agent.store import behind
from agent.store.journal import DiskFull, Journal
from drivers.clock import unix_ms
from sync import topics, wire
from sync.backoff import until_done
from sync.log import Mark
from sync.mqtt import Certificates, Link, Will
from sync.pieces import Held
from sync.session import LinkDown
from sync.talk import Standing, Talk

LOOK_S = 5.0  # a journal line whose writer did not call ``wake`` is found after this
SPREAD_S = 2.0  # stations that lost one broker at one moment do not come back at one moment

log = logging.getLogger("loket.link")


class LinkThread:
    """Keeps the line. ``broker``: URL, ``certificates`` for mqtts; ``keys_path``: where a used token lies.

    ``uploads``: the packets to carry, None where none are recorded.
    """

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
        uploads: Uploads | None = None,
        now_unix_ms: Callable[[], int] = unix_ms,
    ) -> None:
        self._journal = journal
        self._station = station
        self._keys = keys
        self._keys_path = keys_path
        self._joining = keys.token is not None
        self._now_unix_ms = now_unix_ms
        self._uploads = uploads
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
        self._spoke = False  # since the packets were looked after
        self._order_head: Mark | None = None  # of the province's last greeting; None: it lacks what we hold
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
        self._spoke, self._order_head = False, None
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
        for received in self._link.wait(self._left_s()):
            self._hear(received.payload)
        if self._link.take_unheard():
            self._talk.unheard(_now_ms())
        head = self._journal.head()
        now_ms, deadline_ms = _now_ms(), self._talk.deadline_ms
        if head != self._seen or (deadline_ms is not None and now_ms >= deadline_ms):
            self._seen = head
            self._send(self._talk.due(now_ms))
        self._look_after_packets()
        if self._uploads is not None and self._talk.idle and head == self._journal.head():
            self._send(self._uploads.next(head, now_ms))

    def _left_s(self) -> float:
        """How long nothing has to be done unless something comes."""
        deadlines = [self._talk.deadline_ms]
        if self._uploads is not None and self._talk.idle:
            deadlines.append(self._uploads.deadline_ms)
        left = [
            max(0, deadline_ms - _now_ms()) / 1000 for deadline_ms in deadlines if deadline_ms is not None
        ]
        return min([LOOK_S, *left])

    def _look_after_packets(self) -> None:
        """Files go only when the province has just spoken and its order log holds all that it told us.

        One that was put back from an older copy has forgotten receipts; these files may be the last ones.
        """
        spoke, self._spoke = self._spoke, False
        if self._uploads is None or self._order_head is None or not spoke:
            return
        level = self._journal.mark(CURSOR).seq >= self._order_head.seq
        if level and self._talk.standing is Standing.TALKING:
            self._uploads.purge(self._now_unix_ms())

    def _hear(self, payload: bytes) -> None:
        try:
            message = wire.decode(payload, topics.route_down(self._station), self._keys.hub_sign.verify)
        except wire.Dropped as dropped:
            self.dropped[dropped.word] += 1
            return
        self._heard = self._spoke = True
        if isinstance(message, wire.Hello):
            held = self._journal.mark(CURSOR)
            same = message.head == held or message.head.seq > held.seq
            self._order_head = message.head if same else None
        if isinstance(message, wire.Hello) and self._joining:
            forget_token(self._keys_path)
            self._joining = False
        if isinstance(message, Held):
            if self._uploads is not None:
                self._uploads.on_held(message)
            return
        if isinstance(message, wire.Hello) and self._uploads is not None:
            self._uploads.apart()  # a new line, or a hub that was away: what was on its way is gone
        self._compare(message)
        answers = self._talk.on_message(message, _now_ms())
        if isinstance(message, wire.Hello):
            self._keep_time()
        self._send(answers)

    def _compare(self, message: wire.Message) -> None:
        """What the province says it holds of this journal must be here; if not, remember it for good."""
        held = _held(message)
        if held is not None and not self._up.holds(held):
            log.error("the province holds line %d of this journal, and this disk does not", held.seq)
            self._journal.write(lambda tx: behind.remember(tx, held))

    def _keep_time(self) -> None:
        """The province's time outlives the line, and this process."""
        ahead_ms = self._talk.skew_ms
        if ahead_ms is not None and province_clock.is_news(self._journal, ahead_ms, self._now_unix_ms()):
            self._journal.write(lambda tx: province_clock.remember(tx, ahead_ms))

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
