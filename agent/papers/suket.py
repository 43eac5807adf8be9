"""The temporary certificate as a sheet of paper: the card's own fields, the photo, and its number as a code.

One page, plainly a specimen: the layout is invented, no emblem is on it, and SPECIMEN and CONTOH stand
across it. The same plan and the same personal part give the same bytes on every machine with the locked
libraries, so that the sheet's SHA-256 in the journal says which sheet it was. Imports Pillow, fpdf and segno,
all heavy: only ever in the process of a command. The bytes hold a person: they stay in memory.
"""

from __future__ import annotations

import base64
import io
import json
import struct
from collections.abc import Mapping
from datetime import date

import segno
from PIL import Image

from agent.counter.suket import Plan
from agent.papers.sheet import FONT, TEXT_PT, Sheet, plain
from domain.nik import parse
from domain.wita import day_bounds_ms
from domain.words import RefusedByRule

PHOTO_BYTES_MAX, PHOTO_DOTS_MAX = 200 * 1024, 4000 * 4000
PHOTO_MM, PHOTO_DOTS = (30.0, 40.0), (354, 472)  # 3 to 4 at 300 dpi
CODE_MM, QUIET = 34.0, 4  # a code's margin, in its own squares
LOWEST_MM = 262.0
VALUE_MM = 200.0  # of two lines, less what a word at a line's end may leave empty
_PHOTO_LEFT_MM, _CODE_LEFT_MM = 18.0, 158.0
SEXES = {"L": "LAKI-LAKI", "M": "LAKI-LAKI", "P": "PEREMPUAN", "F": "PEREMPUAN"}
PURPOSES = {"marriage": "PERNIKAHAN"}
_LINES = (
    ("NIK", "nik"), ("Nama", "name"), ("Gol. Darah", "blood"), ("Alamat", "address"), ("RT/RW", "rt_rw"),
    ("Kel/Desa", "village"), ("Kecamatan", "district"), ("Agama", "religion"),
    ("Status Perkawinan", "marital"), ("Pekerjaan", "occupation"), ("Kewarganegaraan", "citizenship"),
)  # fmt: skip


def pdf(plan: Plan, fields: Mapping[str, str]) -> bytes:
    """The sheet of ``plan`` for the person of ``fields`` (an order's opened personal part).

    Raises RefusedByRule MISSING_FIELD, BAD_DATE, BAD_NIK, BAD_PHOTO, which name no one.
    """
    try:
        lines = _lines(fields)
        heading = (f"PROVINSI {fields['province']}", fields["regency"])
    except KeyError:
        raise RefusedByRule("MISSING_FIELD", plan.order) from None
    made_from = json.dumps([plan.number, plan.issued_on, plan.valid_until, *lines, fields.get("photo", "")])
    at_ms, _ = day_bounds_ms(plan.issued_on)
    sheet = Sheet(f"Surat keterangan {plan.number}", identity=made_from, at_ms=at_ms, foot=plan.number)
    sheet.head(*(line.upper() for line in heading))
    sheet.head("SURAT KETERANGAN PENGGANTI SEMENTARA KTP-EL", "SPECIMEN - CONTOH - BUKAN DOKUMEN RESMI")
    sheet.fields([("Nomor", plan.number), ("Keperluan", _purpose(plan.reason))])
    sheet.space()
    sheet.text("Yang tersebut di bawah ini telah direkam dan kartunya sedang menunggu dicetak:")
    sheet.space()
    sheet.fields((label, _fitting(sheet, value)) for label, value in lines)
    sheet.space()
    sheet.fields([("Diterbitkan", _day(plan.issued_on)), ("Berlaku hingga", _day(plan.valid_until))])
    if plan.renews is not None:
        sheet.fields([("Pengganti nomor", plan.renews)])
    sheet.space()
    sheet.text(
        "Berlaku sampai tanggal tersebut atau sampai kartu diserahkan; dikembalikan saat kartu diambil."
    )
    _pictures(sheet, plan, _photo(fields.get("photo", "")))
    return sheet.pdf_bytes()


