"""NIK, regions, days and print order: the words both programs share."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from domain import events, nik, policy, regions, wita, words


def test_a_woman_is_born_forty_days_later_on_paper() -> None:
    parts = nik.parse("6402034708909001")
    assert parts == nik.Nik("640203", 7, 8, 90, True, 9001)
    assert parts.synthetic
    assert nik.fits(parts, date(1990, 8, 7), woman=True)
    assert not nik.fits(parts, date(1990, 8, 7), woman=False)
    assert not nik.fits(parts, date(1990, 8, 8), woman=True)


@pytest.mark.parametrize(
    "bad",
    ["", "640203470890900", "64020347089090012", "64020347O8909001", "6402033213909001",
     "6402037202909001", "6402030002909001", "6402030713909001", "6402030708900000", "0102030708909001",
     "٦402034708909001"],
)  # fmt: skip
def test_what_is_no_nik_is_refused_without_being_repeated(bad: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        nik.parse(bad)
    assert not bad or bad not in str(caught.value)


def test_the_29th_of_february_is_a_birthday() -> None:
    assert nik.parse("6402036902009001").day == 29


def test_a_masked_nik_shows_six_digits() -> None:
    assert nik.masked("6402034708909001") == "6402**********01"


def test_ten_offices_three_of_them_cities() -> None:
    assert len(regions.OFFICES) == 10
    assert [code for code in regions.OFFICES if regions.kind(code) == "kota"] == ["64.71", "64.72", "64.74"]
    assert regions.heading("64.11") == "KABUPATEN MAHAKAM ULU"
    assert regions.heading("64.72") == "KOTA SAMARINDA"


@pytest.mark.parametrize("bad", ["64.11", "64.11-", "64.11-0", "64.11-01", "64.99-1", "64.11-x", "-1"])
def test_a_station_has_an_office_and_a_number(bad: str) -> None:
    assert regions.split_station(regions.station("64.11", 12)) == ("64.11", 12)
    with pytest.raises(ValueError, match="names no station"):
        regions.split_station(bad)


def test_a_day_ends_at_sixteen_hours_utc() -> None:
    first, after = wita.day_bounds_ms("2020-05-12")
    assert after - first == wita.DAY_MS
    assert wita.day(first) == wita.day(after - 1) == "2020-05-12"
    assert wita.day(first - 1) == "2020-05-11"
    assert first == 1589212800000  # 2020-05-11T16:00:00Z
    with pytest.raises(ValueError, match="Invalid isoformat"):
        wita.day_bounds_ms("12-05-2020")


def test_a_changed_marital_status_comes_first_and_older_requests_before_newer() -> None:
    orders = [
        ("data_change", "2020-01-01", "a"),
        ("suket_prr", "2020-05-01", "b"),
        ("suket_prr", "2020-04-01", "c"),
        ("status_change", "2020-05-12", "d"),
        ("first_card", "2020-05-12", "e"),
    ]
    assert [o[2] for o in sorted(orders, key=lambda o: policy.priority(policy.DEFAULT, *o))] == [
        "d",
        "e",
        "c",
        "b",
        "a",
    ]
    assert all(
        policy.rank(policy.DEFAULT, a) < policy.rank(policy.DEFAULT, b) for a, b in pairwise(policy.REASONS)
    )


def test_every_refusal_has_a_sentence() -> None:
    for word, sentence in words.SENTENCES.items():
        assert word == word.upper() and sentence.endswith(".")
    assert words.RefusedByRule("WRONG_BLANK").word == "WRONG_BLANK"
    assert words.sentence("SOMETHING_NEW") == "SOMETHING_NEW"


def test_an_event_says_what_it_lacks_and_a_later_one_is_let_through() -> None:
    assert events.missing(events.JOURNAL, "staged", {"blank": "04A", "kind": "ktp"}) == {"witness"}
    assert not events.missing(events.JOURNAL, "something_of_version_2", {})
