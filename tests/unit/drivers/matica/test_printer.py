"""The printer's decisions on a machine of paper: what is said, what never again, and what it is taken for."""

from dataclasses import replace

import pytest

from drivers.card_printer import Artefact, Judgement, Verdict
from drivers.errors import NeedsHands, Refused, Unreachable
from tests.unit.drivers.matica.paper import OUT, Paper, card, driver, reserved

PRINTED = Judgement(Verdict.PRINTED, "evidence")
BUSY, PRINTING, WARMING, STARTING, STARTED, POWER = (
    0x0002D300, 0x0002D400, 0x0002DA00, 0x0002DB00, 0x00062800, 0x0002C300,
)  # fmt: skip


def test_a_card_is_load_print_transfer_each_said_once() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    assert printer.print_card(card(), before, staged=False) == PRINTED
    assert paper.said == [0x04028000, 0x0602000F, 0x07020005]
    assert paper.uploaded == [1, 2, 4, 8]


def test_a_staged_card_is_let_go_and_moved_never_loaded_again() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    printer.stage()
    printer.stage()
    assert paper.said == [0x04028002, 0x0A021000]
    assert printer.print_card(card(), before, staged=True) == PRINTED
    assert paper.said[2:] == [0x0A025000, 0x05020000, 0x0602000F, 0x07020005]


def test_both_sides_turn_the_card_in_the_first_transfer() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    assert printer.print_card(card(duplex=True), before, staged=False) == PRINTED
    assert paper.said == [0x04028000, 0x0602000F, 0x07021000, 0x0602000F, 0x07020005]
    assert paper.uploaded == [1, 2, 4, 8] * 2


# -- what stands for a reservation


def test_a_session_is_a_number_on_one_holding_of_the_wire() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    assert before.session == 777
    paper.close()
    with pytest.raises(Unreachable):
        printer.snapshot()
    assert printer.snapshot().session == 0
    printer.renew(777)
    assert printer.snapshot().session == 0
    printer.reserve(777)
    assert printer.snapshot().session == 777
    assert paper.connections == 2


def test_another_session_is_told_that_it_is_busy_until_the_first_is_given_back() -> None:
    printer, _ = reserved(Paper())
    with pytest.raises(Unreachable, match="busy"):
        printer.reserve(778)
    printer.release()
    printer.reserve(778)
    assert printer.snapshot().session == 778


@pytest.mark.parametrize("code", [BUSY, PRINTING, STARTING])
def test_what_moves_or_begins_is_not_reserved(code: int) -> None:
    paper = Paper(standing=code)
    with pytest.raises(Unreachable, match="busy"):
        driver(paper).reserve(777)


@pytest.mark.parametrize("session", [0, 2, 65_536])
def test_a_session_has_a_number_like_everybody_s(session: int) -> None:
    with pytest.raises(ValueError, match="session"):
        driver(Paper()).reserve(session)


def test_having_started_up_is_told_once_and_kept_until_the_next_reservation() -> None:
    paper = Paper(looks=[STARTED])
    printer = driver(paper)
    assert printer.snapshot().reset
    assert printer.snapshot().reset
    printer.reserve(777)
    assert not printer.snapshot().reset


def test_a_loss_of_power_is_a_restart_and_an_error() -> None:
    paper = Paper(standing=POWER, at=0)
    seen = driver(paper).snapshot()
    assert (seen.reset, seen.errors, seen.card_at) == (True, ("power_lost",), ("print",))
    assert driver(paper).status().state == "error"


# -- a card found inside is never printed on


def test_a_card_found_inside_is_neither_staged_nor_printed_on() -> None:
    paper = Paper(at=2)
    printer, before = reserved(paper)
    with pytest.raises(NeedsHands, match="card_inside"):
        printer.stage()
    fitting = replace(before, cards=999, card_at=())
    for staged in (False, True):
        judged = printer.print_card(card(), fitting, staged=staged)
        assert judged == Judgement(Verdict.UNSURE, "card_inside")
    assert (paper.said, paper.uploaded) == ([], [])


def test_a_card_staged_on_a_wire_that_was_lost_is_one_found_inside() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    printer.stage()
    paper.close()
    with pytest.raises(Unreachable):
        printer.snapshot()
    printer.reserve(777)
    assert printer.print_card(card(), before, staged=True) == Judgement(Verdict.UNSURE, "card_inside")
    with pytest.raises(NeedsHands, match="card_inside"):
        printer.stage()
    printer.reject()
    assert (paper.at, paper.said[2:]) == (OUT, [0x0A025000, 0x05020004])
    assert paper.uploaded == []


def test_without_its_session_a_staged_card_is_not_taken_for_staged() -> None:
    paper = Paper()
    printer, _ = reserved(paper)
    printer.stage()
    paper.close()
    assert printer.status().state == "offline"
    assert printer.status().card_at == ("contactless",)
    with pytest.raises(NeedsHands, match="card_inside"):
        printer.stage()
    assert len(paper.motions()) == 1


