"""The holder's finger: asked only where the table wants one; either index finger may match."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from agent.config import Config
from agent.counter import finger, finger_first, handover
from agent.printing.states import State
from agent.trouble import Trouble
from domain.handover import Finger
from domain.words import RefusedByRule
from drivers.errors import Unreachable
from drivers.finger_reader import Answer
from tests.unit.agent.counter.shelf import EXCUSE, Shelf, refused

HERE, NOWHERE = Config("64.11", 1, reader="r30x+tcp://127.0.0.1:1"), Config("64.11", 1)
RIGHT, LEFT = b"r" * 512, b"l" * 512
CARRIED = {"finger_right": b64encode(RIGHT).decode(), "finger_left": b64encode(LEFT).decode()}


@contextmanager
def refusal(word: str) -> Iterator[None]:
    with pytest.raises(RefusedByRule) as caught:
        yield
    assert caught.value.word == word


class Glass:
    """A reader that answers by the template; what it was asked, and what the holder was told."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = {RIGHT: answers.get("right", "unable"), LEFT: answers.get("left", "unable")}
        self.asked: list[bytes] = []
        self.told: list[str] = []

    def match(self, template: bytes, timeout_s: float) -> Answer:
        assert timeout_s == finger.TIMEOUT_S
        self.asked.append(template)
        return self.answers[template]


@pytest.mark.parametrize(("right", "left", "answer", "asked"), [
    ("match", "match", "match", [RIGHT]),
    ("mismatch", "match", "match", [RIGHT, LEFT]),
    ("unable", "match", "match", [RIGHT, LEFT]),
    ("mismatch", "mismatch", "mismatch", [RIGHT, LEFT]),
    ("mismatch", "unable", "mismatch", [RIGHT, LEFT]),
    ("unable", "mismatch", "mismatch", [RIGHT, LEFT]),
    ("unable", "unable", "unable", [RIGHT, LEFT]),
])  # fmt: skip
def test_either_index_finger_may_match(
    right: Answer, left: Answer, answer: Answer, asked: list[bytes]
) -> None:
    glass = Glass(right=right, left=left)
    assert finger.compared(glass, finger.templates(CARRIED), glass.told.append) == answer
    assert glass.asked == asked
    assert len(glass.told) == len(asked)
    assert "right index finger" in glass.told[0]


def test_a_holder_with_one_finger_on_the_order_is_asked_for_that_one() -> None:
    glass = Glass(left="mismatch")
    carried = finger.templates({"finger_left": CARRIED["finger_left"], "finger_right": ""})
    assert finger.compared(glass, carried, glass.told.append) == "mismatch"
    assert glass.asked == [LEFT]


def test_a_finger_that_is_no_base64_is_a_bad_payload() -> None:
    with pytest.raises(RefusedByRule) as caught:
        finger.templates({"finger_right": "SPECIMEN!"})
    assert caught.value.word == "BAD_PAYLOAD"
    assert "SPECIMEN" not in str(caught.value)


def test_what_the_clerk_tells_is_believed_but_for_a_missing_reader_where_one_stands() -> None:
    for word, known in finger.TOLD.items():
        assert finger.told(NOWHERE, word, supervised=False) is known
        assert finger.told(HERE, word, supervised=True) is known
    assert finger.told(HERE, None, supervised=True) is Finger.NOT_ASKED
    assert finger.told(NOWHERE, None, supervised=False) is Finger.NO_READER
    with pytest.raises(Trouble, match="supervisor"):
        finger.told(HERE, "no_reader", supervised=False)


def test_every_answer_of_a_reader_is_a_word_the_table_knows() -> None:
    assert set(finger.WORDS.values()) == set(finger.TOLD) - {finger.NO_READER}


class Desk:
    """The command's own process, with ``glass`` as the reader."""

    def __init__(self, shelf: Shelf, glass: Glass | Exception) -> None:
        self.shelf, self.glass, self.asked, self.said = shelf, glass, 0, list[str]()

    def ask(self, address: str, carried: Sequence[tuple[str, bytes]], say: finger.Say) -> str:
        assert address == self.shelf.config.reader
        self.asked += 1
        if isinstance(self.glass, Exception):
            raise self.glass
        return finger.WORDS[finger.compared(self.glass, carried, say)]

    def give(self, job: str, **told: Any) -> dict[str, Any]:
        args = {"job": job, "read": self.shelf.blank(job), "tag": "", "by": "ani"} | told

        def perform(found: Mapping[str, Any]) -> dict[str, Any]:
            return handover.hand_over(self.shelf.journal, self.shelf.config, found)

        return finger_first.hand_over(self.shelf.home, args, perform, self.said.append, self.ask)


