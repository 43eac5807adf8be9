"""Consignments on their way: sent once, announced and signed, and every difference told."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.store.journal import Journal
from domain.keys import SigningKey, order_bytes
from sync.log import Entry
from tests.unit.agent.stations import Clock, Province, take
from tests.unit.agent.stock import act, figures, filled, word, words


@pytest.fixture
def journal(tmp_path: Path, clock: Clock, province: Province) -> Iterator[Journal]:
    made = filled(tmp_path / "home", province, clock)
    yield made
    made.close()


def test_a_consignment_is_sent_once_by_name_or_by_count(journal: Journal) -> None:
    done = act(journal, "send", to="64.02-1", consignment="T-1", names=["0401", "04FF"])
    assert done == {"consignment": "T-1", "kind": "ktp", "count": 2, "to": "64.02-1", "new": True}
    assert not act(journal, "send", to="64.02-1", consignment="T-1", names=["04FF", "0401"])["new"]
    assert act(journal, "send", to="province", consignment="T-2", count=3)["new"]
    assert figures(journal, "sent", "on_hand", "unnamed", "unaccounted") == (5, 3, 1, [])


@pytest.mark.parametrize(
    ("refused", "args"),
    [
        ("NOT_IN_STOCK", {"count": 6}),
        ("BLANK_UNKNOWN", {"names": ["0901", "0902", "0903", "0904", "0905", "0906"]}),
        ("BLANK_USED", {"names": ["0401", "0401"]}),
        ("BLANK_UNKNOWN", {"names": ["0801"]}),
        ("UNKNOWN_STATION", {"count": 1, "to": "64.11-1"}),
        ("UNKNOWN_STATION", {"count": 1, "to": "64.99-1"}),
        ("CONSIGNMENT_CHANGED", {"count": 1, "consignment": "C-1"}),
        ("UNKNOWN_KIND", {"count": 1, "kind": "sim"}),
    ],
)
def test_only_what_is_in_stock_is_sent_to_whom_there_is(
    journal: Journal, refused: str, args: dict[str, Any]
) -> None:
    assert word(journal, "send", **{"to": "64.02-1", "consignment": "T-1", **args}) == refused


def test_what_was_sent_is_gone_until_it_comes_back_under_another_name(journal: Journal) -> None:
    act(journal, "send", to="64.02-1", consignment="T-1", names=["0401"])
    assert word(journal, "send", to="64.02-1", consignment="T-2", names=["0401"]) == "BLANK_USED"
    assert word(journal, "send", to="64.02-1", consignment="T-1", names=["0402"]) == "CONSIGNMENT_CHANGED"
    assert word(journal, "receive", consignment="T-1", names=["0401"]) == "CONSIGNMENT_CHANGED"
    act(journal, "receive", consignment="T-9", names=["0401"])
    assert figures(journal, "received", "sent", "on_hand", "unaccounted") == (9, 1, 8, [])


def announcement(
    province: Province, consignment: str, names: list[str] | None, count: int = 0, **more: Any
) -> Entry:
    body: dict[str, Any] = {"kind": "ktp", "names": names, "count": count or len(names or ()), **more}
    body = {"sender": "province", "piece": 0, **body}
    body["signature"] = b64encode(province.key.sign(order_bytes("64.11-1", consignment, body))).decode()
    return province.entry("blanks_announced", consignment, body)


def test_what_was_sent_comes_back_as_the_kind_it_is(journal: Journal) -> None:
    act(journal, "send", to="province", consignment="T-1", names=["0401"])
    assert word(journal, "receive", consignment="C-9", names=["0401"], kind="kia") == "BLANK_USED"
    assert act(journal, "receive", consignment="C-9", names=["0401"])["new"]
    assert figures(journal, "received", "sent", "unaccounted") == (9, 1, [])


def test_a_consignment_that_differs_from_its_announcement_is_booked_as_it_came_and_told(
    journal: Journal, province: Province
) -> None:
    take(journal, province, announcement(province, "K-1", ["0501", "0502"]))
    done = act(journal, "receive", consignment="K-1", names=["0501", "0503"])
    assert done["new"]
    assert done["differs"] == {"announced": 2, "received": 2, "missing": ["0502"], "extra": ["0503"]}
    assert words(journal) == [("CONSIGNMENT_DIFFERS", 1)]
    take(journal, province, announcement(province, "K-1", ["0503", "0501"]))  # as people settled it
    assert words(journal) == []


@pytest.mark.parametrize("late", [False, True])
def test_a_number_that_differs_is_told_whichever_came_first(
    journal: Journal, province: Province, late: bool
) -> None:
    steps = [
        lambda: take(journal, province, announcement(province, "K-1", None, 40)),
        lambda: act(journal, "receive", consignment="K-1", count=39),
    ]
    for step in reversed(steps) if late else steps:
        step()
    assert words(journal) == [("CONSIGNMENT_DIFFERS", 1)]
    assert act(journal, "receive", consignment="K-1", count=39)["differs"]["announced"] == 40


def test_what_fits_or_was_never_announced_is_no_difference(journal: Journal, province: Province) -> None:
    take(journal, province, announcement(province, "K-1", ["0501", "0502"]))
    take(journal, province, announcement(province, "K-2", None, 7))
    assert act(journal, "receive", consignment="K-1", names=["0502", "0501"])["differs"] is None
    assert act(journal, "receive", consignment="K-2", count=7)["differs"] is None
    assert act(journal, "receive", consignment="K-3", count=7)["differs"] is None
    assert words(journal) == []


def test_an_announcement_in_pieces_is_one_consignment(journal: Journal, province: Province) -> None:
    first = announcement(province, "K-1", ["0501", "0502"], 3)
    take(journal, province, first)
    assert act(journal, "receive", consignment="K-1", names=["0501", "0502", "0503"])["differs"] is None
    take(journal, province, announcement(province, "K-1", ["0504"], 3, piece=1))
    assert words(journal) == [("CONSIGNMENT_DIFFERS", 1)]
    take(journal, province, first, announcement(province, "K-1", ["0503"], 3, piece=1))
    assert words(journal) == []
    ((names,),) = journal.rows("SELECT names FROM announced")
    assert json.loads(names) == ["0501", "0502", "0503"]


def test_a_consignment_of_the_other_kind_differs(journal: Journal, province: Province) -> None:
    take(journal, province, announcement(province, "K-1", None, 2, kind="kia"))
    assert act(journal, "receive", consignment="K-1", count=2)["differs"] is not None


@pytest.mark.parametrize(
    ("refused", "changed"),
    [
        ("BAD_SIGNATURE", {"count": 3}),
        ("BAD_SIGNATURE", {"signature": "!"}),
        ("MISSING_FIELD", {}),
        ("UNKNOWN_KIND", {"kind": "sim"}),
        ("BAD_ORDER", {"names": ["!"]}),
        ("BAD_ORDER", {"names": 5}),
        ("BAD_ORDER", {"count": True}),
        ("BAD_ORDER", {"count": 0}),
    ],
)
def test_an_announcement_that_does_not_hold_is_told_and_not_kept(
    journal: Journal, province: Province, refused: str, changed: dict[str, Any]
) -> None:
    entry = announcement(province, "K-1", None, 2)
    if refused == "BAD_SIGNATURE":
        entry = province.changed(entry, **changed)
    elif refused == "MISSING_FIELD":
        entry = province.entry("blanks_announced", "K-1", {"kind": "ktp"})
    else:
        body = {"kind": "ktp", "names": None, "count": 2, "sender": "province", **changed}
        signature = province.key.sign(order_bytes("64.11-1", "K-1", body))
        entry = province.entry("blanks_announced", "K-1", body | {"signature": b64encode(signature).decode()})
    take(journal, province, entry)
    line = journal.entries(journal.head() - 1, 1)[0]
    assert (line.event, line.subject, line.body) == ("announcement_refused", "K-1", {"word": refused})
    assert journal.rows("SELECT * FROM announced") == []


def test_another_province_announces_nothing(journal: Journal, province: Province) -> None:
    other = Province()
    other.key = SigningKey.generate()
    take(journal, province, announcement(other, "K-1", None, 2))
    assert journal.rows("SELECT * FROM announced") == []
