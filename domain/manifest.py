"""How a blank's name is written, and a consignment's manifest: a name a line, or a CSV column ``blank``."""

from __future__ import annotations

import re

NAMES_MAX = 100_000
COLUMN = "blank"
_NAME = re.compile(r"[0-9A-Z][0-9A-Z.-]{3,39}")


def blank_name(text: str) -> str:
    """A blank's name as written everywhere: upper case, no blanks or colons. Raises ValueError."""
    plain = re.sub(r"[\s:]", "", text).upper()
    if not _NAME.fullmatch(plain):
        raise ValueError(f"{text.strip()[:40]!r} is no blank's name")
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
            raise ValueError(f"line {number}: {found} stands on line {names[found]} already")
        names[found] = number
    if not 0 < len(names) <= NAMES_MAX:
        raise ValueError(f"it names {len(names)} blanks; a manifest names 1 to {NAMES_MAX:,}")
    return list(names)


def _cells(lines: list[str]) -> list[tuple[int, str]]:
    """(line number, name) of each row; a file of plain names needs no heading."""
    import csv  # a name alone needs none, and the station reads many

    head = [cell.strip().lower() for cell in next(csv.reader(lines[:1]), [])]
    if COLUMN not in head:
        if len(head) > 1:
            raise ValueError(f"line 1: there is no column '{COLUMN}'")
        return list(enumerate(lines, 1))
    at = head.index(COLUMN)
    rows = csv.reader(lines[1:])
    return [(rows.line_num + 1, row[at] if at < len(row) else "") for row in rows]
