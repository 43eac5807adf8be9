"""Who is recorded where, what a person at the desk does, and how the day's recordings are judged."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import nik
from simulators.demo.recordings import (
    LOST,
    READER,
    SCANNER,
    STRANGER,
    Case,
    Found,
    Sitter,
    answer_list,
    answers,
    asks,
    before,
    deeds,
    faults,
    fingers,
    heard,
    sealed,
    sitters,
    told,
    wanted,
)
from simulators.people.whose_finger import biometric_seed

ROOMS = ["64.02-2", "64.08-1"]
SEALED = {"R-64.02-2-1": "aa", "R-64.02-2-2": "bb", "R-64.08-1-1": "cc"}
KEPT = [{"recording": id, "sha256": sha, "flags": ["forced_irises"]} for id, sha in SEALED.items()]
GOOD = Found(3, SEALED, KEPT, (), 0, answers(SEALED))


def one(case: Case) -> Sitter:
    return next(each for each in sitters(ROOMS, 6, 1) if each.case is case)


@given(st.integers(0, 30), st.integers(1, 999))
def test_as_many_as_asked_for_sit_down_each_another_person_and_each_case_before_any_again(
    count: int, seed: int
) -> None:
    found = sitters(ROOMS, count, seed)
    assert len(found) == len({each.nik for each in found}) == count
    assert [each.case for each in found[: len(Case)]] == list(Case)[:count]
    assert {each.case for each in found[len(Case) :]} <= {Case.PLAIN}
    assert all(nik.parse(each.nik).synthetic and "SPECIMEN" in each.biodata["name"] for each in found)
    assert [each.station for each in found] == [ROOMS[number % 2] for number in range(count)]


def test_without_a_desk_nobody_sits_down() -> None:
    assert sitters([], 6, 1) == []
    assert told(Found(), []) == ""


def test_whoever_sits_down_is_told_by_the_keyboard_alone() -> None:
    sitter = one(Case.PLAIN)
    first, second, rest = sitter.lines.split("\n")
    assert (first, json.loads(second), rest) == (sitter.nik, sitter.biodata, "")
    assert sitter.options == ()
    assert sitter.nik not in repr(sitter)


def test_a_missing_finger_is_told_and_is_missing() -> None:
    sitter = one(Case.LACKS_FINGER)
    assert sitter.options == ("--missing", f"{LOST}:permanent")
    assert before(sitter) == ((SCANNER, {"subject": sitter.nik}), (SCANNER, {"missing": LOST}))


@pytest.mark.parametrize(
    ("case", "line", "hand"),
    [
        (Case.UNPLUGGED, "Press the four fingers of the left hand together.", {"unplug": "Finger"}),
        (Case.UNPLUGGED, "The scanner is unplugged; put its cable back in.", {"plug": True}),
        (Case.DIRTY, "The quality is not enough yet; once more.", {"wipe": True}),
        (Case.DIRTY, "The glass or lens is dirty; wipe it with a dry cloth.", {"wipe": True}),
    ],
)
def test_what_goes_wrong_is_put_right_by_hand(case: Case, line: str, hand: dict[str, Any]) -> None:
    assert wanted(deeds(one(case)), line) == ((SCANNER, hand),)
    assert wanted(deeds(one(Case.PLAIN)), line) == ()


def test_each_lays_down_the_finger_that_is_asked_for() -> None:
    sitter = one(Case.PLAIN)
    seed = biometric_seed(sitter.nik)
    for name, finger in (("right", 1), ("left", 6)):
        line = heard(f"  (Put the {name} index finger on the small reader once more.)")
        assert wanted(deeds(sitter), line) == ((READER, {"finger": f"{seed}:{finger}"}),)
    assert fingers(None, "the {}")["the left index finger"] == ((READER, {"finger": f"{STRANGER}:6"}),)


def test_enter_answers_what_is_asked_by_number() -> None:
    assert asks("[1] ya/yes  [2] tidak/no")
    assert not asks("1-2?")


def test_a_good_day_has_nothing_to_say() -> None:
    assert faults(GOOD) == []
    assert GOOD.count == 3
    assert "3 people recorded at 2 counters (lacks finger" in told(GOOD, sitters(ROOMS, 3, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"wanted": 4}, "3 of 4 people"),
        ({"kept": [*KEPT, KEPT[0]]}, "keeps 2 of 3"),
        ({"kept": KEPT[1:]}, "keeps 2 of 3"),
        ({"kept": [*KEPT[1:], {**KEPT[0], "sha256": "dd"}]}, "keeps 2 of 3"),
        ({"kept": [*KEPT, {**KEPT[0], "recording": "R-64.08-1-9"}]}, "1 recordings more"),
        ({"kept": [*KEPT[1:], {**KEPT[0], "flags": ["DUPLICATE_PERSON"]}]}, "R-64.02-2-1: DUPLICATE_PERSON"),
        ({"bare": ["64.02-2"]}, "64.02-2 can open"),
        ({"unsent": 1}, "1 recordings wait"),
        ({"answered": {}}, "answers to 3 recordings"),
        ({"answered": {**GOOD.answered, "R-64.08-1-1": "None"}}, "answers to 1 recordings"),
    ],
)
def test_each_thing_that_does_not_hold_is_said(change: dict[str, Any], said: str) -> None:
    assert any(said in sentence for sentence in faults(replace(GOOD, **change)))


def test_the_centre_looks_at_one_of_them_twice() -> None:
    assert sorted(answers(SEALED).values()) == [
        "ADJUDICATE_RECORD",
        "PRINT_READY_RECORD",
        "PRINT_READY_RECORD",
    ]
    assert answer_list({"R-1": "PRINT_READY_RECORD"}) == "recording,status\nR-1,PRINT_READY_RECORD\n"


def test_what_a_journal_tells_is_sealed() -> None:
    begun = {"event": "recording_begun", "job": "R-1", "detail": {}}
    done = {"event": "recording_sealed", "job": "R-1", "detail": {"sha256": "aa", "size": 9}}
    assert sealed([begun, done]) == {"R-1": "aa"}
