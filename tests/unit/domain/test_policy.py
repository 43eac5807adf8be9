"""The province's rules: which is in force, who may hold which card, and what comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import policy
from domain.ages import age, birthday, months_later
from domain.policy import DEFAULT, Capture, KiaBand, KiaBands, Policy, SecondPerson, Suket

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def test_the_rules_of_2020_hold_until_the_province_says_otherwise() -> None:
    assert policy.in_force([], "2020-05-12") is DEFAULT
    later = Policy("may", "2020-05-12")
    assert policy.in_force([later], "2020-05-11") is DEFAULT
    assert policy.in_force([later], "2020-05-12") is later


def test_a_station_records_fifty_people_a_day_and_what_is_good_enough_is_mosip_s() -> None:
    assert (DEFAULT.recordings_a_day, DEFAULT.recording_mode) == (50, "online_required")
    assert (DEFAULT.outreach_a_day, DEFAULT.outreach_offline) == (50, "as_recording_mode")
    assert DEFAULT.capture == Capture(slaps=40, thumbs=40, irises=60, face=9, attempts=3)


def test_the_latest_begun_policy_holds_and_of_two_that_begin_together_the_later_name() -> None:
    told = [
        Policy(name, day) for name, day in (("b", "2020-05-12"), ("a", "2020-05-12"), ("z", "2020-05-11"))
    ]
    told.append(Policy("future", "2020-05-13"))
    for order in permutations(told):
        assert policy.in_force(order, "2020-05-12").name == "b"
    assert policy.in_force(told, "2030-01-01").name == "future"


def test_only_a_print_ready_record_may_be_printed() -> None:
    assert policy.may_print(DEFAULT, "PRR")
    assert not any(policy.may_print(DEFAULT, status) for status in ("SFE", "prr", "", "DUP"))


def test_a_status_change_stands_before_all_others_only_while_it_is_immediate() -> None:
    usual = sorted(policy.REASONS, key=lambda reason: policy.rank(DEFAULT, reason))
    assert usual == [
        *("status_change", "first_card", "disaster", "suket_prr", "suket_replacement", "data_change"),
    ]
    assert policy.rank(DEFAULT, "status_change") == -1
    switched = replace(DEFAULT, immediate=())
    assert policy.rank(switched, "first_card") == policy.rank(DEFAULT, "first_card") == 0
    assert policy.rank(switched, "status_change") == 4
    with pytest.raises(KeyError):
        policy.rank(DEFAULT, "friend_of_mine")


@given(st.permutations(list(policy.REASONS)), st.sets(st.sampled_from(list(policy.REASONS))))
def test_every_order_of_reasons_gives_each_a_place_of_its_own(order: list[str], first: set[str]) -> None:
    rules = replace(DEFAULT, reasons=tuple(order), immediate=tuple(first))
    places = {reason: policy.rank(rules, reason) for reason in policy.REASONS}
    assert sorted(places.values()) == list(range(-len(first), len(order) - len(first)))
    assert {reason for reason, place in places.items() if place < 0} == first
    assert all(places[one] < places[other] for one in first for other in set(order) - first)


def test_an_identity_card_is_printed_from_seventeen_or_when_ever_married() -> None:
    born = date(2003, 5, 13)
    day = date(2020, 5, 12)
    assert not policy.first_card_allowed(DEFAULT, born, False, day)
    assert policy.first_card_allowed(DEFAULT, born, False, day + timedelta(days=1))
    assert policy.first_card_allowed(DEFAULT, born, True, day)
    assert policy.may_record(DEFAULT, born, False, day)  # recorded at 16, and the card waits
    assert not policy.may_record(DEFAULT, date(2004, 5, 13), False, day)
    assert policy.refusal(DEFAULT, "ktp", born, False, day) == "TOO_YOUNG"


@pytest.mark.parametrize(
    ("word", "married"),
    [("BELUM KAWIN", False), ("KAWIN", True), ("kawin tercatat", True), ("CERAI HIDUP", True), ("", False),
     ("CERAI MATI", True), ("-", False)],
)  # fmt: skip
def test_the_register_s_words_tell_who_was_ever_married(word: str, married: bool) -> None:
    assert policy.ever_married(word) is married


@pytest.mark.parametrize(
    ("day", "band"),
    [
        ("2015-05-11", None),
        ("2015-05-12", KiaBand(photo=False, until=date(2020, 5, 12))),
        ("2020-05-11", KiaBand(photo=False, until=date(2020, 5, 12))),
        ("2020-05-12", KiaBand(photo=True, until=date(2032, 5, 11))),
        ("2032-05-11", KiaBand(photo=True, until=date(2032, 5, 11))),
        ("2032-05-12", None),
    ],
)
def test_a_child_s_card_has_two_bands_and_then_no_more(day: str, band: KiaBand | None) -> None:
    born = date(2015, 5, 12)
    assert policy.kia_band(DEFAULT, born, False, date.fromisoformat(day)) == band
    assert policy.kia_band(DEFAULT, born, True, date.fromisoformat(day)) is None


def test_who_may_hold_which_card_has_one_word_each() -> None:
    day = date(2020, 5, 12)
    assert policy.refusal(DEFAULT, "kia", date(2003, 5, 12), False, day) == "TOO_OLD"
    assert policy.refusal(DEFAULT, "kia", date(2004, 5, 12), True, day) == "KIA_MARRIED"
    assert policy.refusal(DEFAULT, "kia", date(2020, 5, 12), False, day) is None
    for kind in policy.KINDS:
        assert policy.refusal(DEFAULT, kind, date(2020, 5, 13), False, day) == "BAD_DATE"


@given(DAYS, DAYS)
def test_on_no_day_are_both_cards_due_to_one_unmarried_person(born: date, day: date) -> None:
    cards = [kind for kind in policy.KINDS if policy.refusal(DEFAULT, kind, born, False, day) is None]
    assert len(cards) == (0 if born > day else 1)


@given(DAYS, DAYS, st.booleans(), st.integers(0, 30), st.integers(0, 21), st.integers(1, 21))
def test_no_policy_gives_one_person_both_cards(
    born: date, day: date, married: bool, print_age: int, photo_from: int, until: int
) -> None:
    bands = KiaBands(photo_from=min(photo_from, until), until=until)
    rules = replace(DEFAULT, first_card_print_age=print_age, kia_bands=bands)
    cards = [kind for kind in policy.KINDS if policy.refusal(rules, kind, born, married, day) is None]
    assert len(cards) <= 1
    band = policy.kia_band(rules, born, married, day)
    assert band is None or day <= band.until < birthday(born, max(print_age, photo_from + 1))


@given(DAYS, DAYS)
def test_a_birthday_is_the_day_on_which_the_age_rises(born: date, day: date) -> None:
    years = age(born, day)
    assert birthday(born, years) <= day < birthday(born, years + 1)


def test_who_was_born_on_a_leap_day_grows_older_on_the_first_of_march() -> None:
    assert [age(date(2004, 2, 29), date(2021, *day)) for day in ((2, 28), (3, 1))] == [16, 17]


def test_a_certificate_is_for_urgent_reasons_only_and_never_where_the_card_comes_at_once() -> None:
    assert policy.suket_allowed(DEFAULT, "marriage", "data_change")
    assert not policy.suket_allowed(DEFAULT, "bank", "data_change")
    assert not policy.suket_allowed(DEFAULT, "marriage", "status_change")
    always = replace(DEFAULT, suket=Suket(allowed="always"))
    assert policy.suket_allowed(always, "bank", "data_change")
    never = replace(DEFAULT, suket=Suket(allowed="never"))
    assert not policy.suket_allowed(never, "marriage", "data_change")


@pytest.mark.parametrize(
    ("day", "until"),
    [("2020-05-12", "2020-11-12"), ("2020-08-31", "2021-02-28"), ("2019-08-31", "2020-02-29")],
)
def test_a_certificate_is_valid_for_six_months(day: str, until: str) -> None:
    assert policy.suket_until(DEFAULT, date.fromisoformat(day)).isoformat() == until


@given(DAYS, st.integers(0, 60))
def test_months_later_is_in_that_month_and_never_later_in_it(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later.day == day.day or months_later(day, months).day >= 28


def test_above_the_day_s_limit_a_second_person_has_to_look() -> None:
    rules = replace(DEFAULT, second_person=SecondPerson(spoiled_alone_a_day=2, lost_alone_a_day=0))
    assert [policy.second_person(rules, "spoiled", count) for count in (0, 1, 2, 3)] == [
        *(False, False, True, True),
    ]
    assert policy.second_person(rules, "lost", 0)
