"""Motions that do not simply end well, and wires that go, on a machine of paper."""

import pytest

from drivers.card_printer import Judgement, Verdict
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Unreachable
from tests.unit.drivers.matica.paper import LOAD, MOVE, OUT, PRINT, TRANSFER, Paper, card, driver, reserved

PRINTED = Judgement(Verdict.PRINTED, "evidence")
BUSY, PRINTING, WARMING, STARTED, POWER = 0x0002D300, 0x0002D400, 0x0002DA00, 0x00062800, 0x0002C300


@pytest.mark.parametrize("kind", [LOAD, PRINT, TRANSFER])
@pytest.mark.parametrize("code", [BUSY, PRINTING, WARMING, STARTED])
def test_a_motion_that_says_wait_is_believed_if_the_machine_shows_it(kind: int, code: int) -> None:
    paper = Paper()
    printer, before = reserved(paper)
    paper.answers = {kind: [code]}
    paper.looks = [0, 0, *[PRINTING] * 20]
    judged = printer.print_card(card(), before, staged=False)
    assert judged == (Judgement(Verdict.UNSURE, "printer_reset") if code == STARTED else PRINTED)
    assert paper.said == [0x04028000, 0x0602000F, 0x07020005]


class Breaking(Paper):
    """A machine that breaks off whatever it does, and counts it."""

    def _move(self, command: int) -> None:
        super()._move(command)
        self.errors = (self.errors or 0) + 1


@pytest.mark.parametrize("kind", [LOAD, PRINT, TRANSFER])
def test_one_that_was_broken_off_is_not_believed_whatever_shows(kind: int) -> None:
    paper = Breaking()
    printer, before = reserved(paper)
    paper.answers = {kind: [BUSY]}
    assert printer.print_card(card(), before, staged=False) == Judgement(Verdict.UNSURE, "busy")
    assert paper.said[-1] >> 16 == kind


class Straying(Paper):
    """A machine whose cards end elsewhere than they were sent."""

    def _move(self, command: int) -> None:
        super()._move(command)
        if command >> 16 in (LOAD, MOVE):
            self.at = 1


def test_one_that_ended_elsewhere_is_not_believed() -> None:
    paper = Straying(answers={LOAD: [BUSY]})
    printer, before = reserved(paper)
    assert printer.print_card(card(), before, staged=False) == Judgement(Verdict.UNSURE, "busy")
    assert len(paper.said) == 1


def test_a_card_that_was_not_brought_to_the_station_is_not_staged() -> None:
    paper = Straying()
    printer, _ = reserved(paper)
    with pytest.raises(OutcomeUnknown, match="hardware"):
        printer.stage()
    assert len(paper.said) == 1


@pytest.mark.parametrize("nth", range(4))
def test_a_panel_the_machine_does_not_take_ends_the_card_before_it_moves(nth: int) -> None:
    paper = Paper(refusals=[0] * nth + [0x00052000])
    printer, before = reserved(paper)
    assert printer.print_card(card(), before, staged=False) == Judgement(Verdict.UNSURE, "bad_command")
    assert paper.said == []


def test_a_staged_card_that_would_not_move_is_not_printed() -> None:
    paper = Paper(disobeys=(MOVE,), answers={MOVE: [BUSY]})
    printer, before = reserved(paper)
    printer.stage()
    assert printer.print_card(card(), before, staged=True) == Judgement(Verdict.UNSURE, "busy")
    assert paper.said[-1] == 0x05020000


def test_one_that_never_ends_is_given_up_after_half_a_minute_whatever_shows() -> None:
    paper = Paper(answers={PRINT: [BUSY]})
    printer, before = reserved(paper)
    paper.looks = [0, 0, *[PRINTING] * 400]
    assert printer.print_card(card(), before, staged=False) == Judgement(Verdict.UNSURE, "busy")
    assert paper.said[-1] >> 16 == PRINT
    assert 30_000 <= paper.ms < 40_000


