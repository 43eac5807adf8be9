"""What the clerk is told and asked during a sitting, in Indonesian and English: tables, nothing of a person.

Every fault of a device is one sentence with the next step: what a hand does now. Afterwards the sitting goes
on by itself where it was.
"""

from __future__ import annotations

from typing import NamedTuple

from agent.recording.sitting import Step


class Said(NamedTuple):
    """One sentence in both languages."""

    id: str
    en: str


DEVICES: dict[str, Said] = {
    "scanner": Said("Pemindai", "The scanner"),
    "reader": Said("Pembaca sidik jari", "The fingerprint reader"),
    "pad": Said("Papan tanda tangan", "The signature pad"),
}

FAULTS: dict[str, Said] = {
    "no_answer": Said("{} tidak menjawab; periksa listrik dan kabelnya.",
                      "{} does not answer; check its power and its cable."),
    "refused_connection": Said("{} tidak menerima sambungan; nyalakan alat atau layanannya.",
                               "{} takes no connection; switch the device or its service on."),
    "unplugged": Said("{} terlepas; pasang kembali kabelnya.",
                      "{} is unplugged; put its cable back in."),
    "garbled_reply": Said("Jawaban {} rusak; rapatkan kabelnya.",
                          "The answer of {} is garbled; push its cable in firmly."),
    "busy": Said("{} sedang sibuk; tunggu, atau tutup program lain yang memakainya.",
                 "{} is busy; wait, or close the other program that uses it."),
    "hardware": Said("{} melaporkan kerusakan; matikan lalu nyalakan, bila berulang panggil teknisi.",
                     "{} reports a defect; switch it off and on, and call the technician if it stays."),
    "session_lost": Said("{} kehilangan hubungan; tunggu, akan disambung lagi.",
                         "{} lost the connection; wait, it is connected again."),
    "power_lost": Said("{} mati listrik; nyalakan kembali.",
                       "{} lost power; switch it on again."),
    "link_lost": Said("Hubungan ke {} terputus; periksa kabel jaringan.",
                      "The line to {} broke; check the network cable."),
    "bad_command": Said("{} menolak perintah; panggil teknisi bila berulang.",
                        "{} refused a command; call the technician if it happens again."),
    "unsupported": Said("{} tidak mampu melakukan ini; panggil teknisi.",
                        "{} cannot do this; call the technician."),
    "nothing_there": Said("Tidak ada jari, mata atau wajah yang terbaca; minta pemohon menempatkannya.",
                          "No finger, eye or face was seen; ask the person to place it."),
    "finger_dry": Said("Jari terlalu kering; lembapkan sedikit lalu tekan lagi.",
                       "The finger is too dry; moisten it a little and press again."),
    "finger_wet": Said("Jari terlalu basah; keringkan jari dan kaca lalu tekan lagi.",
                       "The finger is too wet; dry the finger and the glass and press again."),
    "bad_placement": Said("Letaknya kurang tepat; tempatkan di tengah, lurus, lalu diam.",
                          "It is badly placed; put it in the middle, straight, and hold still."),
    "too_few_features": Said("Gambar jari terlalu miskin; bersihkan jari, tekan lebih lebar.",
                             "The picture of the finger shows too little; clean the finger, press flatter."),
    "wrong_hand": Said("Itu tangan yang lain; pakai tangan yang diminta.",
                       "That is the other hand; use the one that is asked for."),
    "lens_dirty": Said("Kaca atau lensa kotor; bersihkan dengan kain kering.",
                       "The glass or lens is dirty; wipe it with a dry cloth."),
    "sensor_fault": Said("Sensor {} bermasalah; cabut, tunggu sebentar, pasang lagi.",
                         "The sensor of {} has a fault; unplug it, wait a moment, plug it in again."),
    "not_registered": Said("{} belum terdaftar; panggil teknisi.",
                           "{} is not registered; call the technician."),
    "key_expired": Said("Kunci {} sudah lewat masanya; panggil teknisi untuk menggantinya.",
                        "The key of {} has run out; call the technician to change it."),
    "bad_signature": Said("Hasil {} tidak terbukti asli dan dibuang; ulangi, bila berulang panggil teknisi.",
                          "What {} sent is not proven and was dropped; repeat, then call the technician."),
    "untrusted": Said("{} bukan alat yang dipercaya di sini; panggil teknisi.",
                      "{} is no device that is trusted here; call the technician."),
    "clock_off": Said("Jam {} tidak cocok; samakan jam komputer dan alat.",
                      "The clock of {} is off; set the clocks of computer and device alike."),
    "other_transaction": Said("Hasil {} milik perekaman lain dan dibuang; ulangi.",
                              "What {} sent belongs to another sitting and was dropped; repeat."),
    "count_differs": Said("Jumlah jari atau mata tidak sesuai; tempatkan semua yang diminta.",
                          "Not as many fingers or eyes as asked for; place all of them."),
    "other_device": Said("Yang menjawab bukan {} yang dikenal; kembalikan alatnya atau panggil teknisi.",
                         "What answered is another device than {}; put it back, or call the technician."),
    "other_version": Said("Versi layanan {} tidak cocok; panggil teknisi.",
                          "The service of {} is of another version; call the technician."),
    "chain_broken": Said("Rangkaian hasil {} terputus dan hasilnya dibuang; ulangi.",
                         "The chain of what {} sent is broken and it was dropped; repeat."),
    "stream_lost": Said("Gambar langsung dari {} terputus; tunggu, akan disambung lagi.",
                        "The live picture of {} was lost; wait, it is connected again."),
    "no_management": Said("{} tidak mencapai server pengelolanya; periksa internet, atau panggil teknisi.",
                          "{} does not reach its management server; check the internet, or call for help."),
    "wrong_password": Said("Kata sandi {} salah; panggil teknisi.",
                           "The password of {} is wrong; call the technician."),
    "library_full": Said("Ingatan {} penuh; hapus jari petugas lama (`loket staff forget`).",
                         "{} is full; forget a former clerk's finger (`loket staff forget`)."),
    "no_signature": Said("Belum ada tanda tangan; minta pemohon menulis di papan.",
                         "There is no signature yet; ask the person to write on the pad."),
}  # fmt: skip
"""By drivers.errors.Cause: all that scanners, readers and pads can raise. ``{}``: one of DEVICES."""

