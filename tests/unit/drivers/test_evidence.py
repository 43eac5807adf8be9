"""The judge: every combination of evidence, then thousands of invented ones.

The rule is written here a second time, in the words of PROTOCOL.md §9, and the two must agree.
"""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card_printer import INSIDE, PATH, Judgement, Snapshot, Verdict
from drivers.evidence import judge, start_objection

BEFORE = Snapshot(1000, 5000, 777, False, False, ("feeder",), (), ())
PRINTED = replace(BEFORE, cards=1001, panels=5005, card_at=("hopper", "feeder"))
AT_STATION = ("feeder", "contactless")

OBJECTIONS = [
    (replace(PRINTED, reset=True), "printer_reset"),
    (replace(PRINTED, errors=("jam",)), "jam"),
    (replace(PRINTED, errors=("ribbon_ended", "jam")), "ribbon_ended"),
    (replace(PRINTED, session=0), "session_lost"),
    (replace(PRINTED, session=778), "session_lost"),
    (replace(PRINTED, session=None), "session_lost"),
    (replace(PRINTED, claim=True), "claim_stuck"),
    (replace(PRINTED, cards=None), "counter_missing"),
    (replace(PRINTED, panels=None), "counter_missing"),
    (replace(PRINTED, cards=1000), "counter_mismatch"),
    (replace(PRINTED, cards=1002), "counter_mismatch"),
    (replace(PRINTED, cards=999), "counter_mismatch"),
    (replace(PRINTED, panels=5004), "counter_mismatch"),
    (replace(PRINTED, panels=5006), "counter_mismatch"),
    (replace(PRINTED, panels=5010), "counter_mismatch"),
    (replace(PRINTED, panels=5000), "counter_mismatch"),
    *((replace(PRINTED, card_at=(place,)), "card_inside") for place in PATH[2:]),
]


def test_every_piece_of_evidence_together_means_printed() -> None:
    assert judge(BEFORE, PRINTED, 5) == Judgement(Verdict.PRINTED, "evidence")


@pytest.mark.parametrize("warnings", [("feeder_empty",), ("hopper_full",), ("ribbon_ended", "no_ribbon")])
def test_a_warning_about_the_next_card_does_not_unprint_this_one(warnings: tuple[str, ...]) -> None:
    assert judge(BEFORE, replace(PRINTED, warnings=warnings), 5).verdict is Verdict.PRINTED


@pytest.mark.parametrize(("after", "reason"), OBJECTIONS)
def test_one_piece_missing_means_unsure_and_says_which(after: Snapshot, reason: str) -> None:
    assert judge(BEFORE, after, 5) == Judgement(Verdict.UNSURE, reason)


@pytest.mark.parametrize(("before", "reason"), [
    (replace(BEFORE, cards=None), "counter_missing"), (replace(BEFORE, panels=None), "counter_missing"),
    (replace(BEFORE, session=0), "session_lost"), (replace(BEFORE, session=None), "session_lost"),
    (replace(BEFORE, reset=True), "bad_before"), (replace(BEFORE, claim=True), "bad_before"),
    (replace(BEFORE, errors=("jam",)), "bad_before"),
])  # fmt: skip
def test_a_before_that_proves_nothing_means_unsure(before: Snapshot, reason: str) -> None:
    after = replace(PRINTED, session=before.session)
    assert judge(before, after, 5) == Judgement(Verdict.UNSURE, reason)


@pytest.mark.parametrize("panels", [0, -1])
def test_a_job_without_panels_proves_nothing(panels: int) -> None:
    after = replace(PRINTED, panels=5000 + panels)
    assert judge(BEFORE, after, panels) == Judgement(Verdict.UNSURE, "bad_before")


