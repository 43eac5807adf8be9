"""The screen's words, as an Indonesian clerk would say them. One table for each set of words.

A word that is in no table is shown as it is: a new cause must never make the page fail.
"""

from __future__ import annotations

HEADLINES: dict[str, tuple[str, str]] = {
    "READY": ("Siap melayani", "Printer dan catatan dalam keadaan baik."),
    "JOURNAL_BEHIND_HUB": (
        "Catatan di komputer ini tertinggal",
        "Isi komputer ini dipulihkan dari salinan lama. Pencetakan berhenti; hubungi provinsi.",
    ),
    "UNSURE": (
        "{n} kartu belum pasti",
        "Pencetakan berhenti. Ambil kartunya, lihat, lalu selesaikan pekerjaan di bawah.",
    ),
    "WITHHELD": ("{n} kartu ditahan", "Panggil penyelia. Kartunya jangan diberikan kepada siapa pun."),
    "BLANKS_UNACCOUNTED": ("{n} blangko tidak cocok", "Hitung ulang blangko dan laporkan kepada penyelia."),
    "CONSIGNMENT_DIFFERS": (
        "{n} kiriman tidak sama dengan surat jalannya",
        "Hitung lagi isinya dan laporkan kepada penyelia; provinsi melihatnya juga.",
    ),
    "COUNT_DIFFERS": (
        "Hasil hitung blangko selisih {n}",
        "Cari blangko yang kurang, hitung lagi berdua, lalu laporkan kepada penyelia.",
    ),
    "DISK_LOW": ("Ruang penyimpanan hampir habis", "Hubungi teknisi. Tidak ada catatan yang hilang."),
    "PRINTER": ("Printer perlu dibantu", "{cause}"),
    "NO_BLANKS": ("Blangko habis", "{n} permintaan menunggu blangko."),
    "LONG_UNSENT": (
        "Sudah {n} hari belum terkirim",
        "Pekerjaan boleh terus. Hubungi teknisi supaya catatan dibawa ke provinsi.",
    ),
    "CLOCK_WRONG": (
        "Jam komputer ini salah",
        "Betulkan tanggal dan jam komputer. Tidak ada kartu yang dicetak sebelum itu.",
    ),
    "LINK_REFUSED": (
        "Provinsi menolak sambungan komputer ini",
        "Pekerjaan boleh terus, tetapi tidak ada yang terkirim. Hubungi teknisi.",
    ),
    "ORDERS_REFUSED": ("{n} permintaan ditolak", "Datanya tidak lengkap; provinsi sudah diberi tahu."),
    "POLICY_REFUSED": (
        "Aturan baru belum berlaku di sini",
        "Aturan lama tetap dipakai. Hubungi teknisi: program ini mungkin terlalu lama.",
    ),
    "SUKET_UNSETTLED": (
        "{n} suket belum dipastikan",
        "Lihat lembarannya, lalu ketik loket suket confirm atau loket suket void.",
    ),
    "RECORDINGS_MISSING": (
        "{n} perekaman hilang dari komputer ini",
        "Provinsi belum menerimanya. Jangan merekam dulu; hubungi teknisi.",
    ),
    "RECORDINGS_UNSENT": (
        "{n} perekaman belum sampai di provinsi",
        "Sudah lebih dari seminggu. Perekaman boleh terus; hubungi teknisi.",
    ),
    "RECORDINGS_REJECTED": (
        "{n} perekaman tidak dapat dipakai provinsi",
        "Panggil orangnya untuk direkam ulang; rinciannya dengan loket recordings.",
    ),
    "RECORD_AGAIN": (
        "{n} orang harus direkam ulang",
        "Pusat tidak dapat memakai rekamannya; rinciannya dengan loket recordings.",
    ),
    "RECORDING_DUPLICATE": (
        "{n} orang sudah pernah direkam",
        "Telusuri bersama orangnya rekaman yang lama; rinciannya dengan loket recordings.",
    ),
    "RECORDING_ODD": (
        "{n} jawaban pusat janggal",
        "Tanyakan kepada provinsi; rinciannya dengan loket recordings.",
    ),
    "RECORDINGS_UNCLAIMED": (
        "{n} berkas perekaman tidak dikenal",
        "Jangan dihapus. Hubungi teknisi.",
    ),
    "SETTINGS_DRIFTED": (
        "Pengaturan printer berubah",
        "Panggil teknisi; yang berubah terlihat dengan loket printer.",
    ),
    "CLEANING": ("Printer perlu dibersihkan", "Bersihkan, lalu ketik loket printer cleaned."),
    "SUPPLIES_LOW": ("Persediaan hampir habis", "Pesan sekarang; rinciannya dengan loket printer."),
}
COLOURS = {"green": "Baik", "amber": "Perhatian", "red": "Segera"}

STATES: dict[str, str] = {
    "queued": "menunggu",
    "staged": "disiapkan",
    "printing": "sedang dicetak",
    "unsure": "belum pasti",
    "printed": "tercetak",
    "verified": "diperiksa",
    "ready": "siap diambil",
    "sent": "dikirim",
    "handed_over": "diserahkan",
    "withheld": "ditahan",
    "returned": "dikembalikan",
    "spoiled": "rusak",
    "lost": "hilang",
    "cancelled": "dibatalkan",
}

PRINTER: dict[str, str] = {
    "ready": "siap",
    "busy": "sedang bekerja",
    "needs_hands": "perlu dibantu",
    "error": "bermasalah",
    "offline": "tidak terhubung",
    "stopped": "belum diperiksa",
    "none": "tidak ada",
}

