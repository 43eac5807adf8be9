"""Writing people as the province's offices hand them over: one CSV file, and the photos beside it."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

from simulators.people.people import Person
from simulators.people.portraits import portrait

COLUMNS = tuple(field.name for field in fields(Person))
FILE = "orders.csv"


def write(folder: Path, crowd: Iterable[Person], name: str = FILE) -> Path:
    """Write ``name`` and ``photos/`` into ``folder`` (made when missing). Returns the path of the list."""
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        rows.writeheader()
        for person in crowd:
            rows.writerow(asdict(person))
            if person.photo:
                (folder / person.photo).write_bytes(portrait(person))
    return path
