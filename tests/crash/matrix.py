"""The matrix itself: its variants, the points of each, and many lives judged; for tests and benchmark."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.case import Case, Variant
from tests.crash.families import FAMILIES
from tests.crash.judge import Verdicts
from tests.crash.life import play

VARIANTS = [
    Variant(family.name, ribbon, reader)
    for family in FAMILIES.values()
    for ribbon in family.ribbons
    for reader in family.readers
    if reader != "plain" or ribbon == family.ribbons[0]
]
POINTS_MIN = 40
MEMORY = Path("/dev/shm")


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder that goes away again; in memory where the system has such a place."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def points_of(variant: Variant, folder: Path, template: Path) -> list[str]:
    """The points of a variant, in order: a dry run passes them all."""
    played = play(Case(variant, "", "agent"), folder, template)
    played.close()
    if not len(played.passed) == len(set(played.passed)) > POINTS_MIN:
        raise AssertionError(f"{variant} has {len(played.passed)} points, some of them twice")
    return played.passed


def judged(
    cases: Iterable[Case], folder: Path, template: Path, *, must_hit: bool
) -> tuple[Verdicts, list[str]]:
    """Play every life; what was counted, and a sentence for each thing that was wrong."""
    verdicts, wrong = Verdicts(), []
    for case in cases:
        try:
            played = play(case, folder, template)
        except AssertionError as error:
            wrong.append(f"{case}: {error}")
            continue
        wrong += [f"{case}: {sentence}" for sentence in verdicts.add(played)]
        if must_hit and not played.hit:
            wrong.append(f"{case}: the point was not hit")
        played.close()
    return verdicts, wrong
