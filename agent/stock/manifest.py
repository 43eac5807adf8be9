"""Reading a consignment's manifest: one blank's name a line, or a CSV with a column ``blank``."""

from __future__ import annotations

import csv
from pathlib import Path

from agent.stock.blanks import name
from agent.trouble import Trouble

NAMES_MAX = 100_000
COLUMN = "blank"


def read(path: Path) -> list[str]:
    """The names in ``path``, as written everywhere. Raises Trouble naming the first line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise Trouble(f"{path} is no text file.") from None
    names: dict[str, int] = {}
    for number, cell in _cells(lines, path):
        if not cell.strip():
            continue
        try:
            found = name(cell)
        except ValueError as error:
            raise Trouble(f"{path}, line {number}: {error}.") from None
        if found in names:
            raise Trouble(f"{path}, line {number}: {found} stands on line {names[found]} already.")
        names[found] = number
    if not 0 < len(names) <= NAMES_MAX:
        raise Trouble(f"{path} names {len(names)} blanks; a manifest names 1 to {NAMES_MAX:,}.")
    return list(names)


def _cells(lines: list[str], path: Path) -> list[tuple[int, str]]:
    """(line number, name) of each row; a file of plain names needs no heading."""
    head = [cell.strip().lower() for cell in next(csv.reader(lines[:1]), [])]
    if COLUMN not in head:
        if len(head) > 1:
            raise Trouble(f"{path}, line 1: there is no column '{COLUMN}'.")
        return list(enumerate(lines, 1))
    at = head.index(COLUMN)
    rows = csv.reader(lines[1:])
    return [(rows.line_num + 1, row[at] if at < len(row) else "") for row in rows]
