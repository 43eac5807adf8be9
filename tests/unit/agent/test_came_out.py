"""A card that came out: verified by who holds it, or written off with a reason and before enough people."""

from __future__ import annotations

from typing import Any

import pytest

from agent.actions import ACTIONS
from agent.config import Config
from agent.printing import jobs, tagging
from agent.printing.states import Event, State
from agent.stock import blanks
from agent.trouble import Trouble
from domain.accounts import Place
from domain.words import SENTENCES, RefusedByRule
from drivers.errors import OutcomeUnknown
from tests.unit.agent.office import ORDER, Office, picture, raise_once
from tests.unit.agent.paper import Paper

CONFIG, JOB, BLANK, DAY_MS = Config("64.11", 1), f"{ORDER}-1", "040001", 86_400_000
TAG = tagging.told(tagging.tag_of(JOB, picture(ORDER)))
OTHERS = tagging.told(tagging.tag_of("20200512-000009-1", picture(ORDER)))


def ask(office: Office, action: str, **args: Any) -> dict[str, Any]:
    return ACTIONS[action](office.journal, CONFIG, args)


def refusal(office: Office, action: str, **args: Any) -> str:
    before = office.journal.head()
    with pytest.raises(RefusedByRule) as refused:
        ask(office, action, **args)
    assert office.journal.head() == before, "a refusal writes nothing"
    assert refused.value.word in SENTENCES
    return refused.value.word


@pytest.fixture
def printed(office: Office) -> Office:
    office.take()
    office.turns()
    assert office.job(JOB).state is State.PRINTED
    return office


# -- verifying


def test_a_card_in_hand_is_verified_and_ready_in_one_go_each_with_its_line(printed: Office) -> None:
    told = ask(printed, "verify", job=JOB, card=BLANK.lower(), tag=TAG, shelf="A-12", by="ani")
    assert told == {"job": JOB, "state": "ready", "blank": BLANK, "shelf": "A-12"}
    verified, ready = printed.journal.entries(0, 999)[-2:]
    assert (verified.event, ready.event, verified.at_ms) == ("verified", "ready", ready.at_ms)
    assert (verified.body["by"], verified.body["witness"]) == ("ani", "chip")
    assert ready.body == {"order": ORDER, "kind": "ktp", "blank": BLANK, "shelf": "A-12"}
    assert (printed.job(JOB).shelf, printed.job(JOB).next_step) == ("A-12", "hand_over")


def test_a_card_that_was_scanned_needs_no_chip(printed: Office) -> None:
    ask(printed, "verify", job=JOB, card=BLANK)
    verified, ready = printed.journal.entries(0, 999)[-2:]
    assert (verified.body["by"], verified.body["witness"], ready.body["shelf"]) == ("clerk", "clerk", "")


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"card": "040002", "tag": TAG}, "WRONG_BLANK"),
        ({"card": "040002", "tag": OTHERS}, "WRONG_BLANK"),
        ({"card": BLANK, "tag": OTHERS}, "CHIP_OTHER"),
        ({"card": BLANK, "tag": "torn"}, "CHIP_OTHER"),
        ({"card": BLANK, "tag": ""}, "CHIP_OTHER"),  # ours was written to it and read back
        ({"card": BLANK, "job": "20200512-000009-1"}, "UNKNOWN_JOB"),
    ],
)
def test_only_the_job_s_own_card_is_verified(printed: Office, said: dict[str, str], word: str) -> None:
    assert refusal(printed, "verify", **{"job": JOB, **said}) == word
    assert printed.job(JOB).state is State.PRINTED


def test_the_same_attempt_with_another_picture_is_another_tag(printed: Office) -> None:
    other = tagging.told(tagging.tag_of(JOB, picture("of somebody else")))
    assert refusal(printed, "verify", job=JOB, card=BLANK, tag=other) == "CHIP_OTHER"


