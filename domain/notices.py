"""What the public may read of a card that waits: masked NIK and initials, never a full name or number.

Every announcement is made from a ``Notice``, which holds nothing else of the person; so no channel can tell
more, whatever it is made into. The office's words are Indonesian, as its citizens read them, and a message
fits one SMS of 160 characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from domain import nik, regions

SMS_CHARACTERS_MAX = 160
INITIALS_MAX = 4
CARD: dict[str, str] = {"ktp": "KTP-el", "kia": "KIA"}
OLD_CARD: dict[str, str] = {"ktp": "KTP lama", "kia": "KIA lama"}
BRINGS: dict[str, str] = {"suket": "suket", "letter": "surat hilang dari polisi"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One ready card as anybody may read of it. ``brings``: words of domain.handover.Paper."""

    kind: str
    initials: str
    nik: str
    village: str
    district: str
    brings: tuple[str, ...]

    @property
    def to_bring(self) -> str:
        """What the holder has to bring, in words; empty when nothing."""
        return ", ".join(BRINGS.get(each) or OLD_CARD[self.kind] for each in self.brings)


def notice(kind: str, fields: Mapping[str, str], brings: Iterable[str]) -> Notice:
    """The notice of a card from its order's personal part. Raises KeyError for a part that lacks a column."""
    return Notice(
        kind,
        initials(fields["name"]),
        nik.masked(fields["nik"]),
        fields["village"],
        fields["district"],
        tuple(sorted(brings)),
    )


def initials(name: str) -> str:
    """``A.B.`` of a name, four at most; ``-`` where it has no letter."""
    letters = [next((sign for sign in word if sign.isalpha()), "") for word in name.upper().split()]
    return "".join(f"{letter}." for letter in [*filter(None, letters)][:INITIALS_MAX]) or "-"


def masked_name(name: str) -> str:
    """``A*** B***``: enough for a clerk to find the card that is asked for by name."""
    return " ".join(f"{word[0]}***" for word in name.upper().split())


def message(told: Notice, office: str) -> str:
    """The text for the holder's phone, one SMS long. ``office``: its code."""
    place = f"{'Kota' if regions.kind(office) == 'kota' else 'Kab.'} {regions.OFFICES[office]}"
    bring = f" Bawa {told.to_bring}." if told.brings else ""
    return (
        f"Disdukcapil {place}: {CARD[told.kind]} {told.initials} NIK {told.nik} siap diambil di loket."
        f"{bring} Gratis."
    )


def by_village(notices: Iterable[Notice]) -> list[tuple[str, str, list[Notice]]]:
    """(district, village, its notices), in the order in which lists are pinned up."""
    ordered = sorted(notices, key=lambda each: (each.district, each.village, each.initials, each.nik))
    return [
        (district, village, list(group))
        for (district, village), group in groupby(ordered, key=lambda each: (each.district, each.village))
    ]
