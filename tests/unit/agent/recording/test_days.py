"""A day of recording: its quota ends at midnight WITA, tickets keep places, the field has its own rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import policies
from agent.asking import Action
from agent.config import Config
from agent.recording import actions, book, days
from agent.store import behind
from agent.store.journal import Journal
from agent.trouble import Trouble
from domain.policy_form import made
from domain.wita import day, day_bounds_ms
from domain.words import RefusedByRule
from sync.log import Mark
from tests.unit.agent.stations import START_MS, Clock, events, make_home, open_at

CONFIG = Config("64.11", 1)
FORWARD = {"recording_mode": "store_and_forward"}
HOUR_MS = 3_600_000
TOLD = {"fingers": 10, "irises": 2, "exceptions": 0, "forced": 0, "rechecked": "match", "endorsed": True}


class Station:
    """A station asked by its actions."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self.clock = clock

    def rules(self, **rules: Any) -> None:
        name = f"rules-{self.clock()}"
        policy = made(name, "2020-01-02", {**FORWARD, **rules})
        self.journal.write(lambda tx: tx.execute("DELETE FROM policy"))
        text = json.dumps({**FORWARD, **rules})
        self.journal.write(lambda tx: policies.keep(tx, policy, text))

    def ask(self, action: Action, **args: Any) -> dict[str, Any]:
        return action(self.journal, CONFIG, args)

    def record(self, **args: Any) -> str:
        id = str(self.ask(actions.begin, **args)["id"])
        told = {"id": id, "sha256": f"{self.clock():064x}", "size": 9, **TOLD}
        self.ask(actions.about, **told)
        self.ask(actions.sealed, **told)
        return id

    def refused(self, action: Action, **args: Any) -> str:
        with pytest.raises(RefusedByRule) as refused:
            self.ask(action, **args)
        return refused.value.word

    def wait_until(self, at_ms: int) -> None:
        self.clock.at_ms = at_ms


@pytest.fixture
def station(tmp_path: Path, clock: Clock) -> Iterator[Station]:
    journal = open_at(make_home(tmp_path / "home"), clock=clock)
    yield Station(journal, clock)
    journal.close()


def test_as_the_rules_come_nobody_is_recorded_without_a_link(station: Station) -> None:
    for link in ({}, {"link": "offline"}, {"link": "stopped"}, {"link": "refused"}):
        assert station.refused(actions.begin, **link) == "LINK_REQUIRED"
    station.record(link="online")
    station.rules()
    station.record()
    assert [each.mode for each in book.every(station.journal)] == ["online_required", "store_and_forward"]


def test_the_quota_ends_and_begins_at_midnight_in_wita(station: Station) -> None:
    station.rules(recordings_a_day=2)
    _, midnight_ms = day_bounds_ms(day(START_MS))
    assert midnight_ms % 86_400_000 == 16 * HOUR_MS
    station.wait_until(midnight_ms - 10_000)
    station.record()
    station.record()
    assert station.refused(actions.begin) == "QUOTA_REACHED"
    station.wait_until(midnight_ms)
    station.record()


def test_whoever_was_not_recorded_after_all_does_not_count(station: Station) -> None:
    station.rules(recordings_a_day=1)
    id = station.ask(actions.begin)["id"]
    assert station.refused(actions.begin) == "QUOTA_REACHED"
    station.ask(actions.abandon, id=id, cause="stopped")
    station.record()


def test_tickets_are_numbers_of_one_day_never_more_than_the_quota_and_called_in_order(
    station: Station,
) -> None:
    station.rules(recordings_a_day=3)
    assert [station.ask(actions.ticket_issue)["number"] for _ in range(3)] == [1, 2, 3]
    assert station.refused(actions.ticket_issue) == "QUOTA_REACHED"
    assert station.refused(actions.begin) == "QUOTA_REACHED", "the places belong to the tickets"
    assert [station.ask(actions.ticket_call)["number"] for _ in range(3)] == [1, 2, 3]
    assert station.refused(actions.ticket_call) == "UNKNOWN_TICKET"
    station.wait_until(START_MS + 86_400_000)
    assert station.ask(actions.ticket_issue)["number"] == 1


