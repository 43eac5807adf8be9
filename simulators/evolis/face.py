"""What a host sees: exchanges of bytes, each answered once, over the model.

Strategy: a wire opens one `Exchange` for each connection (TCP) or message (USB), feeds it bytes in any cut,
ends or drops it, and asks for the reply after every step of the world. A panel becomes an order when the next
one begins to arrive, so printing overlaps download. An exchange that finds no room for a bitmap, or
another job's claim, stops reading (`blocked`) and goes on when asked again; the wire turns that into
back-pressure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from simulators.evolis import accidents, sensors, status
from simulators.evolis.clock import STARVED_MS
from simulators.evolis.commands import NOW, WHEN_DONE
from simulators.evolis.mechanism import submit
from simulators.evolis.model import BITMAPS_MAX, Printer
from simulators.evolis.orders import Do, Job, Order
from simulators.evolis.parts import RIBBON_NAME
from simulators.evolis.stream import Command, Opening, Stream

UNKNOWN = "ERROR CDE"
_RIBBON_AT = {"Pr": 0, "Pwres": 2}  # the parameter that names the ribbon
_GARBLE = bytes(byte ^ 0x55 for byte in range(256))


class Face:
    """The printer's side of every wire. Counts what has come in over all of them."""

    def __init__(self, printer: Printer) -> None:
        self.printer = printer
        self.bytes_in = 0
        self.exchanges = 0
        self.last_reply = ""

    def open(self) -> Exchange:
        """A connection was accepted, or a message begins."""
        return Exchange(self)

    def closing(self, reply: str) -> bytes:
        """The bytes of one answer: text, NUL, and the status block while it is switched on."""
        printer = self.printer
        self.exchanges += 1
        self.last_reply = reply or self.last_reply
        raw = reply.encode() + b"\0"
        if printer.status_on:
            raw += status.block(
                printer.make.config,
                sensors.info(printer),
                sensors.warning(printer),
                int(printer.error),
                printer.session,
            )
        if printer.faults.reached("exchange", 0, self.exchanges):
            raw = raw.translate(_GARBLE)
        return raw