PROMPTS: dict[Step, Said] = {
    Step.PHOTO: Said("Foto wajah: menghadap kamera, latar belakang {}.",
                     "Photo of the face: look into the camera, {} background."),
    Step.RIGHT_SLAP: Said("Tekan empat jari tangan kanan bersama-sama.",
                          "Press the four fingers of the right hand together."),
    Step.LEFT_SLAP: Said("Tekan empat jari tangan kiri bersama-sama.",
                         "Press the four fingers of the left hand together."),
    Step.THUMBS: Said("Tekan kedua ibu jari bersama-sama.", "Press both thumbs together."),
    Step.IRISES: Said("Lihat ke kamera iris dengan mata terbuka lebar.",
                      "Look into the iris camera with wide open eyes."),
    Step.EXCEPTION_PHOTO: Said("Foto wajah dengan kedua tangan terlihat di samping wajah.",
                               "Photo of the face with both hands in sight beside it."),
    Step.RECHECK: Said("Tempelkan {} sekali lagi pada pembaca kecil.",
                       "Put the {} on the small reader once more."),
    Step.SIGNATURE: Said("Minta pemohon menandatangani bahwa datanya benar.",
                         "Ask the person to sign that the data is right."),
}  # fmt: skip
COLOURS: dict[str, Said] = {"red": Said("merah", "red"), "blue": Said("biru", "blue")}
PARTS: dict[str, Said] = {
    "Right IndexFinger": Said("telunjuk kanan", "right index finger"),
    "Left IndexFinger": Said("telunjuk kiri", "left index finger"),
}

