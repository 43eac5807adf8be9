"""The minutes of a destruction (berita acara pemusnahan), from what the journal holds of it.

One page and more: number, place and day; how many of which kind; each blank with its reason; who saw it; and
the hash of the journal line, by which anybody can find it in the station's records. Nothing of any person
but staff marks stands in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from agent.papers.sheet import Sheet, clock, long_date

KINDS = {"ktp": "KTP-el", "kia": "KIA"}
REASONS = {
    "factory": "cacat pabrik",
    "data_changed": "data pemegang berubah",
    "worn": "rusak / aus",
    "lost": "dilaporkan hilang, lalu ditemukan",
}


def pdf(told: Mapping[str, Any]) -> bytes:
    """The paper of minutes as agent.stock.burning gives them; the same minutes, the same bytes."""
    cards: list[Mapping[str, str]] = told["cards"]
    number, at_ms = str(told["number"]), int(told["at_ms"])
    sheet = Sheet(f"Berita acara pemusnahan {number}", identity=f"{number} {told['hash']}", at_ms=at_ms)
    sheet.head("BERITA ACARA PEMUSNAHAN BLANGKO DAN KARTU", f"Nomor: {number}")
    sheet.text(
        f"Pada tanggal {long_date(at_ms)} pukul {clock(at_ms)} di {told['place']} telah dimusnahkan dengan "
        f"cara dibakar {len(cards)} keping blangko dan kartu yang tercantum di bawah ini, disaksikan oleh "
        "para saksi yang membubuhkan paraf."
    )
    sheet.space()
    counted = Counter(card["kind"] for card in cards)
    sheet.fields((KINDS.get(kind, kind), f"{count} keping") for kind, count in sorted(counted.items()))
    sheet.space()
    rows = [
        (str(place), card["name"], KINDS.get(card["kind"], card["kind"]), _reason(card["reason"]))
        for place, card in enumerate(cards, start=1)
    ]
    sheet.table(("No.", "Nomor blangko", "Jenis", "Alasan"), rows, (14, 70, 24, 66))
    sheet.space()
    sheet.text("SHA-256 baris jurnal:", bold=True)
    sheet.mono(str(told["hash"]))
    sheet.space()
    by = told.get("by")
    signing = [("Petugas", by)] if by else []
    sheet.signatures([*signing, *(("Saksi", str(witness)) for witness in told["witnesses"])])
    return sheet.pdf_bytes()


def _reason(word: str) -> str:
    return REASONS.get(word, word.replace("_", " "))
