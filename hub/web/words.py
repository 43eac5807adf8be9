"""The province's page in the words an Indonesian official uses. One table for each set of words.

A word that is in no table is shown as it is: a new cause must never make the page fail.
"""

from __future__ import annotations

STATES: dict[str, str] = {
    "invited": "belum bergabung",
    "joined": "",
    "forked": "riwayat bercabang",
}

HEADLINES: dict[str, tuple[str, str]] = {
    "good": ("Semua catatan cocok", "Tidak ada yang perlu ditindak dari provinsi."),
    "look": ("{n} kantor perlu perhatian", "Pelayanan tetap berjalan. Lihat kolom perhatian di bawah."),
    "now": ("{n} kantor perlu ditindak", "Hubungi kantornya hari ini. Lihat kolom perhatian di bawah."),
    "empty": ("Belum ada loket yang bergabung", "Buat kode gabung: loket-hub join-code KANTOR NOMOR"),
}
ALSO = "Juga {n} kantor perlu perhatian."
COLOURS = {"good": "Baik", "look": "Perhatian", "now": "Segera", "empty": "Mulai"}

# What a person should look at: how urgent it is, and the sentence.
ATTENTION: dict[str, tuple[str, str]] = {
    "FORKED": ("now", "catatan {name} bercabang: disk lama dipasang kembali?"),
    "UNACCOUNTED": ("now", "{n} blangko tidak cocok"),
    "DOUBLE": ("now", "{n} permintaan tercetak dua kali"),
    "UNSURE": ("look", "{n} kartu belum pasti"),
    "SILENT": ("look", "{name} diam {ago}"),
    "SHORT": ("look", "blangko kurang {n}"),
    "REFUSED": ("look", "{n} permintaan ditolak loket"),
    "PRINTER": ("look", "printer {name}: {cause}"),
    "ODD_LINES": ("look", "{n} baris catatan tidak terbaca"),
}

CAUSES: dict[str, str] = {
    "feeder_empty": "blangko habis di laci masuk",
    "feeder_fault": "blangko tersangkut",
    "ribbon_ended": "pita habis",
    "no_ribbon": "tanpa pita",
    "ribbon_unsupported": "pita tidak cocok",
    "cover_open": "tutup terbuka",
    "jam": "kartu macet",
    "hopper_full": "laci keluar penuh",
    "reject_full": "laci tolakan penuh",
    "card_inside": "ada kartu di dalam",
    "cleaning_needed": "perlu dibersihkan",
    "hardware": "rusak",
    "unplugged": "kabel terlepas",
    "no_answer": "tidak menjawab",
}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000


def number(count: int) -> str:
    """A count as Indonesians write it: 12.345."""
    return f"{count:,}".replace(",", ".")


def span(past_ms: int) -> str:
    """A stretch of time in words."""
    if past_ms < _HOUR_MS:
        return f"{max(1, past_ms // _MINUTE_MS)} menit"
    if past_ms < 48 * _HOUR_MS:
        return f"{past_ms // _HOUR_MS} jam"
    return f"{past_ms // (24 * _HOUR_MS)} hari"


def ago(at_ms: int | None, now_ms: int) -> str:
    """How long ago, in words; a clock that went back is no reason to speak of the future."""
    if at_ms is None:
        return "belum pernah"
    past = now_ms - at_ms
    return "baru saja" if past < _MINUTE_MS else f"{span(past)} lalu"
