"""A specimen of the identity card (KTP-el) and of the child's card (KIA) as two pictures at 300 dpi.

The same order gives the same bytes, on every machine with the locked Pillow: no clock, no dice, one typeface.
Text is pure black without grey edges, so the printer lays it down with the black resin panel. The
layout is the two tables below: what stands where, and what it says. SPECIMEN and CONTOH stand on both sides.
Order of the fields: the population administration's; everything else is invented here.
"""

import base64
import io
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from agent.printing import card_paper
from agent.printing.card_paper import INK, WHITE, WIDTH, font
from domain import policy
from domain.policy import DEFAULT, KiaBand, Policy

Fields = Mapping[str, str]
RED, BLUE = (196, 30, 40), (28, 78, 170)
PHOTO_BYTES_MAX = 200 * 1024
PHOTO_DOTS_MAX = 4000 * 4000
PHOTO_PLACE = (748, 132, 976, 436)  # left, top, right, bottom: 3 to 4, as a passport photo


class CannotDraw(ValueError):
    """This order will never become a card. ``word`` is the word of refusal."""

    def __init__(self, word: str, sentence: str) -> None:
        super().__init__(sentence)
        self.word = word


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line of the front; ``beside`` shares the line above.

    ``says`` reads it from the fields and the card's last day, None for one that is good for life.
    """

    label: str
    says: Callable[[Fields, date | None], str]
    beside: bool = False


def _told(name: str) -> Callable[[Fields, date | None], str]:
    return lambda fields, _: fields.get(name, "").upper() or "-"


def _born(fields: Fields, _: date | None) -> str:
    return f"{fields['birthplace'].upper()}, {_as_printed(_birthdate(fields))}"


def _sex(fields: Fields, _: date | None) -> str:
    return SEXES.get(fields["sex"].upper(), fields["sex"].upper())


def _until(_: Fields, until: date | None) -> str:
    return "SEUMUR HIDUP" if until is None else _as_printed(until)


SEXES = {"L": "LAKI-LAKI", "M": "LAKI-LAKI", "P": "PEREMPUAN", "F": "PEREMPUAN"}
_PERSON = (
    Line("Nama", _told("name")),
    Line("Tempat/Tgl Lahir", _born),
    Line("Jenis Kelamin", _sex),
    Line("Gol. Darah", _told("blood"), beside=True),
    Line("Alamat", _told("address")),
    Line("   RT/RW", _told("rt_rw")),
    Line("   Kel/Desa", _told("village")),
    Line("   Kecamatan", _told("district")),
    Line("Agama", _told("religion")),
)
LINES: dict[str, tuple[Line, ...]] = {
    "ktp": (
        *_PERSON,
        Line("Status Perkawinan", _told("marital")),
        Line("Pekerjaan", _told("occupation")),
        Line("Kewarganegaraan", _told("citizenship")),
        Line("Berlaku Hingga", _until),
    ),
    "kia": (
        *_PERSON,
        Line("Kewarganegaraan", _told("citizenship")),
        Line("Berlaku Hingga", _until),
    ),
}
TITLES = {"ktp": "", "kia": "KARTU IDENTITAS ANAK"}
LABEL_X, COLON_X, VALUE_X, VALUE_RIGHT = 40, 282, 300, 728
NIK_X = 186
BESIDE_X, BESIDE_COLON_X, BESIDE_VALUE_X = 520, 656, 674
FIRST_LINE_Y, LINE_PITCH, TEXT_DOTS, TEXT_DOTS_MIN = 210, 34, 27, 14


def draw(kind: str, fields: Fields, issued_on: str, rules: Policy = DEFAULT) -> tuple[bytes, bytes]:
    """Front and back of one card: RGB, 1016 x 648, rows top to bottom, 1,975,104 bytes each.

    ``kind``: ktp or kia. ``fields``: the order's personal part, all text (``photo``: base64 of a JPEG or PNG,
    or empty). ``issued_on``: YYYY-MM-DD; ``rules``: who may hold such a card that day. Raises CannotDraw; its
    sentence names no one.
    """
    if kind not in LINES:
        raise CannotDraw("UNKNOWN_KIND", "there is no such kind of card")
    try:
        issued = date.fromisoformat(issued_on)
        band = _band(kind, fields, issued, rules)
        photo = _photo(fields) if band is None or band.photo else None
        front = card_paper.front(kind).copy()
        ink = Image.new("L", front.size, 0)
        pen = ImageDraw.Draw(ink)
        _head(pen, kind, fields)
        _lines(pen, kind, fields, band.until if band else None)
        _side(pen, fields, issued, with_photo=photo is not None)
        if photo is not None:
            _paste_photo(front, photo, background(_birthdate(fields)))
        card_paper.lay(front, ink)
    except KeyError as error:
        raise CannotDraw("MISSING_FIELD", f"the order does not tell {error.args[0]}") from None
    return front.tobytes(), card_paper.back().tobytes()


def _band(kind: str, fields: Fields, issued: date, rules: Policy) -> KiaBand | None:
    """What a child's card is like, None for the other one. Raises CannotDraw where no such card is due."""
    born, married = _birthdate(fields), policy.ever_married(fields.get("marital", ""))
    if word := policy.refusal(rules, kind, born, married, issued):
        raise CannotDraw(word, "the holder's age or marital status does not fit this kind of card")
    return policy.kia_band(rules, born, married, issued) if kind == "kia" else None