SAID: dict[str, Said] = {
    "read_back": Said("Bacakan kepada pemohon. Apakah semuanya benar?",
                      "Read this to the person. Is all of it right?"),
    "again": Said("Mutunya belum cukup; coba sekali lagi.", "The quality is not enough yet; once more."),
    "forced": Said("Percobaan habis; yang terbaik disimpan dan ditandai.",
                   "No tries are left; the best is kept and flagged."),
    "background": Said("Latar belakang foto harus {}; ganti latar lalu foto ulang.",
                       "The background of the photo must be {}; change it and take the photo again."),
    "unusable": Said("Gambar dari alat tidak boleh disimpan; coba lagi, panggil teknisi bila berulang.",
                     "The device's picture may not be kept; try again, call the technician if it stays."),
    "clerks_finger": Said("Itu jari petugas; hasilnya dibuang. Minta pemohon menekan sendiri.",
                          "That is a clerk's finger; it was dropped. Let the person press."),
    "clerks_finger_way": Said("Ulangi, atau penyelia menyatakan ini jari pemohon?",
                              "Repeat, or does a supervisor say that it is the person's finger?"),
    "no_match": Said("Jari itu tidak sama dengan yang direkam; tempelkan jari yang benar.",
                     "That finger is not the one recorded; put the right one there."),
    "unable": Said("Jari itu tidak terbaca; bersihkan, lalu tempelkan lagi.",
                   "That finger could not be read; clean it and put it there again."),
    "mismatch": Said("Jari yang direkam bukan jari pemohon. Bandingkan lagi, rekam ulang, atau penyelia?",
                     "The recorded finger is not the person's. Compare, record again, or a supervisor?"),
    "no_reader": Said("Tanpa pembaca kecil telunjuk tidak diperiksa ulang; ini dicatat.",
                      "Without the small reader the index fingers are not checked again; this is noted."),
    "hour_unknown": Said("Jam provinsi belum diketahui di sini; periksa jam komputer ini sebelum merekam.",
                         "The province's time is not known here yet; check this computer's clock first."),
    "scanner_gone": Said("Pemindai belum memberi hasil. Coba lagi, catat bagian yang tak ada, atau berhenti?",
                         "The scanner has given nothing yet. Try again, tell a missing part, or stop?"),
    "reader_gone": Said("Pembaca sidik jari belum memberi hasil. Coba lagi, lanjut tanpa, atau berhenti?",
                        "The fingerprint reader has told nothing yet. Try again, go on without it, or stop?"),
    "pad_gone": Said("Papan tanda tangan belum memberi hasil. Coba lagi, pakai kertas, atau berhenti?",
                     "The signature pad has given nothing yet. Try again, use paper, or stop?"),
    "which_missing": Said("Bagian mana? Tulis misalnya Left LittleFinger:permanent atau Right:temporary.",
                          "Which part? Write, say, Left LittleFinger:permanent or Right:temporary."),
    "not_a_part": Said("Itu bukan nama bagian; tidak ada yang dicatat, dan bagian ini diminta lagi.",
                       "That names no part; nothing was noted, and this one is asked for again."),
    "clerk": Said("Paraf Anda sendiri (bukan NIK); kosong berarti tidak ada.",
                  "Your own staff mark (no NIK); empty for none."),
    "supervisor": Said("Paraf penyelia (bukan NIK); kosong berarti tidak ada.",
                       "The supervisor's staff mark (no NIK); empty for none."),
    "supervisor_needed": Said("Bagian yang tidak ada perlu paraf penyelia. Coba lagi, atau berhenti?",
                              "A missing part needs a supervisor's staff mark. Try again, or stop?"),
    "not_a_mark": Said("Itu bukan paraf orang kedua.", "That is no second person's staff mark."),
    "on_paper": Said("Apakah pemohon sudah menandatangani lembar kertas bahwa datanya benar?",
                     "Has the person signed on paper that the data is right?"),
    "sign_off": Said("Semua sudah direkam. Tutup dan segel perekaman ini?",
                     "All is recorded. Close and seal this recording?"),
    "sealed": Said("Perekaman {} tersimpan dan tersegel.", "Recording {} is stored and sealed."),
    "disk_full": Said("Penyimpanan penuh; kosongkan sedikit, lalu coba lagi. Rekaman ini belum hilang.",
                      "The disk is full; free some space and try again. This recording is not lost yet."),
    "not_kept": Said("Rekaman belum dapat disimpan di PC ini; panggil teknisi, lalu coba lagi. Belum hilang.",
                     "This PC cannot keep the recording; call the technician, try again. It is not lost."),
    "died": Said("Perekaman {} terputus sebelum disegel; orangnya harus direkam ulang.",
                 "Recording {} was cut off before it was sealed; that person has to be recorded again."),
    "abandoned": Said("Perekaman dihentikan; tidak ada yang disimpan.",
                      "The sitting was ended; nothing of it was kept."),
    "BPS_CODE": Said("Kode wilayah di NIK sama dengan kode BPS untuk daerah ini; pastikan NIK disalin benar.",
                     "The region in the NIK is the statistics office's number for this regency; check it."),
    "UNKNOWN_REGION": Said("Kode kabupaten di NIK tidak dikenal sekarang; pastikan NIK benar.",
                           "The regency in the NIK is unknown today; check the NIK."),
    "UNKNOWN_KECAMATAN": Said("Kode kecamatan di NIK tidak dikenal sekarang; pastikan NIK benar.",
                              "The kecamatan in the NIK is unknown today; check the NIK."),
}  # fmt: skip

ANSWERS: dict[str, Said] = {
    "yes": Said("ya", "yes"),
    "no": Said("tidak", "no"),
    "again": Said("coba lagi", "try again"),
    "missing": Said("bagian tidak ada", "a part is missing"),
    "without": Said("lanjut tanpa", "go on without"),
    "hand": Said("rekam ulang tangan itu", "record that hand again"),
    "override": Said("penyelia memutuskan", "a supervisor decides"),
    "stop": Said("berhenti", "stop"),
}


def fault(device: str, cause: str) -> Said:
    """The sentence of a fault; a cause of another kind of device is told as a defect."""
    said, name = FAULTS.get(cause, FAULTS["hardware"]), DEVICES[device]
    return Said(
        _begun(said.id.format(_inside(said.id, name.id))), _begun(said.en.format(_inside(said.en, name.en)))
    )


def filled(said: Said, put: Said) -> Said:
    """``said`` with ``put`` in its place."""
    return Said(said.id.format(put.id), said.en.format(put.en))


def _inside(sentence: str, name: str) -> str:
    """A device's name as it stands in the sentence: small unless it begins it."""
    return name if sentence.startswith("{}") else name[0].lower() + name[1:]


def _begun(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
