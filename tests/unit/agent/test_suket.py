"""A temporary certificate's life: one at a time for an order, by the rules of the day, ended by its card."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.actions import ACTIONS
from agent.config import Config
from agent.counter import suket
from agent.counter.suket import TRANSITIONS, Event, State
from agent.printing import jobs
from agent.store import behind
from agent.store.journal import Journal
from agent.trouble import Trouble
from domain import events
from domain.keys import order_bytes
from domain.wita import DAY_MS, day_bounds_ms
from domain.words import SENTENCES, RefusedByRule
from sync.log import Mark
from tests.unit.agent.stations import NAME, START_MS, Clock, Province, make_home, open_at, take

CONFIG = Config("64.11", 1)
DIGEST = "ab" * 32
FIRST, SECOND = (f"SPECIMEN-{NAME}-2020-{n:05}" for n in (1, 2))


@pytest.fixture(scope="module")
def province() -> Province:
    return Province()


@pytest.fixture
def journal(tmp_path: Path, province: Province, clock: Clock) -> Iterator[Journal]:
    province.seq = 0
    made = open_at(make_home(tmp_path / "home", province), clock=clock)
    take(made, province, province.order("O-1", reason="data_change"))
    yield made
    made.close()


def act(journal: Journal, action: str, **args: Any) -> dict[str, Any]:
    return ACTIONS[action](journal, CONFIG, args)


def issue(journal: Journal, order: str = "O-1", reason: str = "marriage", at_ms: int = START_MS) -> str:
    return written(journal, suket.plan(journal, NAME, order, reason, at_ms))


def renew(journal: Journal, number: str, at_ms: int = START_MS, second: str | None = "budi") -> str:
    return written(journal, suket.plan_renewal(journal, NAME, number, at_ms), second)


def written(journal: Journal, plan: suket.Plan, second: str | None = None) -> str:
    told = {"order": plan.order, "reason": plan.reason, "renews": plan.renews, "number": plan.number}
    told |= {"issued_on": plan.issued_on, "valid_until": plan.valid_until, "second": second}
    told = {name: value for name, value in told.items() if value is not None}
    return str(act(journal, "suket-issue", **told, sha256=DIGEST, by="rina")["number"])


def tell(journal: Journal, number: str, what: str, word: str) -> str:
    return str(act(journal, "suket-told", number=number, what=what, word=word)["state"])


def word_of(work: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(RefusedByRule) as caught:
        work(*args, **more)
    assert caught.value.word in SENTENCES
    return caught.value.word


def rule(journal: Journal, province: Province, name: str, **rules: Any) -> None:
    body: dict[str, Any] = {"from": "2020-05-01", "rules": rules}
    body["signature"] = b64encode(province.key.sign(order_bytes(NAME, name, body))).decode()
    take(journal, province, province.entry("policy", name, body))


def test_a_sheet_is_issued_sent_reported_and_confirmed(journal: Journal) -> None:
    number = issue(journal)
    assert number == FIRST
    assert tell(journal, number, "sent", "ipp://127.0.0.1/ipp/print") == "sent"
    assert tell(journal, number, "reported", "reported") == "reported"
    told = act(journal, "suket-confirm", number=number, by="rina")
    assert (told["state"], told["next_step"], told["valid_until"]) == ("confirmed", None, "2020-11-21")
    assert [(line.event, line.subject) for line in journal.entries(1, 9)] == [
        *(("suket_issued", number), ("suket_sent", number), ("suket_reported", number)),
        ("suket_confirmed", number),
    ]
    assert journal.entries(1, 1)[0].body == {
        "order": "O-1", "reason": "marriage", "valid_until": "2020-11-21", "sha256": DIGEST,
        "renews": None, "by": "rina",
    }  # fmt: skip


def test_every_arrow_is_an_event_of_the_journal_and_every_other_one_is_refused(
    journal: Journal, province: Province
) -> None:
    bodies: dict[Event, dict[str, Any]] = {
        event: dict.fromkeys(events.JOURNAL[event], "x") for event in Event
    }
    for number, state in enumerate(State, start=1):
        take(journal, province, province.order(f"P-{number}", reason="data_change"))
        name = issue(journal, f"P-{number}")
        for event in Event:
            journal.write(
                lambda tx, name=name, state=state: tx.execute(  # type: ignore[misc]
                    "UPDATE suket SET state = ? WHERE number = ?", state, name
                )
            )

            def move(name: str = name, event: Event = event) -> State:
                return journal.write(lambda tx: suket.move(tx, name, event, bodies[event]))

            if event in TRANSITIONS[state]:
                assert move() is TRANSITIONS[state][event] is suket.get(journal, name).state
            else:
                assert word_of(move) == "SUKET_STATE"


@pytest.mark.parametrize(
    ("order", "reason", "word"),
    [
        ("O-1", "bank", "SUKET_FORBIDDEN"),
        ("O-9", "marriage", "UNKNOWN_ORDER"),
        ("child", "marriage", "SUKET_FORBIDDEN"),
        ("at-once", "marriage", "SUKET_FORBIDDEN"),  # its card comes before all others
    ],
)
def test_only_an_urgent_reason_and_an_order_whose_card_is_to_come(
    journal: Journal, province: Province, order: str, reason: str, word: str
) -> None:
    take(journal, province, province.order("child", kind="kia"))
    take(journal, province, province.order("at-once", reason="status_change"))
    assert word_of(issue, journal, order, reason) == word
    assert suket.listed(journal) == []


def test_the_province_may_forbid_them_allow_them_and_set_their_time(
    journal: Journal, province: Province
) -> None:
    rule(journal, province, "a-never", suket={"allowed": "never"})
    assert word_of(issue, journal) == "SUKET_FORBIDDEN"
    rule(journal, province, "b-always", suket={"allowed": "always", "valid_months": 3})
    assert suket.get(journal, issue(journal, reason="bank")).valid_until == "2020-08-21"


@pytest.mark.parametrize("state", ["printed", "handed_over", "withheld", "returned", "lost", "refused"])
def test_where_a_card_came_out_or_never_will_there_is_no_certificate(journal: Journal, state: str) -> None:
    journal.write(lambda tx: tx.execute("UPDATE order_ SET state = ?", state))
    assert word_of(issue, journal) == "ORDER_CLOSED"


def test_a_second_sheet_needs_the_first_one_void(journal: Journal) -> None:
    number = issue(journal)
    for what, told in (("sent", "ipp://a"), ("unsure", "link_lost")):
        tell(journal, number, what, told)
        assert word_of(issue, journal) == "SUKET_EXISTS"
    assert word_of(act, journal, "suket-void", number=number) == "REASON_NEEDED"
    act(journal, "suket-void", number=number, reason="jam", by="rina")
    assert issue(journal) == SECOND
    assert word_of(act, journal, "suket-confirm", number=number) == "SUKET_STATE"
    assert journal.entries(0, 99)[-2].body == {"reason": "jam", "by": "rina", "second": None}


def test_a_sheet_that_somebody_had_in_hand_is_made_void_by_two(journal: Journal) -> None:
    number = issue(journal)
    tell(journal, number, "sent", "file")
    act(journal, "suket-confirm", number=number, by="rina")
    void = {"number": number, "reason": "misprint", "by": "rina"}
    assert word_of(act, journal, "suket-void", **void) == "SECOND_NEEDED"
    assert word_of(act, journal, "suket-void", **void, second="RINA") == "SECOND_IS_FIRST"
    assert act(journal, "suket-void", **void, second="budi")["state"] == "void"


def test_the_province_may_let_one_clerk_alone_do_it(journal: Journal, province: Province) -> None:
    rule(journal, province, "alone", suket={"void_needs_second": False})
    number = issue(journal)
    tell(journal, number, "sent", "file")
    act(journal, "suket-confirm", number=number, by="rina")
    assert act(journal, "suket-void", number=number, reason="torn", by="rina")["state"] == "void"


def test_one_person_puts_no_sheet_beside_one_that_is_valid_still(
    journal: Journal, province: Province, clock: Clock
) -> None:
    number = issue(journal)
    tell(journal, number, "sent", "file")
    act(journal, "suket-confirm", number=number)
    clock.at_ms = day_bounds_ms("2020-11-22")[0] - 50
    assert word_of(renew, journal, number, clock.at_ms, second=None) == "SECOND_NEEDED"
    assert word_of(renew, journal, number, clock.at_ms, second="Rina.") == "SECOND_IS_FIRST"
    assert suket.get(journal, number).state is State.CONFIRMED
    renew(journal, number, clock.at_ms)
    (line,) = [line.body for line in journal.entries(0, 99) if line.event == "suket_void"]
    assert line == {"reason": "renewed", "by": "rina", "second": "budi"}


def test_a_renewal_takes_the_place_of_the_old_sheet_even_after_its_time(
    journal: Journal, clock: Clock
) -> None:
    number = issue(journal)
    tell(journal, number, "sent", "file")
    assert word_of(renew, journal, number) == "SUKET_STATE"  # nobody has it in hand yet
    act(journal, "suket-confirm", number=number)
    clock.at_ms += 190 * DAY_MS
    assert suket.get(journal, number).to_json("2020-11-21")["expired"] is False
    assert suket.get(journal, number).to_json("2020-11-22")["expired"] is True
    assert word_of(issue, journal, at_ms=clock.at_ms) == "SUKET_EXISTS"
    newer = renew(journal, number, clock.at_ms, second=None)
    old, new = suket.get(journal, number), suket.get(journal, newer)
    assert (old.state, old.cause) == (State.VOID, "renewed")
    assert (new.renews, new.valid_until, new.reason) == (number, "2021-05-27", "marriage")
    assert suket.living(journal, "O-1") == new
    assert word_of(renew, journal, number, clock.at_ms) == "SUKET_STATE"
    assert word_of(renew, journal, "SPECIMEN-9", clock.at_ms) == "UNKNOWN_SUKET"


def test_a_certificate_is_closed_by_its_card(journal: Journal) -> None:
    assert journal.write(lambda tx: suket.close(tx, "O-1", "O-1-1")) is None
    number = issue(journal)
    assert journal.write(lambda tx: suket.close(tx, "O-1", "O-1-1")) == number
    assert suket.get(journal, number).state is State.CLOSED
    assert suket.living(journal, "O-1") is None
    assert journal.write(lambda tx: suket.close(tx, "O-1", "O-1-1")) is None


def test_what_was_drawn_from_a_plan_that_no_longer_holds_is_not_issued(
    journal: Journal, clock: Clock, province: Province
) -> None:
    plan = suket.plan(journal, NAME, "O-1", "marriage", START_MS)
    clock.at_ms += DAY_MS
    with pytest.raises(Trouble, match="changed while"):
        written(journal, plan)
    take(journal, province, province.order("O-2", reason="data_change"))
    plan = suket.plan(journal, NAME, "O-1", "marriage", clock.at_ms)
    issue(journal, "O-2", at_ms=clock.at_ms)
    with pytest.raises(Trouble, match="changed while"):
        written(journal, plan)  # its number is taken
    assert [each.order for each in suket.listed(journal)] == ["O-2"]


def test_the_same_asking_twice_issues_once(journal: Journal) -> None:
    plan = suket.plan(journal, NAME, "O-1", "marriage", START_MS)
    args = {"order": "O-1", "reason": "marriage", "number": plan.number, "issued_on": plan.issued_on}
    args |= {"valid_until": plan.valid_until, "sha256": DIGEST, "request": "r1"}
    assert act(journal, "suket-issue", **args) == act(journal, "suket-issue", **args)
    assert len(suket.listed(journal)) == 1
    with pytest.raises(Trouble, match="hash"):
        act(journal, "suket-issue", **args | {"sha256": "x"})


def test_a_disk_the_province_knows_more_of_issues_none_and_sends_none(journal: Journal) -> None:
    number = issue(journal)
    act(journal, "suket-void", number=number, reason="jam")
    second = issue(journal)
    journal.write(lambda tx: behind.remember(tx, Mark(99, 1)))
    assert word_of(tell, journal, second, "sent", "file") == "JOURNAL_BEHIND_HUB"
    act(journal, "suket-void", number=second, reason="jam")
    assert word_of(issue, journal) == "JOURNAL_BEHIND_HUB"


def test_no_line_of_its_life_says_whose_it_is(journal: Journal) -> None:
    number = issue(journal)
    tell(journal, number, "sent", "file")
    act(journal, "suket-confirm", number=number, by="rina")
    told = json.dumps([line.body for line in journal.entries(0, 99)])
    assert "SPECIMEN SATU" not in told and jobs.next_waiting(journal, 1) == ["O-1"]
    with pytest.raises(Trouble, match="staff mark"):
        act(journal, "suket-void", number=number, reason="jam", by="6411034502909007")
