"""The host's procedure where it goes wrong: which error at which line, and nothing said twice."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card_printer import Judgement, Snapshot, Verdict
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable
from tests.unit.drivers.evolis.scripted import (
    AT_PRINT,
    CARD,
    CLAIM,
    OURS,
    OWN_WILL,
    RESET,
    STATION,
    Answer,
    Script,
    reply,
    script,
    text,
    usual,
)  # fmt: skip

BEFORE = Snapshot(1000, 5000, OURS, False, False, (), (), ())
GARBAGE = b"\xff\xfe no end"


def printed(**answers: list[Answer]) -> Script:
    """A card's whole way: four looks before the job (snapshot, charge, hold), CLAIM, then done."""
    way: dict[str, list[Answer]] = {
        "poll": [reply(), reply(), reply(), reply("", CLAIM), reply("", CLAIM), reply()],
        "cards": [text("1000"), text("1001")],
        "panels": [text("5000"), text("5005")],
    }
    return script(**(way | answers))


def test_a_card_is_printed_with_one_job_and_one_closing() -> None:
    wire = printed()
    assert wire.printer().print_card(CARD, BEFORE, staged=False) == Judgement(Verdict.PRINTED, "evidence")
    assert (wire.count("job"), wire.count("Pcla")) == (1, 1)
    assert wire.said.index("job") < wire.said.index("Pcla;0")


@pytest.mark.parametrize(("error", "kind"), [
    (Unreachable("refused_connection"), Unreachable), (OutcomeUnknown("unplugged"), OutcomeUnknown),
])  # fmt: skip
def test_the_wires_word_about_the_job_is_the_drivers(error: Exception, kind: type[DeviceError]) -> None:
    wire = printed(job=[error])
    with pytest.raises(kind):
        wire.printer().print_card(CARD, BEFORE, staged=False)
    assert wire.count("job") == 1
    assert wire.said[-1] == "job"


def test_a_garbled_answer_to_the_job_is_settled_by_watching() -> None:
    wire = printed(job=[GARBAGE])
    assert wire.printer().print_card(CARD, BEFORE, staged=False).verdict is Verdict.PRINTED
    assert wire.count("job") == 1


def test_a_claim_that_never_shows_is_unsure() -> None:
    wire = printed(job=[reply("ERROR CDE")], poll=[reply()])
    judged = wire.printer().print_card(CARD, BEFORE, staged=False)
    assert judged == Judgement(Verdict.UNSURE, "claim_never_seen")
    assert (wire.count("job"), wire.count("Pcla")) == (1, 0)
    assert 10_000 <= wire.ms < 11_000


def test_a_claim_that_never_clears_is_unsure_after_five_minutes() -> None:
    wire = printed(poll=[reply(), reply(), reply(), reply("", CLAIM)])
    judged = wire.printer().print_card(CARD, BEFORE, staged=False)
    assert judged == Judgement(Verdict.UNSURE, "claim_stuck")
    assert 300_000 <= wire.ms < 310_000


def test_a_restart_in_between_is_unsure_though_claim_and_errors_are_gone() -> None:
    wire = printed(poll=[reply(), reply(), reply(), reply("", CLAIM), reply("", RESET, session=0)])
    judged = wire.printer().print_card(CARD, BEFORE, staged=False)
    assert judged == Judgement(Verdict.UNSURE, "printer_reset")


def test_an_error_is_waited_for_no_longer_than_needed() -> None:
    broken = reply("", CLAIM | AT_PRINT, error=0x0100_0000)
    wire = printed(poll=[reply(), reply(), reply(), broken])
    assert wire.printer().print_card(CARD, BEFORE, staged=False) == Judgement(Verdict.UNSURE, "jam")
    assert wire.ms < 10_000


def test_silence_while_watching_is_borne_and_then_the_outcome_is_unknown() -> None:
    quiet = [reply(), reply(), reply(), reply("", CLAIM)]
    wire = printed(poll=[*quiet, *[Unreachable("no_answer")] * 20, GARBAGE, reply()])
    assert wire.printer().print_card(CARD, BEFORE, staged=False).verdict is Verdict.PRINTED
    wire = printed(poll=[*quiet, Unreachable("unplugged")])
    with pytest.raises(OutcomeUnknown) as caught:
        wire.printer().print_card(CARD, BEFORE, staged=False)
    assert caught.value.cause == "unplugged"
    assert 30_000 <= wire.ms < 31_000