class Exchange:
    """One connection's or message's bytes in, one reply out."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._printer = face.printer
        self._boot = face.printer.boots
        self._stream = Stream()
        self._ahead: deque[Command | Opening] = deque()
        self._job = Job()
        self._side = "front"
        self._ribbon: str | None = None  # the kind the cards to come are for
        self._panel: Order | None = None  # open or whole, not yet followed by another
        self._answers: list[str | Order] = []
        self._heard = False
        self._ended = False
        self.blocked = False

    def feed(self, data: bytes) -> None:
        """Bytes from the host; those beyond an ``unplug`` accident never arrive."""
        face, printer = self._face, self._printer
        limit = printer.faults.coming("bytes")
        before, face.bytes_in = face.bytes_in, face.bytes_in + len(data)
        cut = limit is not None and limit <= face.bytes_in
        if cut and limit is not None:
            data = data[: max(0, limit - before)]
        self._heard = self._heard or bool(data.strip(b"\0"))
        self._stream.feed(data)
        self.go_on()
        self._watch_for_silence()
        if cut:
            accidents.unplug_by_bytes(printer, before, face.bytes_in)

    def end(self) -> None:
        """The host has said all."""
        self._ended = True
        self.go_on()
        self._watch_for_silence()

    def drop(self) -> None:
        """The wire went. What came whole and was followed by more stands; a panel that was not is gone."""
        if self._panel and self._boot == self._printer.boots:
            self._printer.free_bitmap(self._panel)
        self._panel = None
        self._ahead.clear()
        self._ended = self.blocked = True
        self._job.blocked = False
        self._watch_for_silence()

    def go_on(self) -> None:
        """Take what has come, as far as there is room; wires ask again after every step of the world."""
        self.blocked = False
        while not self.blocked:
            if not self._ahead:
                item = next(iter(self._stream), None)
                if item is None:
                    return
                self._ahead.append(item)
            item = self._ahead[0]
            if isinstance(item, Opening):
                self.blocked = not self._open_panel(item)
            else:
                self.blocked = not self._take(item)
            self._job.blocked = self.blocked
            if not self.blocked:
                self._ahead.popleft()

    def reply(self) -> bytes | None:
        """The one answer, when it is due; None before. To be taken once; empty: there is nothing to say."""
        if not self._ended or self.blocked:
            return None
        for answer in self._answers:
            if isinstance(answer, Order) and answer.reply is None:
                return None
        texts = [answer if isinstance(answer, str) else str(answer.reply) for answer in self._answers]
        if self._heard and not texts:
            return b""  # bytes that were no command of ours
        if self._job.word is not None and self._job.begun:
            texts.insert(0, self._job.word)
        failed = [text for text in texts if text.startswith(("ERR", "NO CARD"))]
        return self._face.closing(failed[0] if failed else texts[-1] if texts else "")

    # One command at a time; False: not now

    def _open_panel(self, opening: Opening) -> bool:
        printer = self._printer
        self._lay_panel()
        if self._job.word is None and printer.bitmaps >= BITMAPS_MAX:
            return False
        self._panel = Order(Do.LAY, self._job, self._side, opening.letter)
        if self._job.word is None:
            self._panel.bitmap = True
            printer.bitmaps += 1
        return True

    def _lay_panel(self) -> None:
        """The panel that came whole is printed now that something follows it."""
        panel, self._panel = self._panel, None
        if panel is None:
            return
        if self._job.word is not None or not panel.data:
            self._printer.free_bitmap(panel)
        else:
            submit(self._printer, panel)

    def _take(self, command: Command) -> bool:
        name, *given = command.text.split(";")
        if command.data is not None:
            return self._panel_whole(name, command.data)
        if name == "Pcla" or name in _PARTS:
            return self._part(name, given)
        if (now := NOW.get(name)) is not None:
            self._answers.append(now(self._printer, given))
        elif (motion := WHEN_DONE.get(name)) is not None:
            self._answers.append(submit(self._printer, Order(motion, Job())))
        elif name in _RIBBON_AT:
            self._made_for(given[_RIBBON_AT[name] :])
        elif name == "Rlr":
            self._answers.append(self._face.last_reply)
        else:
            known = name[:1] == "P" and name[1:].isalpha() and name.isascii()
            self._answers.append("OK" if known else UNKNOWN)
        return True

    def _made_for(self, given: list[str]) -> None:
        """``Pr``, ``Pwres``: which ribbon the cards to come are for, by code or by name."""
        if given:
            code = int(given[0]) if given[0].isdecimal() else -1
            self._ribbon = RIBBON_NAME.get(code, given[0])
        self._answers.append("OK")

    def _panel_whole(self, name: str, data: bytes) -> bool:
        if self._panel is not None and name in ("Db", "Dbc"):
            self._panel.data = data
            self._answers.append("OK")
        else:
            self._answers.append(UNKNOWN)
        return True

    def _part(self, name: str, given: list[str]) -> bool:
        printer, job = self._printer, self._job
        if name == "Pcla" and given == ["0"]:
            submit(printer, Order(Do.END_CLAIM, job, keeps=True))
        elif name in ("Pcla", "Ss") and printer.claim not in (None, job):
            return False
        elif name == "Pcla":
            printer.claim = job
        elif job.word is None:
            _PARTS[name](self)
        self._answers.append("OK")
        return True

    def start(self) -> None:
        """``Ss``."""
        self._job.begun, self._job.ended = True, False
        self._side = "front"
        submit(self._printer, Order(Do.START, self._job, ribbon=self._ribbon))

    def front(self) -> None:
        """``Sr``."""
        self._lay_panel()
        self._side = "front"

    def back(self) -> None:
        """``Sv``."""
        self._lay_panel()
        self._side = "back"
        submit(self._printer, Order(Do.TURN, self._job))

    def finish(self) -> None:
        """``Se``."""
        self._lay_panel()
        self._job.ended = True
        submit(self._printer, Order(Do.EJECT, self._job))

    def _watch_for_silence(self) -> None:
        job, printer = self._job, self._printer
        if job.begun and not job.ended and job.word is None and self._boot == printer.boots:
            printer.starving = job
            printer.deadline("starved", STARVED_MS)


_PARTS: dict[str, Callable[[Exchange], None]] = {
    "Ss": Exchange.start,
    "Sr": Exchange.front,
    "Sv": Exchange.back,
    "Se": Exchange.finish,
    "Mr": lambda exchange: None,
}