def test_a_card_that_cannot_bear_a_tag_is_verified_without(office: Office, world: Paper) -> None:
    world.feeder[0].offers = False
    office.take()
    office.turns()
    assert ask(office, "verify", job=JOB, card=BLANK, tag="")["state"] == "ready"


def test_only_a_printed_card_is_verified_and_only_once(printed: Office) -> None:
    ask(printed, "verify", job=JOB, card=BLANK)
    assert refusal(printed, "verify", job=JOB, card=BLANK) == "NOT_PRINTED"
    queued = printed.take("20200512-000002", 0)
    assert refusal(printed, "verify", job=queued, card="040002") == "NOT_PRINTED"


def test_the_same_asking_twice_is_answered_twice_and_done_once(printed: Office) -> None:
    said = {"job": JOB, "card": BLANK, "shelf": "B", "request": "r-1"}
    first = ask(printed, "verify", **said)
    assert ask(printed, "verify", **said) == first
    assert printed.events("ready") == ["ready"]


def test_a_shelf_is_a_name_and_a_person_a_staff_mark(printed: Office) -> None:
    with pytest.raises(Trouble):
        ask(printed, "verify", job=JOB, card=BLANK, shelf="by the window; second row")
    with pytest.raises(Trouble):
        ask(printed, "verify", job=JOB, card=BLANK, by="6402010101909001")


# -- writing off


@pytest.mark.parametrize("until", ["printed", "ready"])
def test_a_spoiled_card_makes_its_order_wait_for_another_one(
    printed: Office, world: Paper, until: str
) -> None:
    if until == "ready":
        ask(printed, "verify", job=JOB, card=BLANK)
    assert printed.take(blanks_count=0) == JOB, "no second card without a spoiled one"
    told = ask(printed, "write-off", job=JOB, outcome="spoil", blank=BLANK, reason="smeared", by="ani")
    assert told == {"job": JOB, "state": "spoiled"}
    again = printed.take(blanks_count=0)
    assert again == f"{ORDER}-2"
    printed.turns()
    assert printed.job(again).state is State.PRINTED
    ledger = blanks.fold(printed.journal)
    assert (ledger.names("ktp", Place.SPOILED), ledger.names("ktp", Place.CARD)) == ([BLANK], ["040002"])
    assert not ledger.account("ktp")["unaccounted"]


def test_a_lost_card_ends_its_order_here(printed: Office) -> None:
    ask(printed, "write-off", job=JOB, outcome="lose", blank=BLANK, reason="missing", by="ani", second="budi")
    lost = printed.journal.entries(0, 999)[-1]
    assert (lost.event, lost.body["by"], lost.body["second"]) == ("lost", "ani", "budi")
    with pytest.raises(RefusedByRule, match="printed, lost"):
        printed.take(blanks_count=0)


@pytest.mark.parametrize("outcome", ["spoil", "lose"])
def test_whoever_writes_off_names_the_card_and_says_why(printed: Office, outcome: str) -> None:
    assert refusal(printed, "write-off", job=JOB, outcome=outcome, blank=BLANK) == "REASON_NEEDED"
    said = {"job": JOB, "outcome": outcome, "reason": "smeared"}
    assert refusal(printed, "write-off", blank="040002", **said) == "WRONG_BLANK"
    assert refusal(printed, "write-off", blank=BLANK, **{**said, "job": "x-1"}) == "UNKNOWN_JOB"


