"""The clerk's side of a sitting: what is told and asked at the keyboard, in two languages.

Everything goes to standard error, so that standard output keeps its one JSON document; answers are numbers
and Enter takes the first. A thread reads the keyboard, so that Enter also ends a wait for a device, on
Windows too. A keyboard that is closed answers ``stop`` wherever that is possible. What a person typed before
a question stood there answers nothing: an Enter too many at a slow device must not seal a recording.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import Protocol, TextIO

from agent.recording.words import ANSWERS, Said

_LOOK_S = 1.0


class Desk(Protocol):
    """Whom a sitting talks to."""

    def tell(self, said: Said) -> None:
        """Show a sentence."""
        ...

    def show(self, rows: Mapping[str, str]) -> None:
        """Show the person's own data, for reading aloud."""
        ...

    def ask(self, said: Said, answers: tuple[str, ...]) -> str:
        """One of ``answers`` (words of ANSWERS); the first is the usual one."""
        ...

    def write(self, said: Said) -> str:
        """A line of text; empty where nothing was written."""
        ...

    def pause(self, ms: int) -> bool:
        """Wait; whether the clerk ended it by Enter."""
        ...


def readable(source: TextIO) -> TextIO:
    """``source``, not read from yet; bytes that are no text come as signs that answer nothing."""
    if isinstance(source, TextIOWrapper):
        source.reconfigure(errors="surrogateescape")
    return source


class Keyboard:
    """Lines of a stream as they come, read by a thread of its own."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self._person = source.isatty()
        self._lines: queue.Queue[str] = queue.Queue()
        self._ended = False
        threading.Thread(target=self._read, name="keyboard", daemon=True).start()

    def line(self, timeout_s: float | None) -> str | None:
        """The next line without its end; None when none came in time, or none ever will."""
        while timeout_s is None and not self._ended:
            if (line := self._next(_LOOK_S)) is not None:  # a wait without an end hears no Ctrl-C on Windows
                return line
        return None if timeout_s is None else self._next(timeout_s)

    def forget(self) -> None:
        """Drop what a person typed too early; a script may type ahead."""
        while self._person and self._next(0) is not None:
            continue

    def _next(self, timeout_s: float) -> str | None:
        try:
            line = self._lines.get(timeout=timeout_s)
        except queue.Empty:
            return None
        self._ended = self._ended or not line
        return line.strip() if line else None

    def _read(self) -> None:
        with suppress(OSError, ValueError):  # the terminal was taken away
            while line := self._source.readline():
                self._lines.put(line)
        self._lines.put("")  # no line is empty, each has its end: nobody types any more


class Terminal:
    """A clerk at a keyboard. ``out`` shows one line."""

    def __init__(self, keyboard: Keyboard, out: Callable[[str], None]) -> None:
        self._keyboard = keyboard
        self._out = out

    def tell(self, said: Said) -> None:
        """Indonesian first, English below it."""
        self._out(f"{said.id}\n  ({said.en})")

    def show(self, rows: Mapping[str, str]) -> None:
        """One field a line."""
        for name, value in rows.items():
            self._out(f"  {name:12} {value}")

    def ask(self, said: Said, answers: tuple[str, ...]) -> str:
        """By number; what is no number of the list is asked again."""
        self._keyboard.forget()
        self.tell(said)
        self._out("  ".join(f"[{n}] {ANSWERS[a].id}/{ANSWERS[a].en}" for n, a in enumerate(answers, 1)))
        while True:
            line = self._keyboard.line(None)
            if line is None:
                return "stop" if "stop" in answers else answers[-1]
            if line == "":
                return answers[0]
            if line.isascii() and line.isdigit() and 1 <= int(line) <= len(answers):
                return answers[int(line) - 1]
            self._out(f"1-{len(answers)}?")

    def write(self, said: Said) -> str:
        """The line as it was typed."""
        self._keyboard.forget()
        self.tell(said)
        return self._keyboard.line(None) or ""

    def pause(self, ms: int) -> bool:
        """Until Enter, ``ms`` at most."""
        return self._keyboard.line(ms / 1000) is not None


class Rehearsal:
    """Nobody sits there: each question is answered as Enter answers it, but no device is waited for twice."""

    def __init__(self, out: Callable[[str], None], sleep_ms: Callable[[int], None]) -> None:
        self._out = out
        self._sleep_ms = sleep_ms

    def tell(self, said: Said) -> None:
        """As at a terminal."""
        self._out(f"{said.id}\n  ({said.en})")

    def show(self, rows: Mapping[str, str]) -> None:
        """Nothing: nobody reads it."""

    def ask(self, said: Said, answers: tuple[str, ...]) -> str:
        """The first, or ``stop`` where that is possible."""
        self.tell(said)
        return "stop" if "stop" in answers else answers[0]

    def write(self, said: Said) -> str:
        """Nothing."""
        self.tell(said)
        return ""

    def pause(self, ms: int) -> bool:
        """The whole time."""
        self._sleep_ms(ms)
        return False
