"""Whether a record may become an order, and what of it is personal.

Each rule gives one word (domain/words.py); the first that speaks is the row's refusal. What passes is
split: the order itself, which journals and screens may show, and the personal part, which leaves this
program only sealed. Photo and fingers are read from beside the list and from nowhere else.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain import nik, people, phones, policy, regions
from domain.keys import canonical
from domain.policy import Policy
from domain.words import RefusedByRule
from hub import picture

PHOTO_BYTES_MAX = 200 * 1024
PHOTO_DOTS_MAX = 4_000_000  # thirty times what a card shows of it
FINGER_BYTES_MAX = 2048
FIELD_CHARACTERS_MAX = 200
FINGERS = ("finger_right", "finger_left")
"""Optional columns: files by which the counter's fingerprint reader knows an index finger; opaque here."""
PERSONAL = (
    "nik", "name", "birthplace", "birthdate", "sex", "blood", "address", "rt_rw", "village", "district",
    "religion", "marital", "occupation", "citizenship",
)  # fmt: skip
NEEDED = (
    "order", "office", "station", "kind", "reason", "status", "requested", "nik", "name", "birthplace",
    "birthdate", "sex", "address", "village", "district", "citizenship",
)  # fmt: skip
NEEDED_ON_KTP = ("religion", "marital", "occupation")
WOMAN = {"P": True, "PEREMPUAN": True, "F": True, "L": False, "LAKI-LAKI": False, "M": False}
PICTURES = (b"\xff\xd8\xff", picture.PNG)
_ORDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """A record that may be printed. ``personal`` is JSON in bytes, never to be shown; ``content`` tells
    whether another import said the same, ``person`` whether it is the same person's for such a card."""

    name: str
    station: str
    kind: str
    reason: str
    requested: str
    personal: bytes
    content: bytes
    person: bytes


def order_of(
    fields: Fields,
    beside: Path,
    content_key: bytes,
    known: Callable[[str], bool],
    rules: Policy,
    today: str,
) -> Order:
    """The order a row asks for. ``beside``: the folder of the list; ``known``: whether a station exists;
    ``rules``: the policy in force ``today``, a WITA day YYYY-MM-DD.

    Errors: RefusedByRule with the first word that speaks against the row.
    """
    word = _shape(fields, rules) or _place(fields) or _dates(fields) or _person(fields)
    if word := word or _holder(fields, rules, date.fromisoformat(today)):
        raise RefusedByRule(word)
    name = station_name(fields)
    if not known(name):
        raise RefusedByRule("UNKNOWN_STATION")
    photo = _photo(fields, beside, rules, date.fromisoformat(today))
    office = fields["office"]
    told = {column: fields[column] for column in PERSONAL}
    told |= _phone(fields)
    told |= {"province": regions.PROVINCE_NAME.upper(), "regency": regions.heading(office)}
    told |= {"photo": b64encode(photo).decode()} | _fingers(fields, beside)
    personal = canonical(told)
    said = canonical([name, *(fields[column] for column in ("order", "kind", "reason", "requested"))])
    content = hmac.digest(content_key, said + b"\n" + personal, "sha256")
    return Order(
        *(fields["order"], name, fields["kind"], fields["reason"], fields["requested"], personal, content),
        person_of(fields["kind"], fields["nik"], content_key),
    )


def person_of(kind: str, nik: str, content_key: bytes) -> bytes:
    """A digest that two orders share if they ask such a card for the same person; it tells no NIK."""
    return hmac.digest(content_key, f"person\n{kind}\n{nik}".encode(), "sha256")


def station_name(fields: Fields) -> str:
    """The station's full name; the column may hold the number alone or the name."""
    told = fields["station"]
    return told if told.startswith(fields["office"] + "-") else f"{fields['office']}-{told}"


def _shape(fields: Fields, rules: Policy) -> str | None:
    needed = NEEDED + (NEEDED_ON_KTP if fields["kind"] == "ktp" else ())
    if not all(fields[column] for column in needed):
        return "MISSING_FIELD"
    if not policy.may_print(rules, fields["status"]):
        return "NOT_PRR"
    printable = all(value.isprintable() and len(value) <= FIELD_CHARACTERS_MAX for value in fields.values())
    if not printable or not _ORDER_NAME.fullmatch(fields["order"]):
        return "BAD_ORDER"
    return "NIK_IN_ORDER" if _names_nik(fields) else None


