"""Lists of print-ready records about people who do not exist, as an office would export them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from zlib import crc32

from hub.order_file import COLUMNS, OPTIONAL

JPEG = b"\xff\xd8\xff\xe0" + b"SPECIMEN" * 20


def record(order: str = "o1", **changes: str) -> dict[str, str]:
    """One good row, whose person is the order's own; ``changes`` spoil it."""
    good = {
        "order": order, "office": "64.11", "station": "1", "kind": "ktp", "reason": "first_card",
        "status": "PRR", "nik": nik_of(order), "name": "SPECIMEN SATU", "birthplace": "LONG BAGUN",
        "birthdate": "2001-03-05", "sex": "PEREMPUAN", "blood": "O", "address": "JL. CONTOH 1",
        "rt_rw": "001/002", "village": "UJOH BILANG", "district": "LONG BAGUN", "religion": "KATOLIK",
        "marital": "BELUM KAWIN", "occupation": "PELAJAR", "citizenship": "WNI", "requested": "2020-05-01",
        "photo": "p.jpg",
    }  # fmt: skip
    return good | changes


def nik_of(order: str) -> str:
    """Whose an order is, by its number, so that each has a person of its own."""
    told = "".join(filter(str.isdigit, order))
    return f"641101450301{9001 + (int(told) - 1 if told else crc32(order.encode())) % 999}"


def text(*rows: dict[str, str], delimiter: str = ",") -> str:
    out = io.StringIO()
    optional = [name for name in OPTIONAL if any(name in row for row in rows)]
    writer = csv.DictWriter(out, [*COLUMNS, *optional], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(folder: Path, *rows: dict[str, str], name: str = "list.csv") -> Path:
    """The list as a file, with the photo beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "p.jpg").write_bytes(JPEG)
    place = folder / name
    place.write_text(text(*rows), encoding="utf-8", newline="")
    return place
