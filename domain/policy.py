"""The province's rules as data with a date: which record may be printed, in which order, and for whom.

A rule is a field of ``Policy`` or of a small part of it, and what it means is a pure function below that
takes the policy in force; no rule stands anywhere else. The defaults are the rules of 2020. The hub signs
a policy and every station follows it from its WITA day on (``in_force``); what a policy does not tell is
as in 2020. A rule is added by adding a field with its default and its bounds; ``domain/policy_form.py``
reads and checks whatever fields there are.

Sources: the province's releases of April and May 2020 (print-ready only, at once on a changed marital
status, no new temporary certificate unless urgent, all four ways of announcing), UU 24/2013 (from 17, or
married, or once married), Permendagri 2/2016 (the child's card), the ministry's priority of 2020 for scarce
blanks, circular practice for the temporary certificate (six months). The limits for a second person and for
keeping personal data are this program's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.ages import age, birthday, months_later

KINDS = ("ktp", "kia")
PRINT_READY = "PRR"

REASONS: dict[str, str] = {
    "status_change": "marital status changed and the new family card is done: printed at once",
    "first_card": "the person's first card",
    "disaster": "victim of a disaster",
    "suket_prr": "holds a temporary certificate and is print-ready",
    "suket_replacement": "holds a temporary certificate for a lost or damaged card",
    "data_change": "other changed data",
}
ON_SUKET = ("suket_prr", "suket_replacement")  # whoever is printed for these holds a certificate already
CHANNELS = ("wa", "sms", "web", "list")
COLLECTED_BY = ("counter", "family", "courier", "post")
_EVER_MARRIED = ("KAWIN", "CERAI")  # how the register's words for it begin; BELUM KAWIN is unmarried


def _number(default: int, least: int = 0, most: int = 1000) -> Any:
    return field(default=default, metadata={"least": least, "most": most})


def _one_of(default: str, *words: str) -> Any:
    return field(default=default, metadata={"one_of": words})


def _words(default: tuple[str, ...], known: Iterable[str] = (), *, all_of: bool = False) -> Any:
    return field(default=default, metadata={"known": tuple(known), "all_of": all_of})


@dataclass(frozen=True, slots=True)
class Suket:
    """The temporary certificate: whether one may be issued, for which urgent reasons, and for how long."""

    allowed: str = _one_of("urgent", "never", "urgent", "always")
    urgent_reasons: tuple[str, ...] = _words(("marriage",))
    valid_months: int = _number(6, 1, 24)
    void_needs_second: bool = True  # one that somebody had in hand is made void by two people


@dataclass(frozen=True, slots=True)
class KiaBands:
    """The child's card: without a photo until this birthday, with one until the day before the other."""

    photo_from: int = _number(5, 0, 20)
    until: int = _number(17, 1, 21)


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """How many blanks a clerk may write off alone in a day before a second person has to look."""

    spoiled_alone_a_day: int = _number(5)
    lost_alone_a_day: int = _number(1)


@dataclass(frozen=True, slots=True)
class Duty:
    """How hard a printer is worked; 0: no limit."""

    cards_a_day: int = _number(0, 0, 10_000)
    rest_after_cards: int = _number(0, 0, 10_000)
    rest_minutes: int = _number(0, 0, 1440)


@dataclass(frozen=True, slots=True)
class HandOver:
    """Who may get a card over the counter, and what has to come in first; domain/handover.py applies it."""

    channels: tuple[str, ...] = _words(COLLECTED_BY, COLLECTED_BY)
    scan_for_chip: bool = True  # without a reader the name scanned from the card is enough
    finger_without_reader: bool = False
    family_alone: bool = False  # a relative with a letter of authority needs no supervisor
    far_without_finger: bool = True  # the courier matches no finger
    excuse_old_paper: bool = True  # a supervisor may let a card go though the old paper is missing
    card_due: tuple[str, ...] = _words(("status_change", "data_change"), REASONS)
    suket_due: tuple[str, ...] = _words(ON_SUKET, REASONS)
    letter_due: tuple[str, ...] = _words((), REASONS)


@dataclass(frozen=True, slots=True)
class Capture:
    """When a sample is good enough, 0-100 by the device's own score, and how often it is tried.

    The defaults are those of MOSIP's registration client.
    """

    slaps: int = _number(40, 0, 100)
    thumbs: int = _number(40, 0, 100)
    irises: int = _number(60, 0, 100)
    face: int = _number(9, 0, 100)
    attempts: int = _number(3, 1, 10)