@pytest.mark.parametrize("state", [State.QUEUED, State.UNSURE, State.SPOILED, State.HANDED_OVER])
def test_only_a_card_that_is_in_the_office_is_written_off_so(
    office: Office, world: Paper, state: State
) -> None:
    job = office.take()
    if state is not State.QUEUED:
        if state is not State.HANDED_OVER:
            raise_once(world, "panel 1", OutcomeUnknown("link_lost"))
        office.turns()
    if state is State.SPOILED:
        office.settle_by_hand()
    if state is State.HANDED_OVER:
        ask(office, "verify", job=job, card=BLANK)
        body = dict.fromkeys(("channel", "chip", "finger", "old", "exception", "second", "proof"))
        office.journal.write(lambda tx: jobs.move(tx, job, Event.HANDED_OVER, {"blank": BLANK, **body}))
    assert office.job(job).state is state
    said = {"job": job, "blank": BLANK, "reason": "smeared"}
    assert refusal(office, "write-off", outcome="spoil", **said) == "NOT_IN_HAND"
    assert refusal(office, "write-off", outcome="lose", **said) == "NOT_IN_HAND"


# -- the second person


def spoil(office: Office, number: int, **more: Any) -> dict[str, Any]:
    """One more card that came out and is bad."""
    job = office.take(f"20200512-{number:06}", 1)
    if not office.world.feeder:
        office.world.feeder.extend(Paper(20).feeder[len(office.world.output) :])
    office.turns()
    blank = office.job(job).blank
    return ask(office, "write-off", job=job, outcome="spoil", blank=blank, reason="smeared", **more)


def test_above_the_day_s_limit_a_second_person_is_needed_and_another_one(office: Office) -> None:
    for number in range(1, 6):
        spoil(office, number, by="ani")
    with pytest.raises(RefusedByRule) as alone:
        spoil(office, 6, by="ani")
    assert alone.value.word == "SECOND_NEEDED"
    said = {
        "job": "20200512-000006-1",
        "outcome": "spoil",
        "blank": "040006",
        "reason": "smeared",
        "by": "ani",
    }
    assert refusal(office, "write-off", second="ani", **said) == "SECOND_IS_FIRST"
    assert ask(office, "write-off", second="budi", **said)["state"] == "spoiled"
    assert office.journal.entries(0, 999)[-1].body["second"] == "budi"


def test_the_limit_begins_anew_at_midnight_wita(office: Office) -> None:
    for number in range(1, 6):
        spoil(office, number)
    office.world.wait(DAY_MS)
    assert spoil(office, 6)["state"] == "spoiled"


def unsure(office: Office, number: int) -> str:
    """One more unsure job with its card in the reject tray."""
    job = office.take(f"20200512-{number:06}", 1)
    raise_once(office.world, "panel 1", OutcomeUnknown("link_lost"))
    office.turns()
    assert office.job(job).state is State.UNSURE
    return job


def test_settling_counts_towards_the_same_limit(office: Office) -> None:
    said = {"outcome": "lost", "reason": "missing", "by": "ani"}
    first = unsure(office, 1)
    assert refusal(office, "resolve", job=first, outcome="lost", blank=BLANK) == "REASON_NEEDED"
    assert ask(office, "resolve", job=first, blank=BLANK, **said)["state"] == "lost", "one a day alone"
    second = unsure(office, 2)
    assert refusal(office, "resolve", job=second, blank="040002", **said) == "SECOND_NEEDED"
    assert refusal(office, "resolve", job=second, blank="040002", second="ani", **said) == "SECOND_IS_FIRST"
    assert ask(office, "resolve", job=second, blank="040002", second="budi", **said)["state"] == "lost"


def test_an_unsure_job_that_is_spoiled_keeps_why_it_was_unsure(office: Office) -> None:
    job = unsure(office, 1)
    ask(office, "resolve", job=job, outcome="spoiled", blank=BLANK, by="ani")
    told = office.journal.entries(0, 999)[-1].body
    assert (told["reason"], told["by"]) == (office.job(job).cause, "ani") and told["reason"]


def test_what_is_found_untouched_needs_nobody_else(office: Office) -> None:
    for number in range(1, 6):
        spoil(office, number)
    job = unsure(office, 6)
    blank = office.job(job).blank
    assert ask(office, "resolve", job=job, outcome="came_out", blank=blank, by="ani")["state"] == "printed"
    assert office.journal.entries(0, 999)[-1].body["by"] == "ani"
