"""Rules from the province: followed from their day on, and refused with a word when they do not hold."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent import policies
from agent.actions import ACTIONS
from agent.config import Config
from agent.printing import jobs
from agent.store import audit
from agent.store.journal import Journal
from domain.keys import order_bytes
from domain.policy import DEFAULT, REASONS
from domain.wita import DAY_MS, day
from sync.log import Entry
from tests.unit.agent.stations import NAME, START_MS, Clock, Province, events, make_home, open_at, take

TODAY, TOMORROW = "2020-05-21", "2020-05-22"
UPSIDE_DOWN = {"reasons": list(reversed(REASONS)), "immediate": []}


@pytest.fixture(scope="module")
def province() -> Province:
    return Province()


@pytest.fixture
def journal(tmp_path: Path, province: Province, clock: Clock) -> Iterator[Journal]:
    province.seq = 0
    made = open_at(make_home(tmp_path / "home", province), clock=clock)
    yield made
    made.close()


def policy(
    province: Province, name: str = "may", begins: Any = TODAY, rules: Any = None, *, station: str = NAME
) -> Entry:
    body: dict[str, Any] = {"from": begins, "rules": {"keep_personal_days": 30} if rules is None else rules}
    body["signature"] = b64encode(province.key.sign(order_bytes(station, name, body))).decode()
    return province.entry("policy", name, body)


def words(journal: Journal) -> list[Any]:
    return [line.body["word"] for line in journal.entries(0, 99) if line.event == "policy_refused"]


def test_a_policy_is_followed_from_its_day_on_and_journalled_once(
    journal: Journal, province: Province
) -> None:
    assert day(START_MS) == TODAY
    take(journal, province, policy(province, "a", TODAY), policy(province, "b", TOMORROW))
    again = policy(province, "a", TODAY)
    take(journal, province, again)
    assert events(journal) == [("policy_applied", "a"), ("policy_applied", "b")]
    assert journal.cursor("orders_have") == again.seq
    assert policies.current(journal, START_MS).name == "a"
    assert policies.current(journal, START_MS).keep_personal_days == 30
    assert policies.on_day(journal, "2020-05-20") is DEFAULT
    assert policies.current(journal, START_MS + DAY_MS).name == "b"
    assert policies.current(journal, START_MS) is policies.current(journal, START_MS + 1)
    assert audit.verify(journal) == 2


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"rules": {"keep_personal_days": 0}}, "BAD_POLICY"),
        ({"rules": {"colour": "red"}}, "BAD_POLICY"),
        ({"rules": []}, "BAD_POLICY"),
        ({"rules": "x"}, "BAD_POLICY"),
        ({"begins": "2020-02-30"}, "BAD_POLICY"),
        ({"begins": 7}, "BAD_POLICY"),
        ({"name": "../x"}, "BAD_POLICY"),
        ({"station": "64.11-2"}, "BAD_SIGNATURE"),
    ],
)
def test_a_policy_that_does_not_hold_is_refused_by_its_word_and_blocks_nothing(
    journal: Journal, province: Province, changed: dict[str, Any], word: str
) -> None:
    take(journal, province, policy(province, **changed), province.order("O-1"))
    assert words(journal) == [word]
    assert events(journal)[-1] == ("order_received", "O-1")
    assert policies.current(journal, START_MS) is DEFAULT


@pytest.mark.attack
@pytest.mark.parametrize("signature", ["", "AAAA", "!!!", 7, None, b64encode(bytes(64)).decode()])
def test_a_policy_signed_by_nobody_is_refused(journal: Journal, province: Province, signature: Any) -> None:
    take(journal, province, province.changed(policy(province), signature=signature))
    assert words(journal) == ["BAD_SIGNATURE"]


@pytest.mark.attack
def test_rules_changed_on_their_way_are_seen(journal: Journal, province: Province) -> None:
    good = policy(province)
    take(journal, province, province.changed(good, rules={"keep_personal_days": 31}))
    take(journal, province, province.changed(good, **{"from": "2020-05-20"}))
    take(journal, province, province.entry("policy", "other", good.body))
    take(journal, province, province.entry("policy", "may", {"from": TODAY, "rules": {}}))
    assert words(journal) == ["BAD_SIGNATURE"] * 3 + ["MISSING_FIELD"]


def test_another_policy_of_the_same_name_is_refused_and_the_first_stays(
    journal: Journal, province: Province
) -> None:
    take(journal, province, policy(province), policy(province, rules={"keep_personal_days": 31}))
    take(journal, province, policy(province, begins=TOMORROW))
    assert words(journal) == ["POLICY_CHANGED"] * 2
    assert policies.current(journal, START_MS).keep_personal_days == 30


@pytest.mark.attack
@pytest.mark.parametrize("strange", [float("nan"), float("inf"), "\ud800", b"bytes"])
@pytest.mark.parametrize("event", ["policy", "order", "blanks_announced"])
def test_what_no_signature_can_cover_is_refused_and_blocks_nothing(
    journal: Journal, province: Province, event: str, strange: Any
) -> None:
    good = {"policy": policy(province), "order": province.order("O-1")}.get(event, policy(province)).body
    body = {**good, "kind": "ktp", "names": None, "count": 1, "sender": "province", "x": strange}
    entry = province.entry(event, "o", body)
    take(journal, province, entry, policy(province))
    assert [line.body["word"] for line in journal.entries(0, 1)] == ["BAD_SIGNATURE"]
    assert events(journal)[-1] == ("policy_applied", "may")


def test_a_policy_that_this_program_cannot_read_is_told_of_until_it_is_taken_or_replaced(
    journal: Journal, province: Province
) -> None:
    take(journal, province, policy(province, "a", rules={"colour": "red"}))
    take(journal, province, policy(province, "b", TOMORROW, rules={"colour": "red"}))
    take(journal, province, policy(province, "c", station="64.11-2"), policy(province, "d", begins=7))
    assert policies.not_followed(journal, START_MS + 90 * DAY_MS) == ["a", "b"]
    take(journal, province, policy(province, "a2"))
    assert policies.not_followed(journal, START_MS) == ["b"]
    take(journal, province, policy(province, "b", TOMORROW))  # sent again, and the program is a newer one
    assert policies.not_followed(journal, START_MS) == []
    assert policies.current(journal, START_MS + DAY_MS).name == "b"


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.attack
@given(st.dictionaries(st.sampled_from(["from", "rules", "signature", "x"]), _ANY))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_a_line_holds_the_cursor_moves_on(
    journal: Journal, province: Province, body: dict[str, Any]
) -> None:
    entry = province.entry("policy", "p", body)
    take(journal, province, entry)
    assert journal.cursor("orders_have") == entry.seq
    assert policies.current(journal, START_MS) is DEFAULT


def put(journal: Journal, province: Province) -> None:
    for reason in REASONS:
        take(journal, province, province.order(f"O-{reason}", reason=reason))


def waiting(journal: Journal) -> list[str]:
    return [order.removeprefix("O-") for order in jobs.next_waiting(journal, 99)]


def test_orders_that_wait_are_put_in_the_order_of_a_policy_that_holds_already(
    journal: Journal, province: Province
) -> None:
    put(journal, province)
    assert waiting(journal)[0] == "status_change"
    take(journal, province, policy(province, rules=UPSIDE_DOWN))
    assert waiting(journal) == list(reversed(REASONS))
    take(journal, province, policy(province, "z"))
    assert waiting(journal)[0] == "status_change"


def test_a_policy_that_begins_at_midnight_puts_them_in_its_order_at_the_next_press(
    journal: Journal, province: Province, clock: Clock
) -> None:
    put(journal, province)
    take(journal, province, policy(province, begins=TOMORROW, rules=UPSIDE_DOWN))
    journal.write(policies.rerank)
    assert waiting(journal)[0] == "status_change"
    clock.at_ms += DAY_MS
    take(journal, province, province.order("O-new", reason="status_change"))
    journal.write(policies.rerank)
    assert waiting(journal)[0] == "data_change"
    assert waiting(journal)[-2:] == ["new", "status_change"]


def test_an_order_that_came_while_the_clock_ran_ahead_is_ranked_as_the_others_once_it_is_right(
    journal: Journal, province: Province, clock: Clock
) -> None:
    take(journal, province, policy(province, begins="2020-07-01", rules=UPSIDE_DOWN))
    take(journal, province, province.order("O-first_card", reason="first_card"))
    clock.at_ms += 60 * DAY_MS
    take(journal, province, province.order("O-data_change", reason="data_change"))
    assert waiting(journal) == ["data_change", "first_card"]
    clock.at_ms -= 60 * DAY_MS
    take(journal, province, province.order("O-disaster", reason="disaster"))
    assert waiting(journal) == ["first_card", "disaster", "data_change"]


def test_the_clerk_s_press_takes_them_in_the_order_of_the_day(
    journal: Journal, province: Province, clock: Clock
) -> None:
    config = Config("64.11", 1, chip="vpcd://127.0.0.1:1")
    put(journal, province)
    take(journal, province, policy(province, begins=TOMORROW, rules=UPSIDE_DOWN))
    first = ACTIONS["print"](journal, config, {"next": 1})
    clock.at_ms += DAY_MS
    second = ACTIONS["print"](journal, config, {"next": 1})
    assert [first["order"], second["order"]] == ["O-status_change", "O-data_change"]
