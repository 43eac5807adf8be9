"""What a person may ask: print, settle, cancel; refused by the right word and without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.actions import ACTIONS
from agent.config import Config
from agent.printing import jobs
from agent.printing.states import Event
from agent.stock import blanks
from agent.store.journal import Journal
from agent.trouble import Trouble
from domain.words import SENTENCES, RefusedByRule
from tests.unit.agent.stations import Province, events, make_home, open_at, take

CHIP = Config("64.11", 1, printer="evolis+tcp://127.0.0.1:9", chip="vpcd://127.0.0.1:9")
NO_CHIP = Config("64.11", 1, printer="evolis+tcp://127.0.0.1:9")
FEED = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}
PRINT = {**FEED, "panels": 5, "artefact": "aa"}


@pytest.fixture
def journal(tmp_path: Path, province: Province) -> Iterator[Journal]:
    made = open_at(make_home(tmp_path / "home", province))
    take(made, province, *(province.order(f"O-{n}") for n in (1, 2, 3)))
    made.write(lambda tx: blanks.receive(tx, "C-1", "ktp", ["0401", "0402"], 2))
    yield made
    made.close()


def act(journal: Journal, action: str, config: Config = CHIP, **args: Any) -> dict[str, Any]:
    return ACTIONS[action](journal, config, args)


def word(journal: Journal, action: str, config: Config = CHIP, **args: Any) -> str:
    before = events(journal)
    with pytest.raises(RefusedByRule) as refused:
        act(journal, action, config, **args)
    assert events(journal) == before
    assert refused.value.word in SENTENCES
    return refused.value.word


def unsure(journal: Journal, blank: str | None = "0401", *, intended: bool = True) -> str:
    job = str(act(journal, "print", order="O-1")["job"])

    def work(tx: Any) -> None:
        jobs.move(tx, job, Event.FEED_INTENDED, FEED)
        if blank:
            jobs.move(tx, job, Event.STAGED, {"blank": blank, "witness": "chip"})
        if blank and intended:
            jobs.move(tx, job, Event.PRINT_INTENDED, {"blank": blank, **PRINT})
        jobs.move(tx, job, Event.UNSURE, {"cause": "power_lost", "blank": blank})

    journal.write(work)
    return job


def test_next_takes_the_waiting_orders_and_order_takes_that_one(journal: Journal) -> None:
    assert act(journal, "print", next=2)["jobs"] == [
        {"job": "O-1-1", "order": "O-1", "state": "queued"},
        {"job": "O-2-1", "order": "O-2", "state": "queued"},
    ]
    one = act(journal, "print", order="O-3")
    assert (one["job"], one["state"]) == ("O-3-1", "queued")
    assert act(journal, "print", order="O-3") == one
    assert act(journal, "print", next=5) == {"jobs": []}


def test_whoever_asks_for_one_or_for_more_finds_a_job_and_its_state_on_top(journal: Journal) -> None:
    done = act(journal, "print", next=2)
    assert (done["job"], done["state"], len(done["jobs"])) == ("O-1-1", "queued", 2)


@pytest.mark.parametrize(
    ("action", "args"),
    [
        ("print", {"next": 2}),
        ("print", {"order": "O-2"}),
        ("cancel", {"job": "O-3-1"}),
        ("blanks-receive", {"consignment": "C-9", "kind": "ktp", "count": 5}),
        ("resolve", {"job": "O-1-1", "outcome": "untouched", "blank": "0401"}),
    ],
)
def test_the_same_request_asked_again_is_answered_again_and_done_once(
    journal: Journal, action: str, args: dict[str, Any]
) -> None:
    if action == "cancel":
        act(journal, "print", order="O-3")
    if action == "resolve":
        unsure(journal)
    done = act(journal, action, request="r-1", **args)
    lines = events(journal)
    assert act(journal, action, request="r-1", **args) == done
    assert events(journal) == lines


def test_another_request_is_done_anew(journal: Journal) -> None:
    assert act(journal, "print", next=1, request="r-1")["job"] == "O-1-1"
    assert act(journal, "print", next=1, request="r-2")["job"] == "O-2-1"
    assert act(journal, "print", next=1)["job"] == "O-3-1"


def test_without_a_chip_reader_the_clerk_names_the_blank_and_with_one_does_not(journal: Journal) -> None:
    assert word(journal, "print", NO_CHIP, order="O-1") == "BLANK_NEEDED"
    assert word(journal, "print", CHIP, order="O-1", blank="0401") == "BLANK_NOT_ASKED"
    assert act(journal, "print", NO_CHIP, order="O-1", blank="04:01")["job"] == "O-1-1"
    job = jobs.get(journal, "O-1-1")
    assert job and job.asked == "0401"


def test_the_same_order_is_the_same_job_with_its_blank_or_without(journal: Journal) -> None:
    first = act(journal, "print", NO_CHIP, order="O-1", blank="0401")
    lines = events(journal)
    assert act(journal, "print", NO_CHIP, order="O-1") == first
    assert act(journal, "print", NO_CHIP, order="O-1", blank="0401") == first
    assert events(journal) == lines
    assert word(journal, "print", NO_CHIP, order="O-99") == "UNKNOWN_ORDER"
    assert word(journal, "print", NO_CHIP, next=1) == "BLANK_NEEDED"


def test_a_child_s_card_has_no_chip_and_is_named_by_the_clerk_beside_any_reader(
    journal: Journal, province: Province
) -> None:
    take(journal, province, province.order("O-K", kind="kia"))
    act(journal, "blanks-receive", consignment="C-KIA", kind="kia", names=["KIA-0001"])
    for _ in range(2):  # pressed twice
        assert act(journal, "print", CHIP, order="O-K", blank="KIA-0001")["job"] == "O-K-1"
    job = jobs.get(journal, "O-K-1")
    assert job and job.asked == "KIA-0001"
    assert word(journal, "print", CHIP, order="O-1", blank="KIA-0001") == "BLANK_NOT_ASKED"


def test_a_chip_reader_helps_nobody_where_the_printer_has_no_station(journal: Journal) -> None:
    queue = replace(CHIP, printer="spool+ipp://127.0.0.1:631/printers/HDP")
    assert word(journal, "print", queue, order="O-1") == "BLANK_NEEDED"
    assert act(journal, "print", queue, order="O-1", blank="0401")["job"] == "O-1-1"
    assert act(journal, "print", replace(CHIP, printer=""), order="O-2")["job"] == "O-2-1"


def test_one_blank_is_for_one_job(journal: Journal) -> None:
    act(journal, "print", NO_CHIP, order="O-1", blank="0401")
    assert word(journal, "print", NO_CHIP, order="O-2", blank="0401") == "BLANK_USED"
    assert word(journal, "print", NO_CHIP, order="O-2", blank="0499") == "BLANK_UNKNOWN"
    assert act(journal, "print", NO_CHIP, order="O-1", blank="0401")["job"] == "O-1-1"  # pressed twice


def test_no_card_is_begun_where_its_outcome_might_find_no_room(tmp_path: Path) -> None:
    province = Province()
    journal = open_at(make_home(tmp_path / "small", province), has_room=lambda: False)
    take(journal, province, province.order("O-1"))
    with pytest.raises(Trouble, match="no new card is begun"):
        act(journal, "print", order="O-1")
    assert jobs.listed(journal) == []
    journal.close()


def test_an_unknown_order_is_told(journal: Journal) -> None:
    assert word(journal, "print", order="O-9") == "UNKNOWN_ORDER"


@pytest.mark.parametrize(
    ("outcome", "state", "place"),
    [
        ("came_out", "printed", "card"),
        ("spoiled", "spoiled", "spoiled"),
        ("untouched", "queued", "stock"),
        ("lost", "lost", "lost"),
    ],
)
def test_an_unsure_job_is_settled_by_what_the_clerk_holds(
    journal: Journal, outcome: str, state: str, place: str
) -> None:
    job = unsure(journal)
    told: dict[str, Any] = {"reason": "gone"} if outcome == "lost" else {}
    settled = act(journal, "resolve", job=job, outcome=outcome, blank="0401", **told)
    assert settled == {"job": job, "state": state}
    assert blanks.fold(journal).place("0401") == place
    line = journal.entries(0, 99)[-1]
    assert line.body["by"] == "clerk"
    if outcome != "untouched":
        assert line.body["order"] == "O-1"
    assert word(journal, "resolve", job=job, outcome=outcome, blank="0401") == "NOT_UNSURE"


def test_a_reason_and_a_second_person_are_kept_and_the_cause_stands_in_for_a_reason(journal: Journal) -> None:
    job = unsure(journal)
    act(journal, "resolve", job=job, outcome="lost", blank="0401", reason="not_found", second="P-17")
    body = journal.entries(0, 99)[-1].body
    assert (body["reason"], body["second"]) == ("not_found", "P-17")


def test_a_lost_blank_needs_a_reason(journal: Journal) -> None:
    assert word(journal, "resolve", job=unsure(journal), outcome="lost", blank="0401") == "REASON_NEEDED"


@pytest.mark.parametrize("blank", ["0401", None])
def test_a_card_that_was_never_sent_to_the_printer_cannot_have_come_out(
    journal: Journal, blank: str | None
) -> None:
    job = unsure(journal, blank, intended=False)
    assert word(journal, "resolve", job=job, outcome="came_out", blank="0401") == "NEVER_PRINTED"
    assert act(journal, "resolve", job=job, outcome="untouched", blank="0401")["state"] == "queued"


def test_without_a_reason_the_cause_is_the_reason(journal: Journal) -> None:
    act(journal, "resolve", job=unsure(journal), outcome="spoiled", blank="0401")
    assert journal.entries(0, 99)[-1].body["reason"] == "power_lost"


def test_another_blank_in_hand_is_refused(journal: Journal) -> None:
    assert word(journal, "resolve", job=unsure(journal), outcome="came_out", blank="0402") == "WRONG_BLANK"


def test_a_job_whose_blank_was_never_read_takes_only_one_that_can_be(journal: Journal) -> None:
    job = unsure(journal, None)
    assert word(journal, "resolve", job=job, outcome="untouched", blank="0777") == "BLANK_UNKNOWN"
    journal.write(lambda tx: blanks.reject(tx, "0402", "ktp", "dent"))
    assert word(journal, "resolve", job=job, outcome="untouched", blank="0402") == "BLANK_USED"
    assert act(journal, "resolve", job=job, outcome="untouched", blank="0401")["state"] == "queued"


def test_only_an_unsure_job_can_be_settled_and_only_one_that_is_there(journal: Journal) -> None:
    act(journal, "print", order="O-1")
    assert word(journal, "resolve", job="O-1-1", outcome="came_out", blank="0401") == "NOT_UNSURE"
    assert word(journal, "resolve", job="O-8-1", outcome="came_out", blank="0401") == "UNKNOWN_JOB"


def test_only_a_queued_job_can_be_cancelled(journal: Journal) -> None:
    act(journal, "print", order="O-2")
    assert act(journal, "cancel", job="O-2-1")["state"] == "cancelled"
    assert word(journal, "cancel", job="O-2-1") == "NOT_QUEUED"
    assert word(journal, "cancel", job="O-9-1") == "UNKNOWN_JOB"
    assert word(journal, "cancel", job=unsure(journal)) == "NOT_QUEUED"
    assert act(journal, "print", order="O-2")["job"] == "O-2-2"


@pytest.mark.parametrize(
    "args",
    [
        {"reason": "Budi Santoso"},
        {"reason": "6411010101909001"},
        {"second": "6411010101909001"},
        {"second": "Sari Dewi"},
    ],
)
def test_no_name_and_no_nik_can_slip_into_the_journal_as_a_reason_or_a_person(
    journal: Journal, args: dict[str, Any]
) -> None:
    job = unsure(journal)
    with pytest.raises(Trouble):
        act(journal, "resolve", job=job, outcome="lost", blank="0401", **args)


@pytest.mark.parametrize(
    "args",
    [
        {"consignment": "", "kind": "ktp", "count": 1},
        {"consignment": "C 1", "kind": "ktp", "count": 1},
        {"consignment": "C-1", "kind": "ktp", "count": 0},
        {"consignment": "C-1", "kind": "ktp", "names": []},
        {"consignment": "C-1", "kind": "ktp", "names": ["!"]},
    ],
)
def test_a_consignment_that_is_none_is_told_in_a_sentence(journal: Journal, args: dict[str, Any]) -> None:
    with pytest.raises(Trouble):
        act(journal, "blanks-receive", **args)
    assert word(journal, "blanks-receive", consignment="C-2", kind="sim", count=1) == "UNKNOWN_KIND"
