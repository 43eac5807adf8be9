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
