"""One sheet of paper that every PDF here is written on: A4, its fonts, the SPECIMEN mark, a fixed identity.

The same words give the same bytes on every machine and at every time: the date inside the file is the
paper's own, its identity the hash of what it was made from, and nothing is compressed by a library that
may differ. The fonts are the fourteen that every reader has; letters outside Latin-1 are shown as ``?``.
Imports fpdf, which is heavy: never from a module that the running agent loads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from domain.wita import ZONE

FONT, MONO = "helvetica", "courier"
MARGIN_MM, LINE_MM = 18.0, 5.2
TEXT_PT, SMALL_PT, HEAD_PT = 10.5, 8.5, 13.0
WORDS = ("SPECIMEN", "CONTOH - BUKAN DOKUMEN RESMI")
_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September"),
    *("Oktober", "November", "Desember"),
)
_MARK_GREY, _BLACK = 226, 0


def plain(text: str) -> str:
    """Text as the fonts can show it: Latin-1, one line."""
    return " ".join(text.split()).encode("latin-1", "replace").decode("latin-1")


def long_date(at_ms: int) -> str:
    """The WITA day of an instant in Indonesian words, ``12 Mei 2020``. ``at_ms``: Unix milliseconds."""
    told = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE)
    return f"{told.day} {_MONTHS[told.month - 1]} {told.year}"


def clock(at_ms: int) -> str:
    """The WITA time of day of an instant, ``09.05 WITA``."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE):%H.%M} WITA"


class _Pages(FPDF):
    """A4 pages, each with the mark beneath its text and its number below."""

    def __init__(self, identity: str, foot: str) -> None:
        super().__init__("portrait", "mm", "A4")
        self._identity = sha256(identity.encode()).hexdigest()[:32].upper()
        self._foot = foot
        self.set_compression(False)
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, 20.0)

    def file_id(self) -> str:
        """The file's identity follows from what it says, not from the moment it was written."""
        return f"<{self._identity}><{self._identity}>"

    def header(self) -> None:
        """SPECIMEN across the page: whoever finds it can take it for nothing else."""
        self.set_text_color(_MARK_GREY)
        for at_y, size, word in ((150.0, 84.0, WORDS[0]), (170.0, 24.0, WORDS[1])):
            self.set_font(FONT, "B", size)
            with self.rotation(40, self.w / 2, self.h / 2):
                self.text((self.w - self.get_string_width(word)) / 2, at_y, word)
        self.set_text_color(_BLACK)

    def footer(self) -> None:
        """What paper this is, and which page of it."""
        self.set_y(-14)
        self.set_font(FONT, "", SMALL_PT)
        self.cell(0, 4, f"SPECIMEN - {self._foot} - {self.page_no()}", align="C")


class Sheet:
    """A paper being written from top to bottom. ``identity``: all that it is made from, as one text."""

    def __init__(self, title: str, *, identity: str, at_ms: int, foot: str = "") -> None:
        self.pdf: FPDF = _Pages(identity, plain(foot or title))  # for what only one paper needs, a photo
        self.pdf.set_title(plain(title))
        self.pdf.set_creation_date(datetime.fromtimestamp(at_ms // 1000, UTC))
        self.pdf.add_page()

    def head(self, *lines: str) -> None:
        """The paper's heading, centred."""
        self._font(HEAD_PT, "B")
        for line in lines:
            self._cell(line, align="C", height=LINE_MM * 1.2)
        self.space()

    def text(self, *lines: str, size: float = TEXT_PT, bold: bool = False) -> None:
        """Paragraphs."""
        for line in lines:
            self._font(size, "B" if bold else "")
            self.pdf.multi_cell(0, LINE_MM, plain(line), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def fields(self, rows: Iterable[tuple[str, str]], label_mm: float = 52.0) -> None:
        """Label and value, a line each."""
        for label, value in rows:
            self._font()
            self.pdf.cell(label_mm, LINE_MM, plain(label))
            self.pdf.multi_cell(0, LINE_MM, f": {plain(value)}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def table(
        self, heading: Sequence[str], rows: Iterable[Sequence[str]], widths_mm: Sequence[float]
    ) -> None:
        """A ruled table; a heading repeats on each page."""
        self._font(SMALL_PT)
        with self.pdf.table(col_widths=tuple(widths_mm), line_height=LINE_MM, text_align="LEFT") as table:
            for cells in (heading, *rows):
                table.row([plain(cell) for cell in cells])

    def mono(self, text: str) -> None:
        """A hash or a number that somebody may have to compare, letter by letter."""
        self.pdf.set_font(MONO, "", SMALL_PT)
        self.pdf.multi_cell(0, LINE_MM, plain(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def signatures(self, marks: Sequence[tuple[str, str]]) -> None:
        """A line to sign on for each (role, mark), two beside each other."""
        half = self.pdf.epw / 2
        for start in range(0, len(marks), 2):
            pair = marks[start : start + 2]
            if self.pdf.will_page_break(LINE_MM * 7):
                self.pdf.add_page()
            for row in ([role for role, _ in pair], [""] * 3, [f"( {mark} )" for _, mark in pair]):
                self._font()
                for cell in row[:2]:
                    self.pdf.cell(half, LINE_MM * (4 if not cell else 1), plain(cell), align="C")
                self.pdf.ln()
            self.space()

    def space(self, lines: float = 1.0) -> None:
        """Leave room."""
        self.pdf.ln(LINE_MM * lines)

    def pdf_bytes(self) -> bytes:
        """The file."""
        return bytes(self.pdf.output())

    def _font(self, size: float = TEXT_PT, style: Literal["", "B"] = "") -> None:
        self.pdf.set_font(FONT, style, size)

    def _cell(self, text: str, *, align: Literal["C", "L"] = "L", height: float = LINE_MM) -> None:
        self.pdf.cell(0, height, plain(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def write(path: Path, document: bytes) -> None:
    """Put a document at ``path``, whole or not at all. Raises OSError."""
    beside = path.with_name(f"{path.name}.part")
    beside.write_bytes(document)
    beside.replace(path)
