"""Why somebody is not recorded now, in Indonesian: one sentence for each word that a rule may say to a clerk.

The English one beside it is domain.words'; a word that is not here belongs to no clerk who records people.
"""

from __future__ import annotations

from agent.recording.words import Said
from domain.words import RefusedByRule

INDONESIAN: dict[str, str] = {
    "LINK_REQUIRED": "Menurut aturan, orang hanya direkam selama tersambung ke provinsi; tunggu sambungan.",
    "QUOTA_REACHED": "Jatah hari ini habis, atau sisanya milik nomor antrean; minta orangnya datang besok.",
    "UNKNOWN_TICKET": "Nomor itu bukan nomor hari ini, sudah dipakai, atau tidak ada yang menunggu.",
    "TOO_YOUNG_TO_RECORD": "Orangnya belum cukup umur; bila pernah kawin, tambahkan `--married`.",
    "BAD_NIK": "Itu bukan NIK: enam belas angka dengan tanggal lahir yang mungkin; ketik ulang.",
    "NIK_MISFIT": "Tanggal lahir atau jenis kelamin tidak sama dengan yang ada di NIK; periksa dengan KK.",
    "NIK_DIFFERS": "Biodatanya menyebut NIK lain; pastikan berkas dan orangnya sama.",
    "BAD_DATE": "Tanggal tidak ditulis sebagai TTTT-BB-HH, atau tidak mungkin; tulis ulang.",
    "BAD_BIODATA": "Biodatanya tidak berbentuk seperti yang diminta; perbaiki berkasnya.",
    "DISK_LOW": "Penyimpanan hampir penuh; panggil teknisi sebelum melanjutkan.",
    "SITTING_OPEN": "Di komputer ini ada orang yang sedang direkam; tunggu sampai selesai.",
    "RECORDING_STATE": "Rekaman itu sudah di keadaan lain; lihat `loket recordings`.",
    "JOURNAL_BEHIND_HUB": "Penyimpanan komputer ini dari salinan lama; hubungi provinsi sebelum bekerja.",
    "SECOND_NEEDED": "Perlu paraf orang kedua yang menyaksikan; tambahkan `--second`.",
    "SECOND_IS_FIRST": "Orang kedua harus orang lain; tulis paraf yang berbeda.",
    "OUTREACH_OPEN": "Jemput bola sudah dibuka; tutup dulu dengan `loket outreach end`.",
    "NO_OUTREACH": "Tidak ada jemput bola yang terbuka; buka dulu dengan `loket outreach begin`.",
    "UNKNOWN_STAFF": "Jari dengan paraf itu tidak ada di pembaca; lihat `loket staff list`.",
}


def told(refused: RefusedByRule) -> Said | None:
    """The refusal in both languages, the detail in English; None where only English is known."""
    here = INDONESIAN.get(refused.word)
    return None if here is None else Said(here, str(refused))
