"""Writing people as the province's offices hand them over: one CSV file, photos and fingers beside it."""

import csv
from collections.abc import Container, Iterable
from dataclasses import asdict, fields
from pathlib import Path

from simulators.people.people import Person
from simulators.people.portraits import portrait

COLUMNS = tuple(field.name for field in fields(Person))
FILE = "orders.csv"
INDEX_FINGERS = {"finger_right": 1, "finger_left": 6}
"""The optional columns, and which of ten fingers they are (simulators/people/fingers.py)."""


def write(
    folder: Path,
    crowd: Iterable[Person],
    name: str = FILE,
    *,
    fingers: bool = False,
    whose: Container[str] | None = None,
) -> Path:
    """Write ``name`` and ``photos/`` into ``folder`` (made when missing). Returns the path of the list.

    ``fingers``: also ``fingers/``, what a reader knows each KTP holder's index fingers by; some time each.
    ``whose``: of these orders alone.
    """
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as out:
        columns = (*COLUMNS, *INDEX_FINGERS) if fingers else COLUMNS
        rows = csv.DictWriter(out, columns, lineterminator="\n")
        rows.writeheader()
        for person in crowd:
            has = person.kind == "ktp" and (
                whose is None or person.order in whose
            )  # no child's card holds any
            rows.writerow(asdict(person) | (_fingers(folder, person, has=has) if fingers else {}))
            if person.photo:
                (folder / person.photo).write_bytes(portrait(person))
    return path


def _fingers(folder: Path, person: Person, *, has: bool) -> dict[str, str]:
    """Write the person's finger files; their paths by column, empty for who ``has`` none."""
    if not has:
        return dict.fromkeys(INDEX_FINGERS, "")
    from simulators.people.finger_files import index_template  # numpy

    (folder / "fingers").mkdir(exist_ok=True)
    told = {}
    for column, finger in INDEX_FINGERS.items():
        told[column] = f"fingers/{person.order}-{column.removeprefix('finger_')}.tpl"
        (folder / told[column]).write_bytes(index_template(person.nik, finger))
    return told