@dataclass(frozen=True, slots=True)
class Policy:
    """Every rule of one dated policy. ``effective``: the WITA day it begins; ``name`` breaks a tie."""

    name: str = "rules-of-2020"
    effective: str = "2020-01-01"
    print_statuses: tuple[str, ...] = _words((PRINT_READY,))
    # printed before all others, whatever their reason's place below, and therefore never given a suket
    immediate: tuple[str, ...] = _words(("status_change",), REASONS)
    reasons: tuple[str, ...] = _words(
        ("first_card", "disaster", "suket_prr", "suket_replacement", "status_change", "data_change"),
        REASONS,
        all_of=True,
    )
    suket: Suket = Suket()
    first_card_print_age: int = _number(17, 0, 30)
    recording_age: int = _number(16, 0, 30)  # recorded at 16, the card waits until the print age
    kia_bands: KiaBands = KiaBands()
    second_person: SecondPerson = SecondPerson()
    keep_personal_days: int = _number(90, 1, 3650)
    duty: Duty = Duty()
    hot_rest_minutes: int = _number(0, 0, 1440)
    recordings_a_day: int = _number(50, 0, 10_000)
    recording_mode: str = _one_of("online_required", "online_required", "store_and_forward")
    capture: Capture = Capture()
    outreach_a_day: int = _number(50, 0, 10_000)  # days in the field are counted apart
    outreach_offline: str = _one_of("as_recording_mode", "as_recording_mode", "allowed", "never")
    announce_channels: tuple[str, ...] = _words(CHANNELS, CHANNELS)
    hand_over: HandOver = HandOver()


DEFAULT = Policy()


def in_force(policies: Iterable[Policy], day: str) -> Policy:
    """The policy that holds on the WITA day ``day`` (YYYY-MM-DD): the latest begun, of two the later name."""
    begun = [each for each in policies if each.effective <= day]
    return max(begun, key=lambda each: (each.effective, each.name), default=DEFAULT)


# -- printing ------------------------------------------------------------------------------------------------


def may_print(rules: Policy, status: str) -> bool:
    """Whether a record of this status may become a card."""
    return status in rules.print_statuses


def rank(rules: Policy, reason: str) -> int:
    """The reason's place in the queue, below 0 for those printed at once. Raises KeyError for no reason."""
    at_once = reason in rules.immediate
    places = {
        each: at for at, each in enumerate(e for e in rules.reasons if (e in rules.immediate) is at_once)
    }
    return places[reason] - (len(places) if at_once else 0)


def priority(rules: Policy, reason: str, requested: str, order: str) -> tuple[int, str, str]:
    """Sort key of an order: the reason's rank, then the older request, then the name."""
    return rank(rules, reason), requested, order


def second_person(rules: Policy, loss: str, count_today: int) -> bool:
    """Whether one more blank ``spoiled`` or ``lost`` needs a second person, after so many on this day."""
    alone = {"spoiled": rules.second_person.spoiled_alone_a_day, "lost": rules.second_person.lost_alone_a_day}
    return count_today >= alone[loss]


# -- who may hold which card ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KiaBand:
    """What a child's card is like today: with a ``photo`` or without, valid ``until`` and with that day."""

    photo: bool
    until: date


def ever_married(marital: str) -> bool:
    """Whether the register's word for the marital status says married or once married."""
    return marital.strip().upper().startswith(_EVER_MARRIED)


def first_card_allowed(rules: Policy, born: date, married: bool, day: date) -> bool:
    """Whether an identity card may be printed on ``day``: from the print age, or married or once married."""
    return age(born, day) >= (0 if married else rules.first_card_print_age)


def may_record(rules: Policy, born: date, married: bool, day: date) -> bool:
    """Whether somebody may be recorded on ``day``, though the card may have to wait."""
    return age(born, day) >= (0 if married else rules.recording_age)


def kia_band(rules: Policy, born: date, married: bool, day: date) -> KiaBand | None:
    """The child's card on ``day``; None from the last birthday on, when married, and before birth.

    Its last day is before the age of the identity card, whatever the bands say: nobody has both.
    """
    years, photo_from = age(born, day), rules.kia_bands.photo_from
    end = min(rules.kia_bands.until, rules.first_card_print_age)
    if married or not 0 <= years < end:
        return None
    last = date.fromordinal(birthday(born, end).toordinal() - 1)
    if years < photo_from:
        return KiaBand(photo=False, until=min(last, birthday(born, photo_from)))
    return KiaBand(photo=True, until=last)


def refusal(rules: Policy, kind: str, born: date, married: bool, day: date) -> str | None:
    """The word why nobody born then may get this kind of card on ``day``; None when they may."""
    if born > day:
        return "BAD_DATE"
    if kind == "ktp":
        return None if first_card_allowed(rules, born, married, day) else "TOO_YOUNG"
    if kia_band(rules, born, married, day):
        return None
    return "KIA_MARRIED" if married else "TOO_OLD"


# -- the temporary certificate -------------------------------------------------------------------------------


def suket_allowed(rules: Policy, reason: str, order_reason: str) -> bool:
    """Whether a certificate may be issued for ``reason`` (a word) to the holder of an order.

    Whoever's card is printed at once gets the card, not a certificate.
    """
    if rules.suket.allowed == "never" or order_reason in rules.immediate:
        return False
    return rules.suket.allowed == "always" or reason in rules.suket.urgent_reasons


def suket_until(rules: Policy, day: date) -> date:
    """The last day on which a certificate issued or renewed on ``day`` is valid."""
    return months_later(day, rules.suket.valid_months)
