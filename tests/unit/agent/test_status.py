"""How the station stands: the contract's keys, and a colour that only the journal decides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import Config
from agent.counter import suket
from agent.printing import jobs
from agent.printing.states import Event
from agent.status import DISK_LOW_BYTES, collect, stamp
from agent.stock import blanks
from agent.store.journal import Journal, set_cursor
from agent.web import words
from agent.web.page import ago, look
from tests.unit.agent.stations import START_MS, Clock, Province, make_home, open_at, take
from tests.unit.agent.test_policies import policy

CONFIG = Config("64.11", 1, printer="evolis+tcp://127.0.0.1:9", chip="vpcd://127.0.0.1:9")
PLENTY = DISK_LOW_BYTES * 10
DAY_MS = 86_400_000
FEED = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}


@pytest.fixture
def journal(tmp_path: Path, province: Province) -> Iterator[Journal]:
    made = open_at(make_home(tmp_path / "home", province), clock=Clock(START_MS))
    yield made
    made.close()


def told(
    journal: Journal, live: dict[str, Any] | None = None, free: int = PLENTY, now_ms: int = START_MS + 99
) -> dict[str, Any]:
    return collect(journal, CONFIG, free_bytes=free, now_ms=now_ms, live=live)


def words_of(journal: Journal, **more: Any) -> list[str]:
    return [each["word"] for each in told(journal, **more)["attention"]]


def colour(journal: Journal, **more: Any) -> str:
    return str(told(journal, **more)["headline"]["colour"])


def unsure(journal: Journal, province: Province) -> None:
    take(journal, province, province.order("O-1"))
    journal.write(lambda tx: blanks.receive(tx, "C-1", "ktp", ["0401"], 1))
    job = journal.write(lambda tx: jobs.queue(tx, "O-1"))
    journal.write(lambda tx: jobs.move(tx, job, Event.FEED_INTENDED, FEED))
    journal.write(lambda tx: jobs.move(tx, job, Event.UNSURE, {"cause": "jam", "blank": None}))


def test_the_document_has_the_contracts_keys_and_stopped_parts_say_so(journal: Journal) -> None:
    document = told(journal)
    assert set(document) >= {
        "office",
        "station",
        "epoch",
        "link",
        "unsent",
        "printer",
        "jobs",
        "blanks",
        "clock",
        "disk",
        "attention",
    }
    assert document["link"] == {"state": "stopped", "last_receipt_at": None, "hub_has": 0}
    assert document["printer"] == {"state": "stopped", "cause": None, "counters": None}
    assert document["unsent"] == {"events": 0, "recordings": 0, "oldest_at": None}
    assert (document["clock"], document["disk"]) == ({"skew_s": None}, {"free_bytes": PLENTY})
    assert (document["epoch"], document["headline"]["colour"]) == (None, "green")


def test_a_running_agent_tells_its_live_parts_and_the_journal_the_rest(journal: Journal) -> None:
    live = {
        "link": {"state": "up", "hub_has": 999},
        "printer": {"state": "busy", "cause": None, "counters": {"cards": 3}},
        "clock": {"skew_s": -4},
    }
    document = told(journal, live)
    assert (document["link"]["state"], document["link"]["hub_has"]) == ("up", 0)
    assert document["printer"]["counters"] == {"cards": 3}
    assert document["clock"]["skew_s"] == -4


def test_unsent_is_what_the_province_has_not_said_it_has(journal: Journal, province: Province) -> None:
    take(journal, province, *(province.order(f"O-{n}") for n in range(5)))
    journal.write(lambda tx: set_cursor(tx, "hub_has", 2, 7))
    document = told(journal)
    assert document["unsent"]["events"] == 3
    assert document["unsent"]["oldest_at"] == stamp(journal.entries(2, 1)[0].at_ms)
    assert document["link"]["last_receipt_at"].endswith("+08:00")
    assert document["epoch"] == 7


def test_no_link_is_no_reason_for_another_colour(journal: Journal) -> None:
    for state in ("offline", "online", "stopped"):
        assert colour(journal, live={"link": {"state": state}, "printer": {"state": "offline"}}) == "green"


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        ("other_keys", "joined with other keys"),
        ("broker_refused", "name, password and certificate"),
        ("unknown_station", "join code"),
        ("garbled", "(garbled)"),
    ],
)
def test_a_line_that_is_refused_asks_for_a_person_and_says_why(
    journal: Journal, cause: str, says: str
) -> None:
    live = {"link": {"state": "refused", "cause": cause}}
    (asked,) = told(journal, live)["attention"]
    assert (asked["word"], says in asked["text"], f"({cause})" in asked["text"]) == (
        "LINK_REFUSED",
        True,
        True,
    )
    assert colour(journal, live=live) == "amber", "printing goes on"
    page = look(journal, CONFIG, free_bytes=PLENTY, now_ms=START_MS + 99, live=live)
    assert (page.colour, page.headline) == ("amber", "Provinsi menolak sambungan komputer ini")


def test_an_unsure_card_is_red_before_everything_else(journal: Journal, province: Province) -> None:
    unsure(journal, province)
    journal.write(lambda tx: tx.note("printer_state", "SIM1", {"state": "error", "cause": "jam"}))
    document = told(journal)
    assert document["headline"] == {"colour": "red", "word": "UNSURE"}
    assert [each["word"] for each in document["attention"]] == ["UNSURE", "PRINTER"]
    assert document["jobs"] == {"unsure": 1}


def test_a_full_disk_is_red_and_the_printer_amber(journal: Journal) -> None:
    journal.write(
        lambda tx: tx.note("printer_state", "SIM1", {"state": "needs_hands", "cause": "cover_open"})
    )
    assert (words_of(journal), colour(journal)) == (["PRINTER"], "amber")
    assert words_of(journal, free=DISK_LOW_BYTES - 1) == ["DISK_LOW", "PRINTER"]
    assert colour(journal, free=DISK_LOW_BYTES - 1) == "red"
    journal.write(lambda tx: tx.note("printer_state", "SIM1", {"state": "ready", "cause": None}))
    assert colour(journal) == "green"


def test_a_printer_that_does_not_answer_is_never_green(journal: Journal) -> None:
    journal.write(lambda tx: tx.note("printer_state", "SIM1", {"state": "offline", "cause": "no_answer"}))
    assert (words_of(journal), colour(journal)) == (["PRINTER"], "amber")


def test_orders_without_blanks_are_told(journal: Journal, province: Province) -> None:
    take(journal, province, province.order("O-1"), province.order("O-2", kind="kia"))
    journal.write(lambda tx: blanks.receive(tx, "C-1", "ktp", None, 1))
    (each,) = told(journal)["attention"]
    assert (each["word"], each["count"]) == ("NO_BLANKS", 1)
    assert "kia" in each["text"]


def test_blanks_that_are_used_up_do_not_count_as_on_hand(journal: Journal, province: Province) -> None:
    take(journal, province, province.order("O-1"))
    journal.write(lambda tx: blanks.receive(tx, "C-1", "ktp", ["0401"], 1))
    assert words_of(journal) == []
    journal.write(lambda tx: blanks.reject(tx, "0401", "ktp", "dent"))
    assert words_of(journal) == ["NO_BLANKS"]


def test_a_blank_nobody_received_is_told(journal: Journal) -> None:
    journal.write(lambda tx: blanks.reject(tx, "0666", "ktp", "found"))
    assert words_of(journal) == ["BLANKS_UNACCOUNTED"]
    assert told(journal)["blanks"]["ktp"]["unaccounted"] == ["0666"]


def test_a_week_without_a_receipt_is_told_but_an_hour_is_not(journal: Journal, province: Province) -> None:
    take(journal, province, province.order("O-1", kind="sim"))
    soon, late = START_MS + 3_600_000, START_MS + 8 * DAY_MS
    assert words_of(journal, now_ms=soon) == ["ORDERS_REFUSED"]
    assert words_of(journal, now_ms=late) == ["LONG_UNSENT"]
    journal.write(lambda tx: set_cursor(tx, "hub_has", 1, 7))
    assert words_of(journal, now_ms=late) == []


def test_rules_that_were_not_taken_are_told_for_some_days(journal: Journal, province: Province) -> None:
    take(journal, province, province.entry("policy", "p", {"from": "2020-05-12", "rules": {}}))
    journal.write(lambda tx: set_cursor(tx, "hub_has", 1, 7))
    assert words_of(journal, now_ms=START_MS + DAY_MS) == ["POLICY_REFUSED"]
    assert words_of(journal, now_ms=START_MS + 4 * DAY_MS) == []


def test_rules_of_the_province_that_are_not_followed_are_told_until_they_are(
    journal: Journal, province: Province
) -> None:
    take(journal, province, policy(province, rules={"colour": "red"}))
    journal.write(lambda tx: set_cursor(tx, "hub_has", 1, 7))
    assert words_of(journal, now_ms=START_MS + 90 * DAY_MS) == ["POLICY_REFUSED"]


def test_a_certificate_nobody_settled_is_told_until_somebody_does(
    journal: Journal, province: Province
) -> None:
    take(journal, province, province.order("O-1", reason="data_change"))
    plan = suket.plan(journal, CONFIG.name, "O-1", "marriage", START_MS)
    journal.write(lambda tx: suket.issue(tx, plan, "ab" * 32, "rina"))
    assert "SUKET_UNSETTLED" not in words_of(journal)
    for event, body, waits in (
        (suket.Event.SENT, {"printer": "ipp://a"}, True),
        (suket.Event.REPORTED, {"state": "reported"}, True),
        (suket.Event.CONFIRMED, {"by": "rina"}, False),
    ):
        journal.write(lambda tx, event=event, body=body: suket.move(tx, plan.number, event, body))  # type: ignore[misc]
        assert ("SUKET_UNSETTLED" in words_of(journal)) is waits
        assert suket.unsettled(journal) == int(waits)


def test_the_page_says_it_in_indonesian_and_shows_no_more_than_fits(
    journal: Journal, province: Province
) -> None:
    take(journal, province, *(province.order(f"P-{n:02}") for n in range(20)))
    journal.write(lambda tx: [jobs.queue(tx, order) for order in jobs.next_waiting(tx, 12)])
    unsure(journal, province)
    page = look(journal, CONFIG, free_bytes=PLENTY, now_ms=START_MS + 120_000, live={})
    assert (page.colour, page.headline) == ("red", "1 kartu belum pasti")
    assert page.queue[0].state == "unsure"
    assert (len(page.queue), page.queue_more, page.waiting) == (6, 7, "8")
    assert page.office == "Kabupaten Mahakam Ulu"
    assert page.queue[0].remark == "kartu macet di dalam printer"


@pytest.mark.parametrize(
    ("past_ms", "text"),
    [
        (-5000, "baru saja"),
        (0, "baru saja"),
        (59_999, "baru saja"),
        (60_000, "1 menit lalu"),
        (3_599_999, "59 menit lalu"),
        (3_600_000, "1 jam lalu"),
        (DAY_MS, "1 hari lalu"),
        (9 * DAY_MS, "9 hari lalu"),
    ],
)
def test_how_long_ago_in_words(past_ms: int, text: str) -> None:
    assert ago(START_MS, START_MS + past_ms) == text
    assert ago(0, START_MS) == "belum pernah"


def test_instants_are_shown_by_the_counters_clock() -> None:
    assert stamp(START_MS) == "2020-05-21T02:40:00.000+08:00"
    assert stamp(0) is None
    assert words.number(1234567) == "1.234.567"