@pytest.mark.parametrize("kind", [LOAD, PRINT, TRANSFER])
def test_one_that_shows_nothing_is_not_said_again_and_the_rest_not_at_all(kind: int) -> None:
    paper = Paper(disobeys=(kind,))
    printer, before = reserved(paper)
    paper.answers = {kind: [BUSY]}
    judged = printer.print_card(card(), before, staged=False)
    assert judged == Judgement(Verdict.UNSURE, "busy")
    assert paper.said == [0x04028000, 0x0602000F, 0x07020005][: len(paper.said)]
    assert paper.said[-1] >> 16 == kind
    assert printer.snapshot().session == 0


@pytest.mark.parametrize(("kind", "code", "word"), [
    (LOAD, 0x00039000, "jam"), (PRINT, 0x0003B200, "ribbon_ended"), (PRINT, 0x0002F400, "head_hot"),
    (TRANSFER, 0x00039300, "jam"), (PRINT, 0x0002D100, "cover_open"), (PRINT, POWER, "power_lost"),
    (TRANSFER, 0x00034400, "hardware"), (PRINT, 0x12345600, "hardware"),
])  # fmt: skip
def test_any_other_answer_ends_the_card_with_its_word_and_the_session_with_it(
    kind: int, code: int, word: str
) -> None:
    paper = Paper()
    printer, before = reserved(paper)
    paper.answers = {kind: [code]}
    assert printer.print_card(card(), before, staged=False) == Judgement(Verdict.UNSURE, word)
    assert paper.said[-1] >> 16 == kind
    paper.at, paper.total, paper.head = OUT, 1001, 4004  # whatever hands may do to it afterwards
    assert printer.judge(before, printer.snapshot(), 4).verdict is Verdict.UNSURE


def test_a_card_that_is_out_is_judged_when_nothing_moves_any_more() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    paper.looks = [0, 0, *[PRINTING] * 20]
    assert printer.print_card(card(), before, staged=False) == PRINTED
    assert paper.looks == []


@pytest.mark.parametrize(("lost", "word"), [(1, "evidence"), (2, "evidence"), (3, "counter_missing")])
def test_a_counter_lost_on_the_way_is_asked_for_again_but_not_for_ever(lost: int, word: str) -> None:
    paper = Paper(deaf_after=lost)
    printer, before = reserved(paper)
    assert printer.print_card(card(), before, staged=False).reason == word


def test_a_restart_seen_at_the_last_look_keeps_a_card_from_being_begun() -> None:
    paper = Paper()
    printer, _ = reserved(paper)
    paper.looks = [STARTED]
    with pytest.raises(Unreachable, match="printer_reset"):
        printer.stage()
    assert paper.said == []


def test_what_lies_at_the_station_after_a_staged_card_is_out_is_not_that_card() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    printer.stage()
    assert printer.print_card(card(), before, staged=True) == PRINTED
    paper.at = 2
    with pytest.raises(NeedsHands, match="card_inside"):
        printer.stage()


def test_a_feeder_that_gave_nothing_leaves_everything_as_it_was() -> None:
    paper = Paper(disobeys=(LOAD,))
    printer, _ = reserved(paper)
    paper.answers = {LOAD: [0x0002D000]}
    with pytest.raises(NeedsHands, match="feeder_empty"):
        printer.stage()
    assert printer.snapshot().session == 777


@pytest.mark.parametrize(("code", "word"), [(0x0002D100, "cover_open"), (0x00039000, "jam")])
def test_a_feed_that_broke_off_empty_is_told_by_what_it_answered(code: int, word: str) -> None:
    paper = Paper(disobeys=(LOAD,), answers={LOAD: [code]})
    printer, _ = reserved(paper)
    with pytest.raises(NeedsHands, match=word):
        printer.stage()
    paper.errors = 8
    assert printer.snapshot().errors == (word,)


