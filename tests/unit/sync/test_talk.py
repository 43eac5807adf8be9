"""One side of the conversation, word by word."""

from __future__ import annotations

from dataclasses import replace

from sync.log import (
    PATIENCE_MAX_MS,
    PATIENCE_MS,
    START,
    Batch,
    Entry,
    Fork,
    Gap,
    Mark,
    Taken,
    on_batch,
)
from sync.talk import Standing, Talk
from sync.wire import Have, Hello, Message, Refused
from tests.unit.sync.office import Log, entries

A = 11
LINES = entries(5, epoch=A)


class Followed:
    """A followed log in memory."""

    def __init__(self) -> None:
        self.lines: list[Entry] = []

    def have(self) -> Mark:
        return Mark(self.lines[-1].seq, self.lines[-1].epoch) if self.lines else START

    def take(self, batch: Batch) -> Taken | Gap | Fork:
        judged = on_batch(self.have(), batch, {line.epoch for line in self.lines}, lambda _e, _b: None)
        if isinstance(judged, Taken):
            self.lines += judged.fresh
        return judged


def talk(lines: list[Entry] | None = None, *, seeks: bool = True) -> tuple[Talk, Log, Followed]:
    own, theirs = Log(lines), Followed()
    return Talk(own, theirs, lambda: 1_000_000, seeks=seeks, version="0.1.0"), own, theirs


def hello(head: Mark = START, have: Mark = START, *, ask: bool = False, at_ms: int = 1_000_000) -> Hello:
    return Hello(head, have, at_ms, ask)


def kinds(messages: list[Message]) -> list[str]:
    return [type(message).__name__ for message in messages]


def test_a_greeting_says_where_both_logs_stand_and_wants_an_answer() -> None:
    here, _, _ = talk(LINES)
    assert here.greet(0) == [Hello(Mark(5, A), START, 1_000_000, True, "0.1.0")]
    assert here.standing is Standing.GREETING


def test_after_the_answer_what_the_other_side_misses_is_sent() -> None:
    here, own, _ = talk(LINES)
    here.greet(0)
    sent = here.on_message(hello(have=Mark(2, A)), 10)
    assert sent == [Batch(Mark(2, A), tuple(LINES[2:]))]
    assert here.on_message(Have(Mark(5, A)), 20) == []
    assert own.acked == [Mark(2, A), Mark(5, A)]
    assert (here.standing, here.deadline_ms, here.waiting) == (Standing.TALKING, None, False)
    own.lines.append(Entry(6, A, 0, "noted", "", {}))
    assert kinds(here.due(30)) == ["Batch"]


def test_who_is_asked_answers_once_and_asks_nothing_back() -> None:
    here, _, _ = talk(LINES, seeks=False)
    told = here.on_message(hello(ask=True), 0)
    assert kinds(told) == ["Hello", "Batch"]
    assert isinstance(told[0], Hello)
    assert not told[0].ask


def test_a_silent_side_is_greeted_again_each_time_later_up_to_a_limit() -> None:
    here, _, _ = talk()
    here.greet(0)
    now_ms, waits = 0, []
    for _ in range(6):
        deadline_ms = here.deadline_ms
        assert deadline_ms is not None
        assert here.due(deadline_ms - 1) == []
        assert kinds(here.due(deadline_ms)) == ["Hello"]
        waits.append(deadline_ms - now_ms)
        now_ms = deadline_ms
    assert waits[:3] == [PATIENCE_MS, 2 * PATIENCE_MS, 4 * PATIENCE_MS]
    assert waits[-1] == PATIENCE_MAX_MS
    here.on_message(hello(), now_ms)
    here.greet(now_ms)
    assert here.deadline_ms == now_ms + PATIENCE_MS, "an answer makes us patient from the start again"


def test_the_hub_waits_to_be_greeted() -> None:
    here, _, _ = talk(LINES, seeks=False)
    here.greet(0)
    waits = [here.deadline_ms]
    here.on_message(hello(), 0)
    waits.append(here.deadline_ms)
    assert kinds(here.due(PATIENCE_MS)) == ["Hello"]
    waits.append(here.deadline_ms)
    assert waits == [None, PATIENCE_MS, None], "but a batch it sent is waited for"