def test_the_right_finger_gives_the_card_out(shelf: Shelf) -> None:
    desk = Desk(shelf, Glass(right="mismatch", left="match"))
    job = shelf.card(**CARRIED)
    assert desk.give(job)["state"] == "handed_over"
    assert shelf.line("handed_over")["finger"] == "match"
    assert desk.give(job)["state"] == "handed_over"
    assert desk.asked == 1, "a card that was given is not asked for again"


def test_the_wrong_finger_withholds_it(shelf: Shelf) -> None:
    desk = Desk(shelf, Glass(right="mismatch", left="mismatch"))
    job = shelf.card(**CARRIED)
    with refusal("FINGER_MISMATCH"):
        desk.give(job)
    assert shelf.job(job).state is State.WITHHELD


def test_no_usable_finger_is_a_supervisors(shelf: Shelf) -> None:
    desk = Desk(shelf, Glass())
    job = shelf.card(**CARRIED)
    with refusal("FINGER_UNABLE"):
        desk.give(job)
    assert desk.give(job, **EXCUSE)["state"] == "handed_over"
    assert shelf.line("handed_over")["excused"] == ["FINGER_UNABLE"]


def test_a_reader_that_fails_says_nothing_about_anybody(shelf: Shelf) -> None:
    desk = Desk(shelf, Trouble("dead"))
    job = shelf.card(**CARRIED)
    head = shelf.journal.head()
    with pytest.raises(Trouble):
        desk.give(job)
    assert shelf.journal.head() == head
    assert desk.give(job, finger="no_reader", **EXCUSE)["state"] == "handed_over"
    assert shelf.line("handed_over")["finger"] == "no_reader"


def test_doing_without_the_reader_is_not_the_clerks_own_word(shelf: Shelf) -> None:
    desk = Desk(shelf, Glass())
    job = shelf.card(**CARRIED)
    with pytest.raises(Trouble):
        desk.give(job, finger="no_reader")
    with refusal("SECOND_IS_FIRST"):
        desk.give(job, finger="no_reader", exception="no_reader", supervisor="ani")
    assert (desk.asked, shelf.job(job).state) == (0, State.READY)


@pytest.mark.parametrize("told", [
    {"finger": "matched"}, {"read": "04DEADBEEF0001"}, {"channel": "post", "proof": "R-1"},
    {"channel": "family", "receiver": "child", "proof": "K-1"},
])  # fmt: skip
def test_nobody_is_asked_where_the_table_wants_no_finger(shelf: Shelf, told: dict[str, str]) -> None:
    desk = Desk(shelf, Glass())
    job = shelf.card(**CARRIED)
    try:
        desk.give(job, **told)
    except RefusedByRule as found:
        assert found.word != "FINGER_NEEDED"
    assert desk.asked == 0


def test_nobody_lays_a_finger_down_before_the_papers_are_in(shelf: Shelf) -> None:
    desk = Desk(shelf, Glass(right="match"))
    job = shelf.card(reason="data_change", **CARRIED)
    with refusal("OLD_CARD_DUE"):
        desk.give(job, old=["none"])
    assert desk.asked == 0
    assert desk.give(job, old=["card"])["state"] == "handed_over"
    assert desk.asked == 1


def test_a_childs_card_asks_nobody(shelf: Shelf) -> None:
    desk = Desk(shelf, Glass())
    job = shelf.card(kind="kia")
    assert desk.give(job, read=None, card=shelf.blank(job))["state"] == "handed_over"
    assert desk.asked == 0


def test_an_order_without_fingers_says_what_to_do(shelf: Shelf) -> None:
    desk = Desk(shelf, Glass())
    job = shelf.card()
    with refusal("FINGER_NEEDED"):
        desk.give(job)
    assert (desk.asked, len(desk.said)) == (0, 1)
    assert refused(shelf, job, finger=None) == "FINGER_NEEDED"


def test_a_reader_nobody_answers_at_is_one_clear_sentence() -> None:
    with pytest.raises(Trouble, match=r"tidak menerima.*\n.*no connection.*nothing is written") as caught:
        finger.asked("r30x+tcp://127.0.0.1:1", [("right index finger", RIGHT)], lambda _: None)
    assert isinstance(caught.value.__cause__, Unreachable)
    with pytest.raises(Trouble, match="no fingerprint reader"):
        finger.asked("vpcd://127.0.0.1:1", [], lambda _: None)
