"""The clerk's keyboard: numbers, Enter, a wait that Enter ends, and a keyboard that is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO, StringIO, TextIOWrapper
from threading import Event

import pytest

from agent.recording.desk import Keyboard, Rehearsal, Terminal, readable
from agent.recording.words import ANSWERS, SAID

WAYS = ("again", "without", "stop")


class Typist:
    """Whoever sits at the other end of the keyboard's cable."""

    def __init__(self) -> None:
        there, here = os.pipe()
        self._out = os.fdopen(here, "w")
        self._in: TextIOWrapper = os.fdopen(there, "r")
        self.lines: list[str] = []
        self.keyboard = Keyboard(self._in)
        self.terminal = Terminal(self.keyboard, self.lines.append)

    def types(self, text: str) -> Terminal:
        self._out.write(text)
        self._out.flush()
        return self.terminal

    def leaves(self) -> Terminal:
        self._out.close()
        return self.terminal

    def close(self) -> None:
        self._out.close()
        self.keyboard.line(None)
        self._in.close()


@pytest.fixture
def typist() -> Iterator[Typist]:
    made = Typist()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("typed", "chosen"), [("\n", "again"), ("2\n", "without"), (" 3 \n", "stop"), ("4\nx\n²\n1\n", "again")]
)
def test_answers_are_numbers_and_enter_takes_the_first(typist: Typist, typed: str, chosen: str) -> None:
    assert typist.types(typed).ask(SAID["reader_gone"], WAYS) == chosen
    assert typist.lines[0] == f"{SAID['reader_gone'].id}\n  ({SAID['reader_gone'].en})"
    assert typist.lines[1] == "[1] coba lagi/try again  [2] lanjut tanpa/go on without  [3] berhenti/stop"


def test_a_keyboard_that_is_gone_stops_or_says_no(typist: Typist) -> None:
    terminal = typist.leaves()
    assert terminal.ask(SAID["reader_gone"], WAYS) == "stop"
    assert terminal.ask(SAID["sign_off"], ("yes", "no")) == "no"
    assert terminal.write(SAID["supervisor"]) == ""
    assert not terminal.pause(1)


def test_enter_ends_a_wait_and_no_enter_does_not(typist: Typist) -> None:
    assert not typist.terminal.pause(1)
    assert typist.types("\n").pause(60_000)


class Impatient(StringIO):
    """A terminal at which Enter was pressed twice while a device was slow; then ``line`` once asked."""

    def __init__(self, line: str) -> None:
        super().__init__(f"\n\n{line}\n")
        self.pressed, self.asked, self._reads = Event(), Event(), 0

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        self._reads += 1
        if self._reads == 3:
            self.pressed.set()
            self.asked.wait(10)
        return super().readline()


def test_what_a_person_typed_before_the_question_is_no_answer_to_it() -> None:
    for line in ("2", "budi"):
        person = Impatient(line)
        terminal = Terminal(Keyboard(person), lambda _, person=person: person.asked.set())  # type: ignore[misc]
        assert person.pressed.wait(10)
        if line == "2":
            assert terminal.ask(SAID["sign_off"], ("yes", "no")) == "no"
        else:
            assert terminal.write(SAID["supervisor"]) == "budi"


def test_bytes_that_are_no_text_answer_nothing_and_end_nothing() -> None:
    typed = readable(TextIOWrapper(BytesIO(b"caf\xe9\n2\n"), encoding="utf-8"))
    shown: list[str] = []
    assert Terminal(Keyboard(typed), shown.append).ask(SAID["sign_off"], ("yes", "no")) == "no"
    assert shown[-1] == "1-2?"


def test_what_is_written_is_a_line(typist: Typist) -> None:
    assert typist.types("budi\n").write(SAID["supervisor"]) == "budi"


def test_the_person_s_data_are_shown_for_reading_aloud(typist: Typist) -> None:
    typist.terminal.show({"name": "SPECIMEN ANI", "sex": "P"})
    assert [line.split() for line in typist.lines] == [["name", "SPECIMEN", "ANI"], ["sex", "P"]]


def test_in_a_rehearsal_all_is_answered_as_usual_but_nothing_is_waited_for_twice() -> None:
    said: list[str] = []
    slept: list[int] = []
    desk = Rehearsal(said.append, slept.append)
    assert desk.ask(SAID["sign_off"], ("yes", "no")) == "yes"
    assert desk.ask(SAID["scanner_gone"], WAYS) == "stop"
    assert desk.write(SAID["supervisor"]) == ""
    assert not desk.pause(5)
    assert slept == [5]
    desk.show({"name": "SPECIMEN ANI"})
    assert "ANI" not in "".join(said)


def test_every_answer_has_its_words() -> None:
    assert set(ANSWERS) == {"yes", "no", "again", "missing", "without", "hand", "override", "stop"}