def test_a_closing_that_got_lost_is_said_again_and_the_job_is_not() -> None:
    wire = printed(Pcla=[Unreachable("no_answer"), OutcomeUnknown("link_lost"), GARBAGE, text("OK")])
    assert wire.printer().print_card(CARD, BEFORE, staged=False).verdict is Verdict.PRINTED
    assert (wire.count("Pcla"), wire.count("job")) == (4, 1)


@pytest.mark.parametrize(("cards", "reason"), [("1000", "counter_mismatch"), ("ERR", "counter_missing")])
def test_a_counter_that_lags_or_is_mute_means_unsure(cards: str, reason: str) -> None:
    wire = printed(cards=[text("1000"), text(cards)])
    assert wire.printer().print_card(CARD, BEFORE, staged=False) == Judgement(Verdict.UNSURE, reason)


@pytest.mark.parametrize(("before", "poll", "reason"), [
    (replace(BEFORE, cards=999), reply(), "counter_mismatch"),
    (BEFORE, reply("", RESET), "printer_reset"),
    (BEFORE, reply(session=0), "session_lost"),
    (BEFORE, reply("", AT_PRINT), "card_inside"),
    (BEFORE, reply(error=0x0800_0000), "feeder_fault"),
])  # fmt: skip
def test_a_before_that_no_longer_fits_sends_nothing(before: Snapshot, poll: bytes, reason: str) -> None:
    wire = script(poll=[poll])
    judged = wire.printer().print_card(CARD, before, staged=False)
    assert judged == Judgement(Verdict.UNSURE, reason)
    assert wire.count("job") == 0


@pytest.mark.parametrize(("warning", "cause"), [(0x0002_0000, "cover_open"), (0x0001_0000, "no_ribbon")])
def test_a_warning_needs_hands_and_sends_nothing(warning: int, cause: str) -> None:
    wire = script(poll=[reply(warning=warning)])
    with pytest.raises(NeedsHands) as caught:
        wire.printer().print_card(CARD, BEFORE, staged=False)
    assert (caught.value.cause, wire.count("job")) == (cause, 0)


def test_the_last_blank_at_the_station_is_printed_although_the_feeder_is_empty() -> None:
    empty = 0x0100_0000
    there = reply("", STATION, warning=empty)
    wire = printed(
        poll=[there, there, there, reply("", CLAIM, warning=empty), reply(warning=empty)],
        cards=[text("1001")],
    )
    assert wire.printer().print_card(CARD, BEFORE, staged=True).verdict is Verdict.PRINTED
    wire = script(poll=[reply(warning=empty)])
    with pytest.raises(NeedsHands):
        wire.printer().print_card(CARD, BEFORE, staged=False)


def test_a_printer_that_would_print_again_by_itself_gets_no_job() -> None:
    wire = script(poll=[reply("", OWN_WILL)])
    with pytest.raises(Refused):
        wire.printer().print_card(CARD, BEFORE, staged=False)
    assert wire.count("job") == 0


def test_a_reservation_that_goes_to_another_at_the_last_moment_sends_nothing() -> None:
    wire = script(poll=[reply(), reply(), reply(session=9)])
    with pytest.raises(Unreachable) as caught:
        wire.printer().print_card(CARD, BEFORE, staged=False)
    assert (caught.value.cause, wire.count("job")) == ("busy", 0)


def test_the_reservation_is_renewed_under_a_slow_card() -> None:
    wire = printed(poll=[reply(session=0), *[reply()] * 5, *[reply("", CLAIM)] * 600, reply()])
    printer = wire.printer()
    printer.reserve(OURS)
    before_job = wire.count("Psid")
    assert printer.print_card(CARD, BEFORE, staged=False).verdict is Verdict.PRINTED
    assert wire.count("Psid") - before_job == 1 + wire.ms // 60_000


@settings(max_examples=300)
@given(
    st.lists(st.binary(max_size=40) | st.sampled_from([reply(), reply("OK", CLAIM)]), min_size=1, max_size=12)
)
def test_noise_never_makes_a_card_printed(noise: list[bytes]) -> None:
    wire = Script(usual() | {"": [reply(), *noise], "job": list(noise)})
    try:
        judged = wire.printer().print_card(CARD, BEFORE, staged=False)
    except DeviceError:
        return
    assert judged.verdict is Verdict.UNSURE
    assert wire.count("job") <= 1
