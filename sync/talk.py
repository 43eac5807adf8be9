"""One side of the conversation between a station and the hub; both sides run this. No I/O, no clock.

A greeting says where both logs stand; from then on each side sends what the other misses and answers
what it is sent. Nothing of it is remembered on disk but the logs themselves: whoever falls silent or
loses its memory is simply greeted again. Time comes in as whole milliseconds of any steady clock.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from sync.log import (
    PATIENCE_MAX_MS,
    PATIENCE_MS,
    Batch,
    FollowedLog,
    Fork,
    Gap,
    OwnedLog,
    Sender,
)
from sync.wire import Have, Hello, Keys, Message, Refused


class Standing(StrEnum):
    """How the two sides stand with each other."""

    APART = "apart"  # no line
    GREETING = "greeting"  # we said hello and were not answered yet
    TALKING = "talking"
    REFUSED = "refused"  # a person has to look; ``Talk.refused`` is the word


class Talk:
    """``own``: the log we write; ``theirs``: the one we follow; ``now_unix_ms``: for the other side to read.

    ``seeks``: whether we greet a silent side again and again. Stations do; the hub waits to be greeted.
    Every method returns the messages to send, in order.
    """

    def __init__(
        self,
        own: OwnedLog,
        theirs: FollowedLog,
        now_unix_ms: Callable[[], int],
        *,
        seeks: bool = True,
        version: str = "",
        keys: Callable[[], Keys | None] = lambda: None,
    ) -> None:
        self._own = own
        self._theirs = theirs
        self._now_unix_ms = now_unix_ms
        self._seeks = seeks
        self._version = version
        self._keys = keys
        self._sender = Sender(own)
        self._patience_ms = PATIENCE_MS
        self._deadline_ms: int | None = None
        self.standing = Standing.APART
        self.refused = ""
        self.skew_ms: int | None = None

    def greet(self, now_ms: int) -> list[Message]:
        """The line is up, or the other side was silent too long: say hello."""
        self._sender.forget()
        if self.standing is not Standing.REFUSED:
            self.standing = Standing.GREETING
        self._deadline_ms = now_ms + self._patience_ms if self._seeks else None
        self._patience_ms = min(2 * self._patience_ms, PATIENCE_MAX_MS)
        return [self._hello(ask=True)]

    def apart(self) -> None:
        """The line is gone."""
        self._sender.forget()
        self._deadline_ms = None
        self._patience_ms = PATIENCE_MS
        if self.standing is not Standing.REFUSED:
            self.standing = Standing.APART

    def unheard(self, now_ms: int) -> None:
        """The broker says that nobody listens on the other side; greet again when patience is over."""
        if self.standing is Standing.TALKING:
            self.standing = Standing.GREETING
            self._sender.forget()
            self._deadline_ms = now_ms + self._patience_ms if self._seeks else None

    def on_message(self, message: Message, now_ms: int) -> list[Message]:
        """What the other side said."""
        if isinstance(message, Hello):
            return self._on_hello(message, now_ms)
        if isinstance(message, Batch):
            return self._on_batch(message, now_ms)
        if isinstance(message, Have):
            return self._on_have(message, now_ms)
        if isinstance(message, Refused):
            self._stop(message.word, now_ms)
        return []

    def due(self, now_ms: int) -> list[Message]:
        """New lines were written, or a deadline may have passed."""
        if self._deadline_ms is not None and now_ms >= self._deadline_ms:
            return self.greet(now_ms)
        return self._send(now_ms)

    @property
    def deadline_ms(self) -> int | None:
        """When ``due`` has to be called at the latest; None while nothing is waited for."""
        return self._deadline_ms

    @property
    def waiting(self) -> bool:
        """Whether batches are on their way."""
        return self._sender.waiting

    @property
    def idle(self) -> bool:
        """Whether both sides talk and no batch is owed an answer: then what is not urgent may leave."""
        return self.standing is Standing.TALKING and not self._sender.waiting

    def _on_hello(self, hello: Hello, now_ms: int) -> list[Message]:
        self.skew_ms = hello.at_ms - self._now_unix_ms()
        answer: list[Message] = [self._hello(ask=False)] if hello.ask else []
        self._sender.forget()
        if word := self._sender.on_have(hello.have, rewind=True):
            return [*answer, self._stop(word, now_ms)]
        self.standing, self.refused = Standing.TALKING, ""
        self._heard()
        return [*answer, *self._send(now_ms)]

    def _on_batch(self, batch: Batch, now_ms: int) -> list[Message]:
        taken = self._theirs.take(batch)
        if isinstance(taken, Fork):
            return [self._stop("fork", now_ms)]
        return [Have(taken.have, gap=isinstance(taken, Gap))]

    def _on_have(self, have: Have, now_ms: int) -> list[Message]:
        if self._sender.acked is None:
            return []  # from before the last greeting: its answer will say it again
        if word := self._sender.on_have(have.mark, rewind=have.gap):
            return [self._stop(word, now_ms)]
        self._heard()
        return self._send(now_ms)

    def _send(self, now_ms: int) -> list[Message]:
        if self.standing is not Standing.TALKING:
            return []
        batches = self._sender.next()
        if self._sender.waiting and (batches or self._deadline_ms is None):
            self._deadline_ms = now_ms + self._patience_ms
        return list(batches)

    def _heard(self) -> None:
        self._deadline_ms = None
        self._patience_ms = PATIENCE_MS

    def _stop(self, word: str, now_ms: int) -> Refused:
        """Only a hello that fits ends this: a person may have settled it, or it was an old message."""
        self._sender.forget()
        self._deadline_ms = now_ms + PATIENCE_MAX_MS if self._seeks else None
        self.standing, self.refused = Standing.REFUSED, word
        return Refused(word, self._theirs.have())

    def _hello(self, *, ask: bool) -> Hello:
        return Hello(
            self._own.head(), self._theirs.have(), self._now_unix_ms(), ask, self._version, self._keys()
        )
