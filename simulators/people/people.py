"""People out of a seed: the same seed and office give the same people, down to the last digit. Pure.

Their NIK has the real region codes and a serial from 9000 to 9999, which no citizen here carries; a woman's
day counts from 41. Birth date, sex and NIK agree, as the province's list must.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from domain import phones, policy, regions
from simulators.people import names

SERIALS = range(9000, 10_000)
KIA_SHARE = 0.12
NO_PHONE_EVERY = 7
REASON_WEIGHTS = {
    "suket_prr": 70,
    "first_card": 12,
    "suket_replacement": 8,
    "data_change": 6,
    "status_change": 3,
}


@dataclass(frozen=True, slots=True)
class Person:
    """One synthetic person with the order for their card; the fields are the list's columns, in its order."""

    order: str
    office: str
    station: str
    kind: str
    reason: str
    status: str
    nik: str
    name: str
    birthplace: str
    birthdate: str
    sex: str
    blood: str
    address: str
    rt_rw: str
    village: str
    district: str
    religion: str
    marital: str
    occupation: str
    citizenship: str
    requested: str
    photo: str
    phone: str

    @property
    def woman(self) -> bool:
        """Whether the portrait is a woman's."""
        return self.sex == "PEREMPUAN"


def people(
    seed: int,
    office: str,
    n: int,
    *,
    station: int = 1,
    kind: str | None = None,
    today: date = date(2026, 1, 15),
) -> list[Person]:
    """``n`` people of one office, each with an order for its station. ``kind``: ktp, kia, or a mix of both.

    ValueError when there is no such office, or more are asked for than serials keep apart.
    """
    if office not in regions.OFFICES:
        raise ValueError(f"{office!r} is no office; one looks like 64.11")
    dice = random.Random(f"{seed}/{office}")
    taken: set[str] = set()
    crowd = []
    for number in range(1, n + 1):
        order = f"{office.replace('.', '')}-{seed}-{number:05}"
        its_kind = kind or ("kia" if dice.random() < KIA_SHARE else "ktp")
        crowd.append(_person(dice, taken, order, office, str(station), its_kind, today))
    return crowd


def _person(
    dice: random.Random, taken: set[str], order: str, office: str, station: str, kind: str, today: date
) -> Person:
    woman = dice.random() < 0.5
    born = _birthdate(dice, kind, today)
    district = dice.choice(regions.KECAMATAN[office])
    return Person(
        order=order,
        office=office,
        station=station,
        kind=kind,
        reason=_reason(dice, kind),
        status=policy.PRINT_READY,
        nik=_nik(dice, taken, office, district, born, woman),
        name=f"{dice.choice(names.WOMEN if woman else names.MEN)} {dice.choice(names.FAMILIES)} SPECIMEN",
        birthplace=regions.OFFICES[office].upper(),
        birthdate=born.isoformat(),
        sex="PEREMPUAN" if woman else "LAKI-LAKI",
        blood=dice.choice(names.BLOOD),
        address=f"JL. {dice.choice(names.STREETS)} NO. {dice.randint(1, 199)}",
        rt_rw=f"{dice.randint(1, 20):03}/{dice.randint(1, 9):03}",
        village=f"DESA CONTOH {dice.randint(1, 12)}",
        district=f"KECAMATAN CONTOH {district:02}",
        religion=dice.choice(names.RELIGIONS),
        marital=_marital(dice, kind),
        occupation="BELUM/TIDAK BEKERJA" if kind == "kia" else dice.choice(names.OCCUPATIONS),
        citizenship="WNI",
        requested=(today - timedelta(days=dice.randint(0, 400))).isoformat(),
        photo="" if kind == "kia" and born > _years_before(today, 5) else f"photos/{order}.jpg",
        phone=_phone(int(order.rsplit("-", 1)[1])),
    )


def _phone(number: int) -> str:
    """One nobody has; every seventh told none. Not thrown for, so that a seed's people stay who they are."""
    return "" if number % NO_PHONE_EVERY == 0 else f"{phones.SYNTHETIC}{number % 100_000:05}"


def _birthdate(dice: random.Random, kind: str, today: date) -> date:
    """KTP: 17 to 80 years old. KIA: from birth to the day before 17, but no fifth or seventeenth birthday
    within two years, so that a list stays good that long."""
    youngest, oldest = (17, 81) if kind != "kia" else (0, 3) if dice.random() < 0.3 else (5, 15)
    first = _years_before(today, oldest) + timedelta(days=1)
    last = _years_before(today, youngest)
    return first + timedelta(days=dice.randint(0, (last - first).days))


def _years_before(day: date, years: int) -> date:
    """The same day ``years`` before; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def _nik(dice: random.Random, taken: set[str], office: str, district: int, born: date, woman: bool) -> str:
    """A free NIK with a serial of the invented ones."""
    head = f"{office.replace('.', '')}{district:02}{born.day + (40 if woman else 0):02}{born:%m%y}"
    free = [serial for serial in SERIALS if f"{head}{serial}" not in taken]
    if not free:
        raise ValueError("more people of one birthday than there are serials for invented ones")
    nik = f"{head}{dice.choice(free)}"
    taken.add(nik)
    return nik


def _reason(dice: random.Random, kind: str) -> str:
    if kind == "kia":
        return "first_card"
    return dice.choices(list(REASON_WEIGHTS), list(REASON_WEIGHTS.values()))[0]


def _marital(dice: random.Random, kind: str) -> str:
    if kind == "kia":
        return "BELUM KAWIN"
    return dice.choices(("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI"), (30, 60, 6, 4))[0]
