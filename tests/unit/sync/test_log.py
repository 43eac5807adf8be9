"""What a follower does with a batch, and what an owner does with an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync import log
from sync.log import START, Batch, Entry, Fork, Gap, Mark, Sender, Taken, next_batch, on_batch
from tests.unit.sync.office import Log, entries

A, B = 11, 22
LINES = entries(12, epoch=A)


def batch(start: int, end: int, *, epoch: int | None = None) -> Batch:
    """Lines after ``start`` up to ``end``; written in another epoch where one is given."""
    chosen = tuple(line if epoch is None else replace(line, epoch=epoch) for line in LINES[start:end])
    return Batch(Mark(start, A) if start else START, chosen)


def fine(_event: str, _body: object) -> None:
    return None


def take(have: Mark, told: Batch, *known: int) -> Taken | Gap | Fork:
    return on_batch(have, told, set(known), fine)


def test_new_lines_are_taken_and_the_mark_moves() -> None:
    assert take(START, batch(0, 5)) == Taken(tuple(LINES[:5]), (), Mark(5, A))
    assert take(Mark(5, A), batch(5, 9), A) == Taken(tuple(LINES[5:9]), (), Mark(9, A))


def test_old_lines_are_ignored_and_only_the_new_part_of_an_overlap_is_taken() -> None:
    assert take(Mark(5, A), batch(0, 5), A) == Taken((), (), Mark(5, A))
    assert take(Mark(5, A), batch(1, 3), A) == Taken((), (), Mark(5, A))
    assert take(Mark(5, A), batch(3, 8), A) == Taken(tuple(LINES[5:8]), (), Mark(8, A))
    assert take(Mark(5, A), batch(5, 5), A) == Taken((), (), Mark(5, A))


def test_a_gap_takes_nothing() -> None:
    assert take(Mark(5, A), batch(6, 9), A) == Gap(Mark(5, A))


def test_another_history_takes_nothing() -> None:
    other = batch(5, 9)
    assert take(Mark(5, B), other, A, B) == Fork(Mark(5, B)), "it follows a line we do not hold"
    assert take(Mark(5, A), batch(3, 8, epoch=B), A) == Fork(Mark(5, A)), "line 5 is another than ours"
    assert take(Mark(5, A), batch(4, 8, epoch=B), A, B) == Fork(Mark(5, A)), "even of an epoch we know"
    assert take(Mark(8, A), batch(3, 6, epoch=B), A) == Fork(Mark(8, A)), "old numbers, unknown epoch"
    assert take(Mark(8, A), batch(3, 6, epoch=B), A, B) == Taken((), (), Mark(8, A)), "an old, known epoch"


def test_a_new_start_of_the_owner_is_no_fork() -> None:
    told = Batch(Mark(5, A), tuple(replace(line, epoch=B) for line in LINES[5:7]))
    assert take(Mark(5, A), told, A) == Taken(told.entries, (), Mark(7, B))


def test_a_line_that_does_not_hold_is_set_aside_and_the_mark_moves_on() -> None:
    def check(event: str, _body: object) -> str | None:
        return "BAD" if event == LINES[2].event else None

    bad = [line for line in LINES[:5] if line.event == LINES[2].event]
    taken = on_batch(START, batch(0, 5), set(), check)
    assert isinstance(taken, Taken)
    assert taken.aside == tuple((line, "BAD") for line in bad)
    assert sorted([*taken.fresh, *bad], key=lambda line: line.seq) == LINES[:5]
    assert taken.have == Mark(5, A)


def test_a_batch_is_as_large_as_a_message_should_be() -> None:
    many = Log(entries(1_200))
    first = next_batch(many, 0)
    assert first is not None
    assert 400 <= len(first.entries) <= log.BATCH_ENTRIES_MAX, "short lines travel by the hundred"
    assert next_batch(many, 1_200) is None
    sealed = [replace(line, body={"payload": "x" * 60_000}) for line in LINES[:3]]
    assert [len((next_batch(Log(sealed), n) or batch(0, 0)).entries) for n in range(3)] == [1, 1, 1]


UNCARRIED = [
    ({"payload": "x" * log.ENTRY_WEIGHT_MAX}, "too_large"),
    ({"n": float("nan")}, "not_json"),
    ({"s": {1}}, "not_json"),
]


@pytest.mark.parametrize(("body", "cause"), UNCARRIED, ids=["huge", "nan", "set"])
def test_a_line_that_no_message_can_carry_does_not_stop_those_behind_it(
    body: dict[str, object], cause: str
) -> None:
    told = next_batch(Log([LINES[0], replace(LINES[1], body=body), LINES[2]]), 0)
    assert told is not None
    assert [entry.seq for entry in told.entries] == [1, 2, 3]
    assert told.entries[1].event == log.WITHHELD
    assert told.entries[1].body == {"event": LINES[1].event, "cause": cause}


def test_a_log_with_a_hole_is_a_broken_log() -> None:
    with pytest.raises(ValueError, match="no entry 3"):
        next_batch(Log([*LINES[:2], *LINES[3:]]), 0)


def sender(lines: list[Entry], have: Mark, *, window: int = 2, base: Mark = START) -> tuple[Sender, Log]:
    owned = Log(lines, base)
    made = Sender(owned, window)
    assert made.on_have(have, rewind=True) is None
    return made, owned


SEALED = [replace(line, body={"payload": "x" * 40_000}) for line in LINES]  # one a batch


def seqs(batches: list[Batch]) -> list[int]:
    return [entry.seq for told in batches for entry in told.entries]


def test_nothing_is_sent_before_the_follower_said_where_it_stands() -> None:
    assert Sender(Log(LINES)).next() == []


def test_after_the_line_was_lost_nothing_is_sent_until_the_follower_says_again() -> None:
    made, _ = sender(LINES, Mark(3, A))
    made.next()
    made.forget()
    assert (made.next(), made.waiting, made.acked) == ([], False, None)
    made.on_have(Mark(3, A), rewind=True)
    assert seqs(made.next()) == list(range(4, 13))


def test_no_more_batches_are_on_their_way_than_the_window_holds() -> None:
    made, owned = sender(SEALED, START)
    assert seqs(made.next()) == [1, 2]
    assert made.next() == []
    assert made.on_have(Mark(1, A), rewind=False) is None
    assert seqs(made.next()) == [3]
    assert owned.acked == [START, Mark(1, A)]


def test_one_gap_is_mended_once_however_often_it_is_told() -> None:
    made, _ = sender(SEALED, Mark(1, A), window=4)
    made.on_have(Mark(2, A), rewind=False)
    assert seqs(made.next()) == [3, 4, 5, 6]
    again: list[int] = []
    for _ in range(3):  # 3 was lost: 4, 5 and 6 each meet the gap
        made.on_have(Mark(2, A), rewind=True)
        again += seqs(made.next())
    assert again == [3, 4, 5, 6]
    made.on_have(Mark(6, A), rewind=False)
    assert seqs(made.next()) == [7, 8, 9, 10]


def test_a_follower_that_was_put_back_gets_again_what_it_lost() -> None:
    made, owned = sender(LINES, Mark(9, A))
    assert seqs(made.next()) == [10, 11, 12]
    made.on_have(Mark(12, A), rewind=False)
    assert made.on_have(Mark(3, A), rewind=True) is None
    assert seqs(made.next()) == list(range(4, 13))
    assert owned.acked[-1] == Mark(3, A)


def test_a_late_answer_from_before_moves_nothing_back() -> None:
    made, owned = sender(SEALED, START)
    made.next()
    made.on_have(Mark(2, A), rewind=False)
    assert made.on_have(Mark(1, A), rewind=False) is None
    assert made.acked == Mark(2, A)
    assert owned.acked[-1] == Mark(2, A)


def test_a_follower_that_holds_what_we_do_not_is_a_fork() -> None:
    made, _ = sender(LINES, START)
    assert made.on_have(Mark(13, A), rewind=True) == "fork", "more than we wrote"
    assert made.on_have(Mark(4, B), rewind=True) == "fork", "something else under the same number"


def test_what_was_pruned_cannot_be_sent_again() -> None:
    made, _ = sender(LINES[5:], Mark(5, A), base=Mark(5, A))
    assert seqs(made.next()) == list(range(6, 13))
    assert made.on_have(Mark(4, A), rewind=True) == "pruned"
    other = Sender(Log(LINES[5:], Mark(5, A)))
    assert other.on_have(Mark(5, B), rewind=True) == "fork"
