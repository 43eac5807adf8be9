"""The centre's list of answers: a CSV file with the columns ``recording`` and ``status``, maybe ``at``.

Read whole, for it is small and bounded: UTF-8 (a byte-order mark is fine), commas or semicolons. A file that
is no such list is refused whole, with the line that tells; whether an answer may be taken is the matter of
hub/recordings/book.py.
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from domain.wita import ZONE
from hub.home import Trouble
from hub.recordings.book import Answer

NEEDED, OPTIONAL = ("recording", "status"), ("at",)
FILE_BYTES_MAX, CELL_MAX = 32 << 20, 200


def read(path: Path) -> list[Answer]:
    """The answers; the earliest first where every line tells when. Raises Trouble, one sentence."""
    lines = _text(path).splitlines()
    if not lines:
        raise Trouble(f"{path.name} is empty.")
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        names = [name.strip().lower() for name in next(rows)]
        for name in NEEDED:
            if names.count(name) != 1:
                raise Trouble(
                    f"{path.name}, line 1: the column {name} is not there once; nothing was imported."
                )
        told = [
            _answer(dict(zip(names, cells, strict=True)), rows.line_num, path) for cells in rows if any(cells)
        ]
    except (csv.Error, ValueError):
        raise Trouble(
            f"{path.name}, line {rows.line_num}: not a line of this list; nothing was imported."
        ) from None
    return sorted(told, key=lambda answer: _moment(answer.told)) if all(each.told for each in told) else told


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
        if len(data) <= FILE_BYTES_MAX:
            return data.decode("utf-8-sig")
    except OSError as error:
        raise Trouble(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise Trouble(f"{path.name} is not UTF-8; export the list again as UTF-8.") from None
    raise Trouble(f"{path.name} is larger than {FILE_BYTES_MAX} bytes.")


def _answer(cells: dict[str, str], line: int, path: Path) -> Answer:
    told = {name: cells.get(name, "").strip() for name in (*NEEDED, *OPTIONAL)}
    if any(len(text) > CELL_MAX or not text.isprintable() for text in told.values()):
        raise ValueError("not a cell of this list")
    if told["at"]:
        try:
            _moment(told["at"])
        except (OverflowError, ValueError):
            raise Trouble(
                f"{path.name}, line {line}: at is no time; one looks like 2020-05-12T08:00:00+08:00."
            ) from None
    return Answer(told["recording"], told["status"].upper(), told["at"], line)


def _moment(told: str) -> datetime:
    """A time of the list; one without a zone is WITA. Raises ValueError, OverflowError."""
    at = datetime.fromisoformat(told)
    return (at if at.tzinfo else at.replace(tzinfo=ZONE)).astimezone(UTC)