def test_the_named_card_at_the_station_is_untouched() -> None:
    staged = replace(BEFORE, cards=1001, card_at=AT_STATION)
    assert judge(BEFORE, staged, 5, named=True) == Judgement(Verdict.UNTOUCHED, "chip_at_station")
    assert judge(BEFORE, staged, 5) == Judgement(Verdict.UNSURE, "card_inside")
    assert judge(BEFORE, staged, 5, unsent=True) == Judgement(Verdict.UNSURE, "card_inside")


@pytest.mark.parametrize("after", [
    replace(BEFORE, cards=1001, panels=5001, card_at=AT_STATION),  # something was laid down
    replace(BEFORE, cards=1002, card_at=AT_STATION),  # two left the feeder
    replace(BEFORE, cards=1000, card_at=AT_STATION),  # none did: whose card is it?
    replace(BEFORE, cards=1001, card_at=("contactless", "print")),  # another one is inside too
    replace(BEFORE, cards=1001, card_at=("print",)),
    replace(BEFORE, cards=1001, card_at=()),
])  # fmt: skip
def test_a_name_at_the_station_is_not_enough_by_itself(after: Snapshot) -> None:
    assert judge(BEFORE, after, 5, named=True).verdict is Verdict.UNSURE


def test_a_card_that_lay_there_before_is_untouched_while_none_was_fed() -> None:
    before = replace(BEFORE, card_at=AT_STATION)
    assert judge(before, before, 5, named=True).verdict is Verdict.UNTOUCHED
    assert judge(before, replace(before, cards=1001), 5, named=True).verdict is Verdict.UNSURE


def test_equal_counters_mean_untouched_only_to_who_knows_that_nothing_was_sent() -> None:
    assert judge(BEFORE, BEFORE, 5, unsent=True) == Judgement(Verdict.UNTOUCHED, "nothing_sent")
    assert judge(BEFORE, BEFORE, 5) == Judgement(Verdict.UNSURE, "counter_mismatch")


def rule(before: Snapshot, after: Snapshot, panels: int, named: bool, unsent: bool) -> Verdict:
    """PROTOCOL.md §9 once more, as one sentence a verdict."""
    known = None not in (before.cards, before.panels, after.cards, after.panels)
    sound = not (before.reset or before.claim or before.errors) and bool(before.session) and panels > 0
    quiet = not (after.reset or after.claim or after.errors) and after.session == before.session
    if not (known and sound and quiet):
        return Verdict.UNSURE
    assert before.cards is not None and before.panels is not None
    inside = set(after.card_at) - {"hopper", "feeder"}
    if not inside and after.cards == before.cards + 1 and after.panels == before.panels + panels:
        return Verdict.PRINTED
    lay_there = "contactless" in before.card_at
    at_station = inside == {"contactless"} and after.cards == before.cards + (0 if lay_there else 1)
    nothing = unsent and not inside and after.cards == before.cards
    if after.panels == before.panels and ((named and at_station) or nothing):
        return Verdict.UNTOUCHED
    return Verdict.UNSURE


def test_the_whole_table() -> None:
    """Every combination of what can be wrong, 19,200 of them; exactly so many are certain."""
    certain = {Verdict.PRINTED: 0, Verdict.UNTOUCHED: 0}
    table = itertools.product(
        (999, 1000, 1001, 1002, None), (5000, 5003, 5005, 5010, None), (777, 0, 9, None),
        (False, True), (False, True), ((), ("jam",)),
        ((), ("feeder",), ("contactless",), ("print",), ("contactless", "eject"), ("flip", "hopper")),
        (False, True), (False, True),
    )  # fmt: skip
    for cards, panels, session, reset, claim, errors, card_at, named, unsent in table:
        after = Snapshot(cards, panels, session, reset, claim, card_at, errors, ())
        verdict = judge(BEFORE, after, 5, named=named, unsent=unsent).verdict
        assert verdict is rule(BEFORE, after, 5, named, unsent), after
        if verdict is not Verdict.UNSURE:
            certain[verdict] += 1
    assert certain == {Verdict.PRINTED: 8, Verdict.UNTOUCHED: 6}


