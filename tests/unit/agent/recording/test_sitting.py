"""The rules of a sitting: tries, the best of them, what is forced, and what a person does not have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.recording import sitting
from agent.recording.sitting import GROUPS, STEPS, Step, Tries, Verdict, told_missing
from domain.packet import FINGERS, IRISES, Missing, Rechecked
from domain.policy import Capture
from drivers.scanner import GROUPS as PRESSES
from drivers.scanner import RIGHT_SLAP, THUMBS, Modality, Sample

RULES = Capture()
PRESS_STEPS = tuple(step for step in STEPS if step in GROUPS)
HAND = st.sampled_from(RIGHT_SLAP)


def sample(part: str, quality: float, record: bytes = b"r") -> Sample:
    return Sample(Modality.FINGER, part, record, quality, b"{}")


def press(tries: Tries, *qualities: float) -> Tries:
    return sitting.taken(tries, [sample(p, q) for p, q in zip(THUMBS, qualities, strict=True)])


def judge(tries: Tries) -> Verdict:
    return sitting.verdict(tries, THUMBS, 40, 3)


def test_a_group_ends_at_once_when_every_part_reaches_its_threshold() -> None:
    assert judge(press(Tries(), 40, 90)) is Verdict.DONE
    assert judge(press(Tries(), 39.9, 90)) is Verdict.AGAIN


def test_the_best_of_each_part_counts_whichever_press_it_came_from() -> None:
    tries = press(press(Tries(), 20, 90), 50, 10)
    assert judge(tries) is Verdict.DONE
    assert [part.quality for part in sitting.kept_parts(Step.THUMBS, tries, THUMBS, 40)] == [50, 90]


def test_after_the_last_try_the_best_is_kept_and_only_what_is_short_is_flagged() -> None:
    tries = press(press(Tries(), 20, 90), 30, 10)
    assert judge(tries) is Verdict.AGAIN
    tries = press(tries, 25, 95)
    assert judge(tries) is Verdict.FORCED
    kept = sitting.kept_parts(Step.THUMBS, tries, THUMBS, 40)
    assert [(part.quality, part.forced, part.attempts) for part in kept] == [(30, True, 3), (95, False, 3)]


def test_somebody_else_s_finger_was_no_try() -> None:
    tries = sitting.thrown_away(press(press(Tries(), 90, 90), 90, 90), {THUMBS[0]})
    assert (tries.made, set(tries.best)) == (0, {THUMBS[1]})
    assert judge(tries) is Verdict.AGAIN


def test_a_photo_before_the_right_colour_beats_a_sharper_one_before_another() -> None:
    face = Sample(Modality.FACE, "", b"sharp", 90, b"{}")
    tries = sitting.taken(Tries(), [face], fits=False)
    assert sitting.verdict(tries, ("",), 9, 3) is Verdict.AGAIN
    tries = sitting.taken(tries, [Sample(Modality.FACE, "", b"dull", 10, b"{}")])
    assert sitting.verdict(tries, ("",), 9, 3) is Verdict.DONE
    (kept,) = sitting.kept_parts(Step.PHOTO, tries, ("",), 9)
    assert (kept.record, kept.forced) == (b"dull", False)
    for _ in range(3):
        tries = sitting.taken(Tries(2), [face], fits=False)
    (kept,) = sitting.kept_parts(Step.PHOTO, tries, ("",), 9)
    assert kept.forced


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=8))
def test_whatever_is_pressed_the_best_is_kept_and_the_tries_are_bounded(
    presses: list[tuple[float, float]],
) -> None:
    tries, made = Tries(), 0
    for qualities in presses:
        tries, made = press(tries, *qualities), made + 1
        if judge(tries) is not Verdict.AGAIN:
            break
    assert made <= 3
    best = [max(each[n] for each in presses[:made]) for n in range(2)]
    kept = sitting.kept_parts(Step.THUMBS, tries, THUMBS, 40)
    assert [part.quality for part in kept] == best
    assert [part.forced for part in kept] == [quality < 40 for quality in best]
    if judge(tries) is Verdict.DONE:
        assert min(best) >= 40


def test_the_presses_are_those_that_scanners_take() -> None:
    known = {(str(modality), parts) for modality, parts in PRESSES}
    told = {(str(g.modality), g.parts if g.modality is not Modality.FACE else ()) for g in GROUPS.values()}
    assert told == known


@given(st.sets(st.sampled_from((*FINGERS, *IRISES))))
def test_whoever_lacks_parts_is_asked_for_the_others_and_for_nothing_else(gone: set[str]) -> None:
    missing = tuple(Missing(part, True) for part in gone)
    parts = []
    for step in PRESS_STEPS:
        if sitting.needed(step, missing):
            wanted = sitting.wanted(step, missing, RULES, 10_000)
            if wanted.modality is not Modality.FACE:
                assert set(wanted.parts) | set(wanted.missing) == set(GROUPS[step].parts)
                assert wanted.parts
            parts += [
                (GROUPS[step].kept_as, part) for part in (wanted.parts or sitting.present(step, missing))
            ]
    held = tuple(
        sitting.kept_parts(step, sitting.taken(Tries(), [sample(part, 99)]), (part,), 0)[0]
        for step in PRESS_STEPS
        for part in (sitting.present(step, missing) if sitting.needed(step, missing) else ())
    )
    assert {(part.modality, part.part) for part in held} == set(parts)
    assert sitting.lacking(held, missing) == ()
    for n in range(len(held)):
        assert sitting.lacking(held[:n] + held[n + 1 :], missing)


def test_an_exception_photo_names_the_missing_fingers_and_no_eye() -> None:
    missing = (Missing("Left Thumb", True), Missing("Right", False))
    assert sitting.wanted(Step.EXCEPTION_PHOTO, missing, RULES, 5).missing == ("Left Thumb",)
    assert not sitting.needed(Step.EXCEPTION_PHOTO, (Missing("Right", False),))


def test_missing_parts_are_told_in_words_and_the_later_word_stands() -> None:
    first, again = told_missing("Left LittleFinger:permanent"), told_missing("Left LittleFinger:temporary")
    assert sitting.with_missing((first,), (again, told_missing("Right:temporary"))) == (
        Missing("Left LittleFinger", False),
        Missing("Right", False),
    )
    for wrong in ("Left LittleFinger", "Left Toe:permanent", "Left LittleFinger:gone", ""):
        with pytest.raises(ValueError, match="is told as"):
            told_missing(wrong)


@pytest.mark.parametrize(
    ("answers", "came_to"),
    [
        (["match", "match"], Rechecked.MATCH),
        (["match"], Rechecked.MATCH),
        (["match", "mismatch"], Rechecked.MISMATCH),
        (["unable", "mismatch"], Rechecked.MISMATCH),
        (["match", "unable"], Rechecked.UNABLE),
        ([], Rechecked.UNABLE),
    ],
)
def test_one_other_person_s_finger_speaks_for_both(answers: list[str], came_to: Rechecked) -> None:
    assert sitting.rechecked(dict(enumerate(answers))) is came_to  # type: ignore[arg-type]


def test_thresholds_are_the_policy_s() -> None:
    rules = Capture(slaps=1, thumbs=2, irises=3, face=4)
    assert [sitting.threshold(step, rules) for step in PRESS_STEPS] == [4, 1, 1, 2, 3, 4]