CAUSES: dict[str, str] = {
    "no_answer": "printer tidak menjawab",
    "refused_connection": "printer menolak sambungan",
    "unplugged": "kabel printer terlepas",
    "garbled_reply": "jawaban printer tidak terbaca",
    "busy": "printer sedang sibuk",
    "feeder_empty": "isi blangko di laci masuk",
    "feeder_fault": "blangko tersangkut di laci masuk",
    "ribbon_ended": "pita habis, ganti pita",
    "no_ribbon": "pasang pita",
    "ribbon_unsupported": "pita tidak cocok",
    "cover_open": "tutup printer terbuka",
    "jam": "kartu macet di dalam printer",
    "hopper_full": "ambil kartu dari laci keluar",
    "reject_full": "kosongkan laci tolakan",
    "head_hot": "tunggu printer dingin",
    "card_inside": "ada kartu di dalam printer",
    "cleaning_needed": "printer perlu dibersihkan",
    "hardware": "printer rusak, hubungi teknisi",
    "no_chip": "chip tidak terbaca",
    "chip_dead": "chip mati",
    "chip_changed": "chip berbeda dari blangko yang diambil",
    "chip_other": "chip di kartu ini bukan milik pekerjaannya, sisihkan kartunya",
    "blank_used": "blangko ini sudah tercatat terpakai, sisihkan",
    "blank_unknown": "blangko ini belum diterima di sini, catat kirimannya",
    "counter_missing": "hitungan printer tidak ada",
    "counter_mismatch": "hitungan printer tidak cocok",
    "printer_reset": "printer sempat mati",
    "session_lost": "printer dipakai program lain",
    "power_lost": "listrik sempat padam",
    "link_lost": "sambungan ke printer putus",
    "bad_command": "perintah tidak dikenal printer",
    "unsupported": "printer tidak mendukungnya",
    "paper_empty": "isi kertas",
    "paper_jam": "kertas macet di dalam printer",
    "toner_empty": "toner habis, ganti toner",
    "output_full": "ambil kertas dari baki keluar",
    "queue_stopped": "antrean cetak dihentikan, jalankan lagi",
    "job_cancelled": "cetakan yang tertinggal di antrean dibatalkan",
    "nothing_there": "tidak ada jari, mata atau wajah yang terbaca",
    "finger_dry": "jari terlalu kering",
    "finger_wet": "jari terlalu basah",
    "bad_placement": "letak jari, mata atau wajah kurang tepat",
    "too_few_features": "gambar jari terlalu miskin",
    "wrong_hand": "tangan yang lain",
    "lens_dirty": "kaca atau lensa kotor",
    "sensor_fault": "sensor bermasalah, cabut lalu pasang lagi",
    "not_registered": "alat belum terdaftar, hubungi teknisi",
    "key_expired": "kunci alat lewat masanya, hubungi teknisi",
    "bad_signature": "hasil alat tidak terbukti asli",
    "untrusted": "alat tidak dipercaya di sini, hubungi teknisi",
    "clock_off": "jam alat dan komputer tidak sama",
    "other_transaction": "hasil alat milik perekaman lain",
    "other_device": "yang menjawab alat lain",
    "other_version": "versi layanan alat tidak cocok, hubungi teknisi",
    "count_differs": "jumlah jari atau mata tidak sesuai",
    "chain_broken": "rangkaian hasil alat terputus",
    "stream_lost": "gambar langsung terputus",
    "no_management": "alat tidak mencapai server pengelolanya, periksa internet",
    "wrong_password": "kata sandi alat salah, hubungi teknisi",
    "library_full": "ingatan pembaca jari penuh",
    "no_signature": "belum ada tanda tangan",
    "spooled": "printer tidak dapat membuktikan kartunya, pindai kartu",
    "claim_stuck": "printer tidak selesai bekerja; matikan, lalu nyalakan lagi",
    "cards_unknown": "ada kartu yang tidak dikenal: periksa semua baki, lalu ketik loket looked",
    "claim_never_seen": "printer tidak pernah mulai bekerja",
    "bad_before": "hitungan printer tidak ada",
    "not_drawn": "gambar kartu tidak dapat dibuat",
    "disk_full": "penyimpanan penuh",
    "FINGER_MISMATCH": "jari bukan milik pemegang kartu",
    "CHIP_MISMATCH": "chip bukan milik kartu ini",
    "undelivered": "kembali dari pengiriman",
    "at_the_station": "kartu masih kosong di depan pembaca chip",
    "nothing_sent": "kartu belum disentuh",
    "nothing_fed": "kartu belum disentuh",
    "clerk": "oleh petugas",
    "clock_wrong": "jam komputer salah, betulkan tanggal dan jamnya",
    "resting": "printer beristirahat sebentar, lalu jalan lagi sendiri",
    "day_full": "printer sudah mencapai batas kartu hari ini",
    "cooling": "printer didinginkan sebentar, lalu jalan lagi sendiri",
}

SUPPLIES: dict[str, str] = {"ribbon": "pita untuk {n} kartu", "film": "film untuk {n} kartu"}
CLEANING: dict[str, str] = {"recommended": "sebaiknya dibersihkan", "due": "perlu dibersihkan"}

LINK: dict[str, str] = {
    "online": "tersambung",
    "offline": "luring",
    "refused": "ditolak, hubungi teknisi",
    "stopped": "belum diperiksa",
}
OFFLINE = "luring"

MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def number(count: int) -> str:
    """A count as Indonesians write it: 12.345."""
    return f"{count:,}".replace(",", ".")