def _names_nik(fields: Fields) -> bool:
    """Whether the order's name, which stands in journals and on screens, tells a NIK."""
    told = "".join(sign for sign in fields["order"] if sign.isdigit())
    return people.holds_nik(fields["order"]) or (len(fields["nik"]) == nik.DIGITS and fields["nik"] in told)


def shown(fields: Fields) -> str:
    """The order's name as a message may repeat it."""
    name = fields["order"][:64]
    return re.sub(r"\d", "*", name) if _names_nik(fields) else name


def _place(fields: Fields) -> str | None:
    if fields["office"] not in regions.OFFICES:
        return "UNKNOWN_OFFICE"
    if fields["kind"] not in policy.KINDS:
        return "UNKNOWN_KIND"
    return None if fields["reason"] in policy.REASONS else "UNKNOWN_REASON"


def _dates(fields: Fields) -> str | None:
    for column in ("requested", "birthdate"):
        try:
            date.fromisoformat(fields[column] if _ISO_DATE.fullmatch(fields[column]) else "")
        except ValueError:
            return "BAD_DATE"
    return None


def _person(fields: Fields) -> str | None:
    try:
        told = nik.parse(fields["nik"])
    except ValueError:
        return "BAD_NIK"
    woman = WOMAN.get(fields["sex"].upper())
    if woman is None:
        return "BAD_ORDER"
    return None if nik.fits(told, date.fromisoformat(fields["birthdate"]), woman=woman) else "NIK_MISFIT"


def _holder(fields: Fields, rules: Policy, today: date) -> str | None:
    """Whether somebody of this age and marital status may hold such a card today."""
    born = date.fromisoformat(fields["birthdate"])
    return policy.refusal(rules, fields["kind"], born, policy.ever_married(fields["marital"]), today)


def _phone(fields: Fields) -> dict[str, str]:
    """The holder's number in its one form, where the list tells one. Errors: RefusedByRule BAD_PHONE."""
    if not fields.get("phone"):
        return {}
    try:
        return {"phone": phones.normal(fields["phone"])}
    except ValueError:
        raise RefusedByRule("BAD_PHONE") from None


def _photo(fields: Fields, beside: Path, rules: Policy, today: date) -> bytes:
    """The picture's bytes; a young child's card has none. Errors: RefusedByRule BAD_PHOTO."""
    told = fields["photo"]
    if not told and fields["kind"] == "kia":
        married = policy.ever_married(fields["marital"])
        band = policy.kia_band(rules, date.fromisoformat(fields["birthdate"]), married, today)
        if band and not band.photo:
            return b""
    photo = _beside(told, beside, PHOTO_BYTES_MAX, "BAD_PHOTO")
    if not photo.startswith(PICTURES):
        raise RefusedByRule("BAD_PHOTO")
    if (picture.dots(photo) or 0) > PHOTO_DOTS_MAX:
        raise RefusedByRule("BAD_PHOTO")
    return photo


def _fingers(fields: Fields, beside: Path) -> dict[str, str]:
    """The list's fingers, in base64; a child's card holds none. Errors: RefusedByRule BAD_FINGER."""
    told = [column for column in FINGERS if fields.get(column)]
    if told and fields["kind"] == "kia":
        raise RefusedByRule("BAD_FINGER")
    files = {column: _beside(fields[column], beside, FINGER_BYTES_MAX, "BAD_FINGER") for column in told}
    if not all(files.values()):
        raise RefusedByRule("BAD_FINGER")
    return {column: b64encode(file).decode() for column, file in files.items()}


def _beside(told: str, beside: Path, most: int, word: str) -> bytes:
    """The file ``told`` in the list's folder or below it. Errors: RefusedByRule ``word``."""
    folder = beside.resolve()
    try:
        place = (folder / told).resolve(strict=True)
        if not told or not place.is_relative_to(folder) or not place.is_file():
            raise RefusedByRule(word)
        with place.open("rb") as file:
            found = file.read(most + 1)
    except (OSError, ValueError):
        raise RefusedByRule(word) from None
    if len(found) > most:
        raise RefusedByRule(word)
    return found