def _head(pen: ImageDraw.ImageDraw, kind: str, fields: Fields) -> None:
    """Province, regency, the kind's title and the NIK."""
    middle = WIDTH // 2
    province = fields["province"].upper().removeprefix("PROVINSI ")
    _centred(pen, middle, 38, f"PROVINSI {province}", 36, 940)
    _centred(pen, middle, 82, fields["regency"].upper(), 36, 940)
    if TITLES[kind]:
        pen.text((LABEL_X, 598), TITLES[kind], INK, font(40), "lm", stroke_width=1)
    pen.text((LABEL_X, 146), "NIK", INK, font(38), "lm", stroke_width=1)
    pen.text((NIK_X - 32, 146), ":", INK, font(38), "lm", stroke_width=1)
    pen.text((NIK_X, 146), fields["nik"], INK, font(46), "lm", stroke_width=1)


def _lines(pen: ImageDraw.ImageDraw, kind: str, fields: Fields, until: date | None) -> None:
    """The table of LINES, one below the other."""
    y = FIRST_LINE_Y - LINE_PITCH
    for line in LINES[kind]:
        y += 0 if line.beside else LINE_PITCH
        label_x, colon_x, value_x = (
            (BESIDE_X, BESIDE_COLON_X, BESIDE_VALUE_X) if line.beside else (LABEL_X, COLON_X, VALUE_X)
        )
        followed = line.label == "Jenis Kelamin"  # the blood group stands on its right
        text = line.says(fields, until)
        room = (BESIDE_X - 12 if followed else VALUE_RIGHT) - value_x
        pen.text((label_x, y), line.label, INK, font(TEXT_DOTS - 2), "ls")
        pen.text((colon_x, y), ":", INK, font(TEXT_DOTS - 2), "ls")
        text, face = _fitting(text, TEXT_DOTS, room)
        pen.text((value_x, y), text, INK, face, "ls", stroke_width=0.5)


def _side(pen: ImageDraw.ImageDraw, fields: Fields, issued: date, *, with_photo: bool) -> None:
    """Under the photo's place: where and when the card was issued, and whose hand it is."""
    left, top, right, bottom = PHOTO_PLACE
    middle = (left + right) // 2
    if not with_photo:
        pen.rectangle((left, top, right, bottom), None, INK, 2)
        _centred(pen, middle, (top + bottom) // 2 - 22, "SPECIMEN", 40, right - left - 24)
        _centred(pen, middle, (top + bottom) // 2 + 22, "CONTOH", 40, right - left - 24)
    place = fields["regency"].upper().removeprefix("KABUPATEN ").removeprefix("KOTA ")
    _centred(pen, middle, 468, place, 25, 300)
    _centred(pen, middle, 498, _as_printed(issued), 25, 300)
    _centred(pen, middle, 552, "SPECIMEN", 44, 300)
    _centred(pen, middle, 588, "CONTOH · BUKAN DOKUMEN RESMI", 17, 276)


def _paste_photo(front: Image.Image, photo: Image.Image, colour: tuple[int, int, int]) -> None:
    """The photo in a frame of its colour, with the specimen's words over it."""
    left, top, right, bottom = PHOTO_PLACE
    front.paste(colour, (left - 5, top - 5, right + 5, bottom + 5))
    front.paste(photo, (left, top))
    mask = card_paper.stamp().crop((0, 0, right - left, bottom - top)).point(lambda level: level // 3)
    front.paste(WHITE, (left, top), mask)


def background(born: date) -> tuple[int, int, int]:
    """The colour behind a photo: red for an odd year of birth, blue for an even one."""
    return RED if born.year % 2 else BLUE


_NO_PICTURE = (ValueError, OSError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError)


def _photo(fields: Fields) -> Image.Image:
    """The photo, filling its place. Raises CannotDraw("BAD_PHOTO") when it is none."""
    try:
        told = base64.b64decode(fields.get("photo", ""), validate=True)
        if not 0 < len(told) <= PHOTO_BYTES_MAX:
            raise ValueError("no photo, or one too big")
        photo = Image.open(io.BytesIO(told), formats=("JPEG", "PNG"))
        if photo.width * photo.height > PHOTO_DOTS_MAX:
            raise ValueError("too many dots")
        left, top, right, bottom = PHOTO_PLACE
        return _filling(photo.convert("RGB"), right - left, bottom - top)
    except _NO_PICTURE as error:
        raise CannotDraw("BAD_PHOTO", "the order's photo cannot be read") from error


def _filling(photo: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of the photo in the place's proportions, at its size."""
    wide = min(photo.width, photo.height * width // height)
    high = min(photo.height, photo.width * height // width)
    left, top = (photo.width - wide) // 2, (photo.height - high) // 2
    box = (left, top, left + max(1, wide), top + max(1, high))
    return photo.resize((width, height), Image.Resampling.BICUBIC, box)


def _centred(pen: ImageDraw.ImageDraw, x: int, y: int, text: str, dots: int, room: int) -> None:
    text, face = _fitting(text, dots, room)
    pen.text((x, y), text, INK, face, "mm", stroke_width=1 if dots > 30 else 0)


def _fitting(text: str, dots: int, room: int) -> tuple[str, ImageFont.FreeTypeFont]:
    """The text on one line, and the largest typeface up to ``dots`` in which it takes no more than ``room``.

    What does not fit in the smallest is cut, and shows it.
    """
    text = " ".join(text.split())
    while dots > TEXT_DOTS_MIN and font(dots).getlength(text) > room:
        dots -= 1
    if font(dots).getlength(text) > room:
        while font(dots).getlength(text + "...") > room:
            text = text[:-1]
        text += "..."
    return text, font(dots)


def _birthdate(fields: Fields) -> date:
    try:
        return date.fromisoformat(fields["birthdate"])
    except ValueError:
        raise CannotDraw("BAD_DATE", "the birth date is no date") from None


def _as_printed(day: date) -> str:
    return f"{day.day:02}-{day.month:02}-{day.year:04}"