counts = st.none() | st.integers(995, 1012)
places = st.lists(st.sampled_from(PATH), unique=True, max_size=3).map(tuple)
words = st.just(()) | st.just(()) | st.lists(st.sampled_from(["jam", "hardware"]), max_size=2).map(tuple)
rarely = st.sampled_from([False, False, False, True])
snapshots = st.builds(
    Snapshot, counts, counts, st.sampled_from([None, 0, 7, 7, 7, 8]), rarely, rarely, places, words, words
)


@settings(max_examples=2000)
@given(snapshots, snapshots, st.integers(-1, 11), st.booleans(), st.booleans())
def test_no_invented_pair_is_ever_more_certain_than_the_rule(
    before: Snapshot, after: Snapshot, panels: int, named: bool, unsent: bool
) -> None:
    assert judge(before, after, panels, named=named, unsent=unsent).verdict is rule(
        before, after, panels, named, unsent
    )


@settings(max_examples=500)
@given(snapshots, st.integers(1, 11))
def test_a_restart_is_never_certain_of_anything(before: Snapshot, panels: int) -> None:
    for after in (replace(before, reset=True), replace(before, session=0), replace(before, claim=True)):
        for named, unsent in itertools.product((False, True), repeat=2):
            verdict = judge(before, after, panels, named=named, unsent=unsent).verdict
            assert verdict is Verdict.UNSURE


@pytest.mark.parametrize(("now", "staged", "objection"), [
    (BEFORE, False, None),
    (replace(BEFORE, cards=1001, card_at=AT_STATION), True, None),
    (replace(BEFORE, warnings=("cover_open",)), False, None),
    (BEFORE, True, "counter_mismatch"),
    (replace(BEFORE, cards=1001), False, "counter_mismatch"),
    (replace(BEFORE, panels=5001), False, "counter_mismatch"),
    (replace(BEFORE, cards=1001, panels=5001, card_at=AT_STATION), True, "counter_mismatch"),
    (replace(BEFORE, card_at=AT_STATION), True, "counter_mismatch"),
    (replace(BEFORE, cards=1001, card_at=("print",)), True, "card_inside"),
    (replace(BEFORE, card_at=("eject",)), False, "card_inside"),
    (replace(BEFORE, cards=1001, card_at=AT_STATION), False, "card_inside"),
    (replace(BEFORE, reset=True), False, "printer_reset"),
    (replace(BEFORE, session=3), False, "session_lost"),
    (replace(BEFORE, claim=True), False, "claim_stuck"),
    (replace(BEFORE, errors=("head_hot",)), False, "head_hot"),
    (replace(BEFORE, cards=None), False, "counter_missing"),
])  # fmt: skip
def test_a_job_is_sent_only_where_before_still_fits(
    now: Snapshot, staged: bool, objection: str | None
) -> None:
    assert start_objection(BEFORE, now, staged=staged) == objection


def test_a_job_is_never_begun_from_a_before_that_proves_nothing() -> None:
    assert start_objection(replace(BEFORE, reset=True), BEFORE, staged=False) == "bad_before"
    assert (
        start_objection(replace(BEFORE, session=0), replace(BEFORE, session=0), staged=False)
        == "session_lost"
    )


@given(snapshots)
def test_a_snapshot_outlives_the_disk(snapshot: Snapshot) -> None:
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


@pytest.mark.parametrize("broken", [
    {}, {"cards": "1"}, {"cards": True}, {"reset": 0}, {"card_at": "print"}, {"errors": [1]}, {"panels": 1.5},
])  # fmt: skip
def test_what_is_no_snapshot_is_refused(broken: dict[str, object]) -> None:
    told = BEFORE.to_json() | broken if broken else {}
    with pytest.raises(ValueError, match="snapshot"):
        Snapshot.from_json(told)


def test_the_hopper_and_the_feeder_are_not_inside() -> None:
    assert {"hopper", "feeder"} == set(PATH) - INSIDE
