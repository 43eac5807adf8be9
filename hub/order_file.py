"""A list of print-ready records as the office programs export it: a CSV file, read line by line.

Nothing is believed of the file: it is read in bounded lines, has to be UTF-8 (a byte-order mark is
fine) with commas or semicolons, and its first line has to name the columns. A file that is no such list
is refused whole, with the line that tells; a row whose content is wrong is a matter of hub/order_form.py.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.home import Trouble

COLUMNS = (
    "order", "office", "station", "kind", "reason", "status", "nik", "name", "birthplace", "birthdate", "sex",
    "blood", "address", "rt_rw", "village", "district", "religion", "marital", "occupation", "citizenship",
    "requested", "photo",
)  # fmt: skip
OPTIONAL = (
    "phone",
    "finger_right",
    "finger_left",
)  # a list that does not have such a column has nothing in it
LINE_BYTES_MAX = 64 * 1024
LINES_IN_ROW_MAX = 8  # an address may hold a line end inside quotes; a forgotten quote must not eat the file


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it ends on, and its fields by column, without spaces around."""

    line: int
    fields: dict[str, str]


def check(path: Path) -> int:
    """Read the whole file once; the number of its records. Errors: Trouble, one sentence naming the line."""
    return sum(1 for _ in read(path))


def read(path: Path) -> Iterator[Row]:
    """The records, one at a time. Errors: Trouble, one sentence naming the line."""
    lines = _Lines(path)
    try:
        first = next(lines, "")
        delimiter = ";" if first.count(";") > first.count(",") else ","
        header = next(csv.reader([first], delimiter=delimiter, strict=True), [])
        names = [name.strip().lower() for name in header]
        _check_header(names, path)
        wanted = [name for name in (*COLUMNS, *OPTIONAL) if name in names]
        begun = lines.number
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            if lines.number - begun > LINES_IN_ROW_MAX:
                raise lines.broken("a quoted field begun above does not end", at=begun + 1)
            begun = lines.number
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                raise lines.broken(f"{len(cells)} fields where the first line names {len(names)} columns")
            fields = dict(zip(names, (cell.strip() for cell in cells), strict=True))
            yield Row(lines.number, {name: fields[name] for name in wanted})
    except csv.Error as error:
        raise lines.broken(f"not a CSV line ({error})") from error
    finally:
        lines.close()


def _check_header(names: list[str], path: Path) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise Trouble(f"{path.name}, line 1: the column {missing[0]} is missing; nothing was imported.")
    twice = next((name for name in (*COLUMNS, *OPTIONAL) if names.count(name) > 1), None)
    if twice:
        raise Trouble(f"{path.name}, line 1: the column {twice} is there twice; nothing was imported.")


class _Lines:
    """The file's lines as text, counted; never holds more than one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.number = 0
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise Trouble(f"{path.name} cannot be read: {error.strerror}.") from error

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(LINE_BYTES_MAX + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) > LINE_BYTES_MAX:
            raise self.broken(f"longer than {LINE_BYTES_MAX} bytes")
        if b"\0" in raw:
            raise self.broken("a zero byte, which no text has")
        try:
            return raw.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise self.broken("not UTF-8; export the list again as UTF-8") from None

    def broken(self, why: str, at: int | None = None) -> Trouble:
        return Trouble(f"{self._path.name}, line {at or self.number}: {why}; nothing was imported.")

    def close(self) -> None:
        self._file.close()