def test_a_sitting_takes_a_ticket_of_today_once(station: Station) -> None:
    station.rules(recordings_a_day=2)
    station.ask(actions.ticket_issue)
    for unknown in (2, 0, -1, 2**63, 10**30):
        assert station.refused(actions.begin, ticket=unknown) == "UNKNOWN_TICKET"
    begun = station.ask(actions.begin, ticket=1)
    assert begun["ticket"] == f"{day(START_MS)}/1"
    assert station.refused(actions.begin, ticket=1) == "UNKNOWN_TICKET"
    assert days.tickets(station.journal, START_MS)[0]["recording"] == begun["id"]
    station.ask(actions.abandon, id=begun["id"], cause="stopped")
    station.ask(actions.begin, ticket=1)
    station.wait_until(START_MS + 86_400_000)
    assert station.refused(actions.begin, ticket=1) == "UNKNOWN_TICKET"


def test_who_does_not_come_when_called_gives_the_place_up(station: Station) -> None:
    station.rules(recordings_a_day=2)
    for _ in range(2):
        station.ask(actions.ticket_issue)
    station.ask(actions.ticket_call)
    assert station.refused(actions.begin) == "QUOTA_REACHED"
    station.ask(actions.ticket_call)
    assert station.refused(actions.ticket_issue) == "QUOTA_REACHED", "no number is above the quota"
    station.record()
    assert station.refused(actions.begin) == "QUOTA_REACHED"
    station.record(ticket=2)
    assert station.refused(actions.begin, ticket=1) == "QUOTA_REACHED"


def test_who_comes_back_too_late_takes_no_place_of_those_who_wait(station: Station) -> None:
    station.rules(recordings_a_day=3)
    for _ in range(3):
        station.ask(actions.ticket_issue)
    station.ask(actions.ticket_call)
    station.ask(actions.ticket_call)
    station.record()
    assert station.refused(actions.begin, ticket=1) == "QUOTA_REACHED"
    station.record(ticket=3)
    station.record(ticket=2)


def test_the_one_called_last_keeps_the_place_though_a_later_number_sat_down_uncalled(
    station: Station,
) -> None:
    station.rules(recordings_a_day=2)
    for _ in range(2):
        station.ask(actions.ticket_issue)
    station.record(ticket=2)
    station.ask(actions.ticket_call)
    assert station.refused(actions.begin) == "QUOTA_REACHED"
    station.record(ticket=1)


def test_a_number_is_served_while_places_are_left_though_the_province_made_them_fewer(
    station: Station,
) -> None:
    for _ in range(4):
        station.ask(actions.ticket_issue)
    station.rules(recordings_a_day=2)
    station.record(ticket=3)
    station.record(ticket=1)
    assert station.refused(actions.begin, ticket=2) == "QUOTA_REACHED"


def test_tickets_tell_numbers_and_nothing_else(station: Station) -> None:
    station.ask(actions.ticket_issue)
    station.ask(actions.ticket_call)
    today = day(START_MS)
    assert [(each.event, each.subject, each.body) for each in station.journal.entries(0, 9)] == [
        ("ticket_issued", f"{today}/1", {"day": today, "number": 1}),
        ("ticket_called", f"{today}/1", {"day": today, "number": 1}),
    ]


def test_days_in_the_field_are_counted_apart_and_end_by_themselves(station: Station) -> None:
    station.rules(recordings_a_day=1, outreach_a_day=2)
    station.record()
    last = day(START_MS + 86_400_000)
    station.ask(actions.outreach_begin, place="long-pahangai", until=last, by="ani", second="budi")
    places = [book.get(station.journal, station.record()) for _ in range(2)]
    assert [each.place for each in places if each] == ["long-pahangai"] * 2
    assert station.refused(actions.begin) == "QUOTA_REACHED"
    station.wait_until(START_MS + 86_400_000)
    station.record()
    station.wait_until(START_MS + 2 * 86_400_000)
    assert days.outreach(station.journal, station.clock()) is None
    there = book.get(station.journal, station.record())
    assert there is not None
    assert there.place is None


