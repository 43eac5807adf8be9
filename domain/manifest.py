"""How a blank's name is written, and a consignment's manifest: a name a line, or a CSV column ``blank``.

Whoever takes the wrong file takes one with people in it. So no sentence here repeats what was read, and
neither a NIK nor a word without any digit is taken for a blank.
"""

from __future__ import annotations

import re

from domain import people

NAMES_MAX = 100_000
COLUMN = "blank"
_NAME = re.compile(r"(?=[A-F]+$|.*[0-9])[0-9A-Z][0-9A-Z.-]{3,39}")
"""With a digit, as printed numbers have, or in hexadecimal signs alone, as a chip's may be."""


def blank_name(text: str) -> str:
    """A blank's name as written everywhere: upper case, no blanks or colons. Raises ValueError."""
    plain = re.sub(r"[\s:]", "", text).upper()
    if people.holds_person(plain):
        raise ValueError("that looks like a NIK; a blank has a name of its own")
    if not _NAME.fullmatch(plain):
        raise ValueError("that is no blank's name")
    return plain


def names_of(text: str) -> list[str]:
    """The names in a manifest, in its order. Raises ValueError naming the first line that is wrong."""
    names: dict[str, int] = {}
    for number, cell in _cells(text.splitlines()):
        if not cell.strip():
            continue
        try:
            found = blank_name(cell)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
        if found in names:
            raise ValueError(f"line {number}: the same name stands on line {names[found]} already")
        names[found] = number
    if not 0 < len(names) <= NAMES_MAX:
        raise ValueError(f"it names {len(names)} blanks; a manifest names 1 to {NAMES_MAX:,}")
    return list(names)


def _cells(lines: list[str]) -> list[tuple[int, str]]:
    """(line number, name) of each row; a file of plain names needs no heading."""
    import csv  # a name alone needs none, and the station reads many

    rows = csv.reader(lines)
    try:
        head = [cell.strip().lower() for cell in next(rows, [])]
        if COLUMN not in head:
            if len(head) > 1:
                raise ValueError(f"line 1: there is no column '{COLUMN}'")
            return list(enumerate(lines, 1))
        at = head.index(COLUMN)
        return [(rows.line_num, row[at] if at < len(row) else "") for row in rows]
    except csv.Error:
        raise ValueError(f"line {rows.line_num}: it cannot be read as a table") from None
