"""A chip reader that the system knows: its smart-card service, through pyscard.

    context → which reader → card present → connect, ours alone → question → unpower → context released

Each call is one whole conversation, so that a service restarted, a reader unplugged and a card exchanged in
between are simply found as they are. No call of the service but the wait for a change has a time limit of its
own; each is made in a thread that can be left behind. The library is loaded with the first conversation.
Source: drivers/chip/PROTOCOL.md, which has the table of the service's words.
"""

import contextlib
import importlib
import importlib.util
import math
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from drivers.chip import Tag, specimen, winscard
from drivers.chip.winscard import Service
from drivers.errors import DeviceError, NeedsHands, Unreachable

T = TypeVar("T")

LOOK_MS = 200
"""How long one wait for a change may take; what the clock says is looked at in between."""


class PcscReader:
    """``name``: the reader as the system names it, or how that name begins; empty: the only one there is.

    ValueError in one sentence when the library is missing, or when there are several readers and none is
    named. A reader that is not plugged in yet is no error.
    """

    def __init__(
        self, name: str, service: Service | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        if service is None and importlib.util.find_spec("smartcard") is None:
            raise ValueError(f"'pcsc://{name}' needs the library pyscard (deploy/lock/chip.txt).")
        self._name = name
        self._service = service
        self._monotonic = monotonic
        self._stuck: tuple[threading.Thread, int] | None = None
        if not name:
            self._refuse_several()

    def uid(self, timeout_s: float) -> str:
        """The UID of the card on the reader; see `drivers.chip.ChipReader`."""
        return self._ask(timeout_s, specimen.uid)

    def read_tag(self, uid: str, timeout_s: float) -> Tag | None:
        """The tag on the card ``uid``; see `drivers.chip.ChipReader`."""
        return self._ask(timeout_s, lambda card: specimen.read(card, uid))

    def write_tag(self, uid: str, tag: Tag, timeout_s: float) -> bool:
        """Put ``tag`` on the card ``uid``; see `drivers.chip.ChipReader`."""
        return self._ask(timeout_s, lambda card: specimen.write(card, uid, tag))

    def close(self) -> None:
        """Nothing is held between two conversations."""
        return

    def _refuse_several(self) -> None:
        try:
            names = self._talk(1.0, lambda visit: visit.readers())
        except DeviceError:
            return  # not there yet: found, or told, when it is needed
        if len(names) > 1:
            raise ValueError(f"There are several chip readers, name one: {_told(names)}.")

    def _ask(self, timeout_s: float, question: Callable[[specimen.Channel], T]) -> T:
        return self._talk(timeout_s, lambda visit: visit.ask(visit.reader(self._name), question))

    def _talk(self, timeout_s: float, work: Callable[["_Visit"], T]) -> T:
        """One conversation with the service. Raises as `ChipReader` says."""
        deadline = self._monotonic() + timeout_s
        self._service = self._service or _library()
        self._free(timeout_s)
        visit = _Visit(self._service, deadline, self._monotonic)
        try:
            visit.open()
            return work(visit)
        except TimeoutError as error:
            raise NeedsHands("chip_dead", "the chip does not answer") from error
        finally:
            self._stuck = visit.close()

    def _free(self, timeout_s: float) -> None:
        """Wait for a call that was left behind; Unreachable("busy") while it is still out."""
        if self._stuck is None:
            return
        thread, context = self._stuck
        thread.join(timeout_s)
        if thread.is_alive():
            raise Unreachable("busy", "the reader still waits for a card that does not answer")
        self._stuck = None
        if context and self._service:
            visit = _Visit(self._service, self._monotonic() + timeout_s, self._monotonic, context)
            self._stuck = visit.close()


@dataclass(slots=True)
class _Visit:
    """One context, and the calls made in it until ``deadline``."""

    service: Service
    deadline: float
    monotonic: Callable[[], float]
    context: int = 0
    behind: threading.Thread | None = None
    gone: bool = False  # the card that was asked last

    def left_s(self) -> float:
        """What is left of the time."""
        return max(0.0, self.deadline - self.monotonic())

    def open(self) -> None:
        """Establish the context."""
        word, self.context = self.patiently(self.service.SCardEstablishContext, winscard.SYSTEM)
        winscard.raise_for(word)

    def close(self) -> tuple[threading.Thread, int] | None:
        """Release the context; what could not be released yet, because a call is still out in it."""
        if self.behind is not None:
            return self.behind, self.context
        if self.context:
            with contextlib.suppress(TimeoutError):  # the answer is here; the reader is busy until it is done
                self.patiently(self.service.SCardReleaseContext, self.context)
        return (self.behind, 0) if self.behind is not None else None

    def readers(self) -> list[str]:
        """The names of all readers."""
        word, names = self.patiently(self.service.SCardListReaders, self.context, [])
        if winscard.plain(word) == winscard.NO_READERS:
            return []
        winscard.raise_for(word)
        return names

    def reader(self, name: str) -> str:
        """The full name of the reader meant; Unreachable("unplugged") when it is not there, or not clear."""
        names = self.readers()
        fits = [name] if name in names else [each for each in names if each.startswith(name)]
        if len(fits) == 1:
            return fits[0]
        meant = f"'{name}' is none or several of them" if name else "name one if there are several"
        raise Unreachable("unplugged", f"chip readers here: {_told(names) or 'none'}; {meant}")

    def ask(self, reader: str, question: Callable[[specimen.Channel], T]) -> T:
        """Wait for a card and ask it, again while one comes and goes."""
        absent: DeviceError = NeedsHands("no_chip")
        hopeless = absent
        state = 0
        while True:
            state = self.look(reader, state if self.left_s() else 0)
            if not state & winscard.PRESENT:
                if not self.left_s():
                    raise absent
                continue
            word, card, protocol = self.patiently(
                self.service.SCardConnect, self.context, reader, winscard.EXCLUSIVE, winscard.ANY_PROTOCOL
            )
            if winscard.plain(word) == winscard.OK:
                self.gone = False
                try:
                    return question(_Card(self, card, protocol))
                except TimeoutError:
                    raise
                except OSError:
                    absent = hopeless = NeedsHands("chip_dead", "the card went while it was asked")
                finally:
                    self.let_go(card)
            else:
                winscard.raise_for(word)
                hopeless = winscard.does_not_come_up(word)
            if not self.left_s():
                raise hopeless
            state = self.look(reader, 0)  # what follows waits for a change of this, not of our own doing

    def look(self, reader: str, known: int) -> int:
        """The reader's state; waits a moment for one that is not ``known``. 0: as it is now, at once."""
        wait_ms = min(LOOK_MS, math.ceil(self.left_s() * 1000)) if known else 0
        word, seen = self.patiently(
            self.service.SCardGetStatusChange, self.context, wait_ms, [(reader, known)]
        )
        if winscard.plain(word) != winscard.TIMED_OUT:
            winscard.raise_for(word)
        state = seen[0][1] & ~winscard.CHANGED if seen else known
        if state & (winscard.UNKNOWN | winscard.UNAVAILABLE):
            raise Unreachable("unplugged", f"the reader '{reader}' has gone")
        return state

    def let_go(self, card: int) -> None:
        """Take the card's power; not of one that has gone, nor while a call is still out to it.

        pcscd, told to unpower a card that has gone, does not see one that is back at once (PROTOCOL.md).
        """
        if self.behind is None:
            with contextlib.suppress(TimeoutError):  # the answer is here; the reader is busy until it is done
                self.patiently(
                    self.service.SCardDisconnect, card, winscard.LEAVE if self.gone else winscard.UNPOWER
                )

    def patiently(self, call: Callable[..., T], *arguments: Any) -> T:
        """``call`` in a thread of its own; TimeoutError when it is not back in time."""
        answers: queue.SimpleQueue[T] = queue.SimpleQueue()
        thread = threading.Thread(target=lambda: answers.put(call(*arguments)), name="pcsc", daemon=True)
        thread.start()
        try:
            return answers.get(timeout=self.left_s() + LOOK_MS / 1000)
        except queue.Empty:
            self.behind = thread
            raise TimeoutError from None


@dataclass(frozen=True, slots=True)
class _Card:
    """A connected card as a channel."""

    visit: _Visit
    card: int
    protocol: int

    def transmit(self, apdu: bytes) -> bytes:
        """One APDU. TimeoutError when the chip is silent, ConnectionError when it has gone."""
        word, answer = self.visit.patiently(
            self.visit.service.SCardTransmit, self.card, self.protocol, list(apdu)
        )
        if winscard.plain(word) != winscard.OK or len(answer) < 2:
            self.visit.gone = True
            raise ConnectionError(f"{winscard.plain(word):08X}, {len(answer)} bytes")
        return bytes(each & 0xFF for each in answer)


def _told(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names))


def _library() -> Service:
    return cast(Service, importlib.import_module("smartcard.scard"))