def test_numbers_given_at_the_counter_hold_no_place_in_the_field(station: Station) -> None:
    station.rules(recordings_a_day=2, outreach_a_day=2)
    for _ in range(2):
        station.ask(actions.ticket_issue)
    station.wait_until(START_MS + HOUR_MS)
    station.ask(actions.outreach_begin, place="tering", until=day(START_MS), by="ani", second="budi")
    station.record()
    assert station.ask(actions.ticket_issue)["number"] == 3
    assert station.refused(actions.begin) == "QUOTA_REACHED", "the last place is number 3's"
    assert station.refused(actions.ticket_issue) == "QUOTA_REACHED"
    assert station.ask(actions.ticket_call)["number"] == 3
    station.record(ticket=3)
    assert station.refused(actions.ticket_call) == "UNKNOWN_TICKET", "nobody else waits out here"
    station.wait_until(START_MS + 2 * HOUR_MS)
    station.ask(actions.outreach_end, by="ani")
    assert station.refused(actions.begin) == "QUOTA_REACHED", "numbers 1 and 2 still wait"
    station.record(ticket=1)
    station.record(ticket=2)


def test_two_people_send_a_station_into_the_field_and_one_brings_it_back(station: Station) -> None:
    today = day(START_MS)
    told = {"place": "tering", "until": today, "by": "ani", "second": "budi"}
    assert station.refused(actions.outreach_begin, **{**told, "second": None}) == "SECOND_NEEDED"
    assert station.refused(actions.outreach_begin, **{**told, "second": "A.ni"}) == "SECOND_IS_FIRST"
    for until in ("2020-05-20", "tomorrow", "2020-07-01"):
        assert station.refused(actions.outreach_begin, **{**told, "until": until}) == "BAD_DATE"
    for place in ("Siti 0812", "6411015205039001"):
        with pytest.raises(Trouble):
            station.ask(actions.outreach_begin, **{**told, "place": place})
    assert station.refused(actions.outreach_end) == "NO_OUTREACH"
    station.ask(actions.outreach_begin, **told)
    assert station.refused(actions.outreach_begin, **told) == "OUTREACH_OPEN"
    station.ask(actions.outreach_end, by="ani")
    assert events(station.journal) == [("outreach_begun", "tering"), ("outreach_ended", "tering")]


@pytest.mark.parametrize(
    ("counter", "field", "at_counter", "in_field"),
    [
        ("online_required", "as_recording_mode", False, False),
        ("online_required", "allowed", False, True),
        ("store_and_forward", "never", True, False),
        ("store_and_forward", "as_recording_mode", True, True),
    ],
)
def test_the_hub_says_whether_the_field_may_do_without_a_link(
    station: Station, counter: str, field: str, at_counter: bool, in_field: bool
) -> None:
    station.rules(recording_mode=counter, outreach_offline=field)

    def may() -> bool:
        try:
            station.record()
        except RefusedByRule as refused:
            assert refused.word == "LINK_REQUIRED"
            return False
        return True

    assert may() is at_counter
    station.ask(actions.outreach_begin, place="tering", until=day(START_MS), by="ani", second="budi")
    assert may() is in_field


def test_the_same_request_is_done_once(station: Station) -> None:
    told = [station.ask(actions.ticket_issue, request="r1") for _ in range(2)]
    assert told[0] == told[1]
    assert len(days.tickets(station.journal, START_MS)) == 1


def test_whose_finger_lies_in_which_slot_is_a_mark_and_no_name(station: Station) -> None:
    told = {"staff": "ani", "reader": "SIM2", "slot": 4}
    station.ask(actions.staff_enrolled, **told)
    station.ask(actions.staff_enrolled, **told)
    station.ask(actions.staff_forgotten, **told)
    station.ask(actions.staff_forgotten, **told)
    assert [event for event, _ in events(station.journal)] == ["staff_enrolled"] * 2 + ["staff_forgotten"]
    for wrong in ({"staff": "6411015205039001"}, {"slot": -1}, {"reader": "a\nb"}, {"staff": None}):
        with pytest.raises(Trouble):
            station.ask(actions.staff_enrolled, **{**told, **wrong})


def test_nobody_is_recorded_on_a_disk_that_is_full_or_was_put_back_from_a_copy(
    tmp_path: Path, clock: Clock
) -> None:
    full = Station(open_at(make_home(tmp_path / "full"), clock=clock, has_room=lambda: False), clock)
    assert full.refused(actions.begin, link="online") == "DISK_LOW"
    full.journal.close()
    old = Station(open_at(make_home(tmp_path / "old"), clock=clock), clock)
    old.journal.write(lambda tx: behind.remember(tx, Mark(99, 7)))
    assert old.refused(actions.begin, link="online") == "JOURNAL_BEHIND_HUB"
    old.journal.close()