def _lines(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """The card's own lines in its own order. Raises KeyError, RefusedByRule."""
    try:
        parse(fields["nik"])
        born = _day(fields["birthdate"])
    except ValueError as error:
        raise RefusedByRule("BAD_NIK" if "NIK" in str(error) else "BAD_DATE") from None
    told = [(label, fields.get(name, "").upper() or "-") for label, name in _LINES]
    sex = fields["sex"].upper()
    told[2:2] = [
        ("Tempat/Tgl Lahir", f"{fields['birthplace'].upper()}, {born}"),
        ("Jenis Kelamin", SEXES.get(sex, sex)),
    ]
    if not fields["name"]:
        raise RefusedByRule("MISSING_FIELD")
    return told


def _fitting(sheet: Sheet, value: str) -> str:
    """What takes no more than two lines; what does not is cut, and shows it."""
    sheet.pdf.set_font(FONT, "", TEXT_PT)
    value = plain(value)
    if sheet.pdf.get_string_width(value) <= VALUE_MM:
        return value
    while sheet.pdf.get_string_width(value + "...") > VALUE_MM:
        value = value[:-1]
    return value + "..."


def _day(told: str) -> str:
    """``2020-05-12`` as ``12-05-2020``. Raises ValueError."""
    day = date.fromisoformat(told)
    return f"{day.day:02}-{day.month:02}-{day.year:04}"


def _purpose(reason: str) -> str:
    return PURPOSES.get(reason, reason.upper().replace("_", " "))


_NO_PICTURE = (ValueError, OSError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError)


def _photo(told: str) -> bytes:
    """The photo as a JPEG of the place's size, its middle where the proportions differ."""
    try:
        raw = base64.b64decode(told, validate=True)
        if not 0 < len(raw) <= PHOTO_BYTES_MAX:
            raise ValueError("no photo, or one too big")
        photo = Image.open(io.BytesIO(raw), formats=("JPEG", "PNG"))
        if photo.width * photo.height > PHOTO_DOTS_MAX:
            raise ValueError("too many dots")
        wide, high = PHOTO_DOTS
        keep_wide = min(photo.width, max(1, photo.height * wide // high))
        keep_high = min(photo.height, max(1, photo.width * high // wide))
        left, top = (photo.width - keep_wide) // 2, (photo.height - keep_high) // 2
        box = (left, top, left + keep_wide, top + keep_high)
        out = io.BytesIO()
        photo.convert("RGB").resize(PHOTO_DOTS, Image.Resampling.BICUBIC, box).save(out, "JPEG", quality=88)
    except _NO_PICTURE:
        raise RefusedByRule("BAD_PHOTO") from None
    return out.getvalue()


def _pictures(sheet: Sheet, plan: Plan, photo: bytes) -> None:
    """The photo on the left, the code on the right, on the same line, and the number under the code."""
    sheet.space()
    page = sheet.pdf
    top = min(page.get_y(), LOWEST_MM - PHOTO_MM[1])
    page.image(io.BytesIO(photo), _PHOTO_LEFT_MM, top, *PHOTO_MM)
    page.set_font(FONT, "B", 12)
    for colour, shift in ((0, 0.2), (255, 0.0)):  # legible on a dark photo and on a light one
        page.set_text_color(colour)
        page.text(_PHOTO_LEFT_MM + 3.4 + shift, top + 22 + shift, "SPECIMEN")
    page.set_text_color(0)
    _code(sheet, plan.number, _CODE_LEFT_MM, top)
    page.set_xy(_PHOTO_LEFT_MM + PHOTO_MM[0] + 6, top)
    page.set_font(FONT, "", TEXT_PT)
    page.multi_cell(90, 5.2, "Petugas loket\n\n\n\n\n( SPECIMEN )", align="C")


def _code(sheet: Sheet, number: str, left: float, top: float) -> None:
    """The number as a QR code of squares, drawn as bars so that no picture library has a hand in it."""
    rows = [list(row) for row in segno.make(number, error="m", micro=False).matrix]
    square = CODE_MM / (len(rows) + 2 * QUIET)
    page = sheet.pdf
    page.set_fill_color(255)
    page.rect(left, top, CODE_MM, CODE_MM, style="F")
    page.set_fill_color(0)
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                bar = (left + (x + QUIET) * square, top + (y + QUIET) * square)
                page.rect(*bar, (run - x) * square, square, style="F")
            x = max(run, x + 1)