def test_a_staged_card_that_hands_have_moved_is_no_longer_ours() -> None:
    paper = Paper()
    printer, _ = reserved(paper)
    printer.stage()
    paper.at = 0
    with pytest.raises(NeedsHands, match="card_inside"):
        printer.stage()
    assert printer.snapshot().session == 0


def test_rejecting_ends_the_session_for_a_card_thrown_away_must_not_count_as_printed() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    printer.stage()
    paper.head += 4
    printer.reject()
    after = printer.snapshot()
    assert (after.cards, after.panels, after.card_at) == (1001, 4004, ())
    assert printer.judge(before, after, 4).verdict is Verdict.UNSURE


def test_with_nothing_inside_rejecting_says_nothing() -> None:
    paper = Paper()
    driver(paper).reject()
    assert paper.said == []


# -- before anything moves


@pytest.mark.parametrize(("code", "word"), [
    (0x0002D000, "feeder_empty"), (0x0002D100, "cover_open"), (0x0003B200, "ribbon_ended"),
    (0x0003B100, "no_ribbon"),
])  # fmt: skip
def test_what_waits_for_hands_is_told_before_anything_is_said(code: int, word: str) -> None:
    paper = Paper()
    printer, before = reserved(paper)
    paper.standing = code
    assert printer.status().state == "needs_hands"
    for attempt in (printer.stage, lambda: printer.print_card(card(), before, staged=False)):
        with pytest.raises(NeedsHands, match=word):
            attempt()
    assert (paper.said, paper.uploaded) == ([], [])


def test_warming_is_busy_and_waited_for_before_a_card() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    paper.looks = [WARMING] * 400
    assert printer.status().state == "busy"
    assert not printer.snapshot().claim
    assert printer.print_card(card(), before, staged=False) == PRINTED
    assert 100_000 < paper.ms < 300_000


def test_warming_without_end_is_busy_and_nothing_was_said() -> None:
    paper = Paper()
    printer, before = reserved(paper)
    paper.standing = WARMING
    with pytest.raises(Unreachable, match="busy"):
        printer.print_card(card(), before, staged=False)
    assert (paper.said, paper.uploaded) == ([], [])
    assert 300_000 <= paper.ms < 310_000


def test_without_a_session_nothing_is_begun() -> None:
    paper = Paper()
    with pytest.raises(Unreachable, match="session_lost"):
        driver(paper).stage()
    assert paper.said == []


@pytest.mark.parametrize("artefact", [
    Artefact(b"", 4, ""), Artefact(b"\x1bPsync;1;0\r", 4, ""), replace(card(), panels=3),
    replace(card(), job=card().job[:-1]), replace(card(), job=card().job + b"y"),
])  # fmt: skip
def test_a_card_of_another_family_is_refused(artefact: Artefact) -> None:
    paper = Paper()
    printer, before = reserved(paper)
    with pytest.raises(Refused):
        printer.print_card(artefact, before, staged=False)
    assert (paper.said, paper.uploaded) == ([], [])


# -- counters


def test_what_was_broken_off_shows_until_the_next_reservation() -> None:
    paper = Paper()
    printer, _ = reserved(paper)
    paper.errors = 8
    assert printer.snapshot().errors == ("hardware",)
    printer.reserve(777)
    assert printer.snapshot().errors == ()


def test_without_the_error_counter_no_panel_is_counted() -> None:
    paper = Paper(errors=None)
    printer, before = reserved(paper)
    assert (before.cards, before.panels) == (1000, None)
    paper.errors = 7  # it answers again, but what it was at first nobody knows
    assert printer.snapshot().panels is None
    assert printer.print_card(card(), before, staged=False).reason == "counter_missing"
    assert paper.said == []


def test_a_card_too_many_or_a_panel_too_few_is_unsure() -> None:
    for total, head in ((1, 0), (0, -1), (0, 1), (-1, 0)):
        paper = Paper()
        printer, before = reserved(paper)
        changed = replace(before, cards=(before.cards or 0) - total, panels=(before.panels or 0) - head)
        assert printer.print_card(card(), changed, staged=False).reason == "counter_mismatch"
        assert paper.said == []


def test_care_tells_supplies_and_settings() -> None:
    told = driver(Paper()).care()
    assert (told.ribbon_left, told.film_left, told.since_cleaning, told.hot) == (200, 100, 55, False)
    assert told.settings == (("tag 20h", "01"), ("tag 21h", "02"))
    assert driver(Paper(standing=0x0002C200)).care().hot


@pytest.mark.parametrize(("ink", "ribbon"), [(0, "ymck"), (4, "ymckk"), (5, "ymcku"), (255, None), (1, None)])
def test_the_ribbon_is_known_by_its_number(ink: int, ribbon: str | None) -> None:
    told = driver(Paper(ink=ink)).identify()
    assert (told.model, told.serial, told.firmware, told.ribbon) == ("XID8600", "PAPER001", "1.0", ribbon)
    assert (told.duplex, told.contactless, told.proves) == (True, True, True)


def test_finish_only_waits() -> None:
    paper = Paper(looks=[PRINTING] * 10)
    driver(paper).finish()
    assert paper.said == []
    assert paper.looks == []
