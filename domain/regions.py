"""The ten offices of East Kalimantan by the Interior Ministry's codes.

The statistics office numbers the same places differently (its 6402 is Kutai Barat); only the
dotted codes of the Interior Ministry are used here. Source: four yearly editions, 2018 to 2025.
"""

from __future__ import annotations

PROVINCE = "64"
PROVINCE_NAME = "Kalimantan Timur"
PROVINCE_HOLDER = "province"  # who holds the province's own store of blanks

OFFICES: dict[str, str] = {
    "64.01": "Paser",
    "64.02": "Kutai Kartanegara",
    "64.03": "Berau",
    "64.07": "Kutai Barat",
    "64.08": "Kutai Timur",
    "64.09": "Penajam Paser Utara",
    "64.11": "Mahakam Ulu",
    "64.71": "Balikpapan",
    "64.72": "Samarinda",
    "64.74": "Bontang",
}

KECAMATAN: dict[str, range] = {
    "64.01": range(1, 11),
    "64.02": range(1, 21),
    "64.03": range(1, 14),
    "64.07": range(5, 21),
    "64.08": range(1, 19),
    "64.09": range(1, 5),
    "64.11": range(1, 6),
    "64.71": range(1, 7),
    "64.72": range(1, 11),
    "64.74": range(1, 4),
}
"""The codes of the kecamatan in each, 2025. Older people carry codes of places that are others by now."""
STATISTICS_OFFICE: dict[str, str] = {"64.02": "64.07", "64.03": "64.02", "64.04": "64.08", "64.05": "64.03"}
"""Its numbers that mean another office than the ministry's, with the office they mean."""


def doubt(region: str, office: str) -> str | None:
    """Why the region inside a NIK (six digits) is worth a second look at ``office``; never a refusal.

    BPS_CODE: it is what the statistics office calls this very office. UNKNOWN_REGION, UNKNOWN_KECAMATAN:
    the province has none of this code today, though people may carry it from before. Other provinces'
    codes are not known here.
    """
    code = f"{region[:2]}.{region[2:4]}"
    if STATISTICS_OFFICE.get(code) == office:
        return "BPS_CODE"
    if region[:2] != PROVINCE:
        return None
    if code not in OFFICES:
        return "UNKNOWN_REGION"
    return None if int(region[4:6]) in KECAMATAN[code] else "UNKNOWN_KECAMATAN"


def kind(office: str) -> str:
    """``kota`` for a city, ``kabupaten`` for a regency: cities are numbered from 71."""
    return "kota" if int(office[3:]) >= 71 else "kabupaten"


def heading(office: str) -> str:
    """The office's name as a card's second line has it, e.g. ``KABUPATEN MAHAKAM ULU``."""
    return f"{kind(office)} {OFFICES[office]}".upper()


def station(office: str, number: int) -> str:
    """A station's name, ``64.11-1``: the office's code and the PC's number in it."""
    return f"{office}-{number}"


def split_station(name: str) -> tuple[str, int]:
    """Office code and number of a station's name. Raises ValueError with one clear sentence."""
    office, dash, number = name.partition("-")
    if office not in OFFICES or not dash or not number.isdigit() or number.startswith("0"):
        raise ValueError(f"{name!r} names no station; one looks like 64.11-1")
    return office, int(number)
