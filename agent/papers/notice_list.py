"""The list of cards that wait, to be pinned up: A4, a page for each kelurahan or desa, nobody's full name."""

from __future__ import annotations

from collections.abc import Iterable

from agent.papers.sheet import Sheet, long_date
from domain import regions
from domain.notices import CARD, Notice, by_village

_HEADING = ("No.", "Kartu", "Inisial", "NIK", "Yang dibawa")
_WIDTHS_MM = (12.0, 20.0, 30.0, 48.0, 60.0)
_FOOT = (
    "Ambil sendiri di kantor Disdukcapil dengan membawa yang tertulis. Kartu yang lama ditarik.",
    "Gratis, tidak dipungut biaya; jangan lewat perantara.",
)


def pdf(batch: str, office: str, notices: Iterable[Notice], at_ms: int) -> bytes:
    """The lists of one batch. ``office``: its code; ``at_ms``: the moment it was made, Unix milliseconds.

    The same batch gives the same bytes.
    """
    villages = by_village(notices)
    identity = f"notice-list/1 {batch} {office} {at_ms} {villages!r}"
    sheet = Sheet("Daftar kartu siap diambil", identity=identity, at_ms=at_ms, foot=f"Daftar {batch}")
    for number, (district, village, told) in enumerate(villages):
        if number:
            sheet.pdf.add_page()
        sheet.head("DAFTAR KARTU SIAP DIAMBIL", f"DISDUKCAPIL {regions.heading(office)}")
        where = (("Kecamatan", district), ("Kelurahan/Desa", village), ("Tanggal", long_date(at_ms)))
        sheet.fields(where)
        sheet.space()
        rows = [
            (str(place), CARD[each.kind], each.initials, each.nik, each.to_bring or "-")
            for place, each in enumerate(told, start=1)
        ]
        sheet.table(_HEADING, rows, _WIDTHS_MM)
        sheet.space()
        sheet.text(*_FOOT)
    return sheet.pdf_bytes()