def test_a_load_that_broke_off_with_a_card_inside_is_no_longer_ours() -> None:
    paper = Paper()
    printer, _ = reserved(paper)
    paper.answers = {LOAD: [0x00039000]}
    with pytest.raises(OutcomeUnknown, match="jam"):
        printer.stage()
    assert printer.snapshot().session == 0


@pytest.mark.parametrize(("answers", "word"), [([], "hardware"), ([0x00039000], "jam")])
@pytest.mark.parametrize(("drops", "counts"), [(True, True), (False, False)])
def test_an_empty_path_is_no_proof_that_nothing_was_fed_unless_the_counter_says_so(
    answers: list[int], word: str, drops: bool, counts: bool
) -> None:
    """A blank may leave unseen, and where no counter tells, nobody knows; waiting would feed another."""
    paper = Paper(drops=drops, counts=counts, disobeys=() if drops else (LOAD,))
    printer, _ = reserved(paper)
    paper.answers = {LOAD: list(answers)}
    with pytest.raises(OutcomeUnknown, match=word):
        printer.stage()
    assert printer.snapshot().session == 0


def test_a_load_that_says_done_and_shows_no_card_is_not_taken_for_staged() -> None:
    paper = Paper(disobeys=(LOAD,))
    printer, _ = reserved(paper)
    with pytest.raises(NeedsHands, match="hardware"):
        printer.stage()
    assert paper.said == [0x04028002]


def test_with_the_door_open_nothing_is_said_to_a_card_inside() -> None:
    paper = Paper(at=0, standing=0x0002D100)
    with pytest.raises(NeedsHands, match="cover_open"):
        driver(paper).reject()
    assert paper.said == []


@pytest.mark.parametrize(("code", "claim"), [(BUSY, True), (PRINTING, True), (WARMING, False), (0, False)])
def test_a_claim_is_a_motion_under_way(code: int, claim: bool) -> None:
    assert driver(Paper(standing=code)).snapshot().claim is claim


def test_a_jam_that_holds_the_card_needs_hands() -> None:
    paper = Paper(at=0, disobeys=(MOVE,))
    paper.answers = {MOVE: [0x00039300]}
    with pytest.raises(NeedsHands, match="jam"):
        driver(paper).reject()
    assert paper.motions() == [0x05020004]


def test_a_reject_that_says_done_and_shows_the_card_is_not_said_again() -> None:
    paper = Paper(at=0, disobeys=(MOVE,))
    with pytest.raises(OutcomeUnknown, match="card_inside"):
        driver(paper).reject()
    assert paper.motions() == [0x05020004]


# -- the wire goes, at every exchange of a card


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("staged", [False, True], ids=["straight", "staged"])
@pytest.mark.parametrize("duplex", [False, True], ids=["one side", "both"])
def test_wherever_the_wire_goes_nothing_is_said_twice_and_nothing_counts_as_printed(
    duplex: bool, staged: bool, late: bool
) -> None:
    whole = attempt(Paper(), duplex=duplex, staged=staged)
    assert whole[0] == PRINTED
    for cut in range(whole[1].exchanges):
        told, paper = attempt(Paper(breaks_at=cut, late=late), duplex=duplex, staged=staged)
        motions = whole[1].motions()
        assert paper.motions() == motions[: len(paper.motions())]
        if isinstance(told, Judgement) and told.verdict is Verdict.PRINTED:  # a datagram, or before it all
            assert paper.motions() == motions
        if isinstance(told, (Unreachable, NeedsHands)):
            assert paper.uploaded == []


def attempt(paper: Paper, *, duplex: bool, staged: bool) -> tuple[Judgement | DeviceError, Paper]:
    printer = driver(paper)
    try:
        printer.reserve(777)
        before = printer.snapshot()
        if staged:
            printer.stage()
        return printer.print_card(card(duplex=duplex), before, staged=staged), paper
    except DeviceError as error:
        return error, paper