def test_a_batch_without_an_answer_ends_in_a_greeting_not_in_the_batch_again() -> None:
    here, _, _ = talk(LINES)
    here.greet(0)
    here.on_message(hello(), 0)
    assert here.waiting
    assert kinds(here.due(PATIENCE_MS)) == ["Hello"]
    assert not here.waiting


def test_an_answer_comes_after_the_commit_and_tells_a_gap() -> None:
    here, _, theirs = talk()
    assert here.on_message(Batch(START, tuple(LINES[:2])), 0) == [Have(Mark(2, A))]
    assert len(theirs.lines) == 2
    assert here.on_message(Batch(Mark(3, A), tuple(LINES[3:])), 0) == [Have(Mark(2, A), gap=True)]


def test_a_fork_stops_the_talk_until_a_hello_fits() -> None:
    here, own, theirs = talk(LINES)
    theirs.lines = list(LINES[:2])
    here.greet(0)
    here.on_message(hello(head=Mark(2, A), have=Mark(5, A)), 0)
    told = here.on_message(Batch(Mark(2, 99), (Entry(3, 99, 0, "noted", "", {}),)), 0)
    assert told == [Refused("fork", Mark(2, A))]
    assert (here.standing, here.refused) == (Standing.REFUSED, "fork")
    own.lines.append(Entry(6, A, 0, "noted", "", {}))
    assert here.due(1) == [], "nothing is sent to a side that holds another history"
    assert here.deadline_ms == PATIENCE_MAX_MS
    assert kinds(here.due(PATIENCE_MAX_MS)) == ["Hello"]
    assert kinds(here.on_message(hello(head=Mark(2, A), have=Mark(5, A)), 0)) == ["Batch"]
    assert here.standing is Standing.TALKING


def test_the_other_side_holding_what_we_never_wrote_is_told_and_stops_us() -> None:
    here, _, _ = talk(LINES)
    here.greet(0)
    assert here.on_message(hello(have=Mark(9, A)), 0) == [Refused("fork", START)]
    assert here.standing is Standing.REFUSED
    here.apart()
    assert here.standing is Standing.REFUSED, "a cut line settles nothing"


def test_a_refusal_is_kept_with_its_word() -> None:
    here, _, _ = talk(LINES)
    here.greet(0)
    assert here.on_message(Refused("unknown_station"), 0) == []
    assert (here.standing, here.refused) == (Standing.REFUSED, "unknown_station")


def test_an_answer_to_one_of_two_batches_leaves_the_other_waited_for() -> None:
    here, _, _ = talk([replace(line, body={"payload": "x" * 40_000}) for line in LINES[:2]])
    here.greet(0)
    assert kinds(here.on_message(hello(), 0)) == ["Batch", "Batch"]
    assert here.on_message(Have(Mark(1, A)), 100) == []
    assert (here.waiting, here.deadline_ms) == (True, 100 + PATIENCE_MS)


def test_a_told_gap_is_filled_at_once_without_a_new_greeting() -> None:
    here, own, _ = talk(LINES)
    here.greet(0)
    here.on_message(hello(have=Mark(2, A)), 0)
    own.lines.append(Entry(6, A, 0, "noted", "", {}))
    assert kinds(here.due(5)) == ["Batch"]
    assert here.on_message(Have(Mark(3, A), gap=True), 10) == [Batch(Mark(3, A), tuple(own.lines[3:]))]


def test_answers_from_before_a_greeting_are_not_believed() -> None:
    here, own, _ = talk(LINES)
    assert here.on_message(Have(Mark(5, A)), 0) == []
    assert own.acked == []


def test_a_hub_nobody_hears_is_greeted_when_patience_is_over() -> None:
    here, _, _ = talk(LINES)
    here.greet(0)
    here.on_message(hello(), 0)
    here.unheard(10)
    assert here.standing is Standing.GREETING
    assert here.due(11) == []
    assert kinds(here.due(10 + PATIENCE_MS)) == ["Hello"]


def test_a_new_hello_sends_again_what_was_on_its_way() -> None:
    here, _, _ = talk(LINES)
    here.greet(0)
    assert kinds(here.on_message(hello(have=Mark(2, A)), 0)) == ["Batch"]
    assert kinds(here.on_message(hello(have=Mark(2, A), ask=True), 5)) == ["Hello", "Batch"]


def test_the_clocks_difference_is_told() -> None:
    here, _, _ = talk()
    here.on_message(hello(at_ms=1_090_000), 0)
    assert here.skew_ms == 90_000
