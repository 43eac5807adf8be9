"""Twenty fingers that are kept as pictures, and how often the simulated module errs over many.

``python -m tests.fingers`` writes the pictures anew: two people's ten fingers, on the few points ridges grow
on, four bits a point, ridges dark; the class stands in the file. A test proves they are what the generator
makes, so a test may use them instead and save its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from simulators.people import fingers
from simulators.people.fingers import Grid, Master
from simulators.r30x import matching, minutiae

FOLDER = Path(__file__).parent / "vectors" / "fingers"
PEOPLE = (9001, 9002)
LEVELS = 16


def path(person: int, finger: int) -> Path:
    """Where this finger is kept."""
    return FOLDER / f"{person}-{fingers.PARTS[finger].lower().replace(' ', '-')}.png"


def levels(small: Grid) -> fingers.Picture:
    """What grew, in sixteen levels; 0 is a ridge."""
    return np.clip((1 - small) / 2 * LEVELS, 0, LEVELS - 1).astype(np.uint8)


def write(person: int, finger: int) -> None:
    """Keep this finger."""
    klass, small = fingers.grown(person, finger)
    picture = Image.frombytes("P", small.shape[::-1], levels(small).tobytes())
    picture.putpalette([17 * level for level in range(LEVELS) for _ in range(3)])
    told = PngInfo()
    told.add_text("class", klass)
    picture.save(path(person, finger), bits=4, optimize=True, pnginfo=told)


def read(person: int, finger: int) -> tuple[str, fingers.Picture]:
    """The class and the levels of a finger that is kept."""
    with Image.open(path(person, finger)) as picture:
        return str(picture.info["class"]), np.asarray(picture, np.uint8)


@lru_cache(maxsize=32)
def kept(person: int, finger: int) -> Master:
    """The master of a finger that is kept."""
    klass, levels = read(person, finger)
    small = (1 - (levels.astype(np.float32) + 0.5) * (2 / LEVELS)).astype(np.float32)
    return fingers.whole(person, finger, klass, small)


def twenty() -> list[Master]:
    """All that are kept."""
    return [kept(person, finger) for person in PEOPLE for finger in range(10)]


@dataclass(frozen=True, slots=True)
class Rates:
    """Scores over many presses: of one finger with itself, and of different fingers."""

    genuine: tuple[int, ...]
    impostor: tuple[int, ...]

    def refused(self, level: int = 3) -> float:
        """The share of genuine pairs the module takes for two fingers."""
        return sum(each < matching.SECURITY[level] for each in self.genuine) / len(self.genuine)

    def accepted(self, level: int = 3) -> float:
        """The share of impostor pairs the module takes for one finger."""
        return sum(each >= matching.SECURITY[level] for each in self.impostor) / len(self.impostor)

    def told(self) -> dict[str, float | int]:
        """The figures, for a report."""
        return {
            "genuine_pairs": len(self.genuine),
            "genuine_refused": self.refused(),
            "genuine_lowest": min(self.genuine),
            "impostor_pairs": len(self.impostor),
            "impostors_accepted": self.accepted(),
            "impostor_highest": max(self.impostor),
            "threshold": matching.SECURITY[3],
        }


def presses(master: Master, count: int) -> list[bytes]:
    """Templates of so many everyday presses, each picture by the four-bit line. None fails."""
    made = []
    for seed in range(count):
        dice = np.random.default_rng([master.person_seed, master.finger, seed])
        picture = fingers.impression(master, seed, fingers.everyday(dice))
        template = minutiae.template(fingers.four_bits(picture))
        assert template is not None, "an everyday press has enough marks"
        made.append(template)
    return made


def rates(masters: Iterable[Master], count: int, *, across: int) -> Rates:
    """Every genuine pair of ``count`` presses; ``across`` pairs of presses for each pair of fingers."""
    all_presses = [presses(master, count) for master in masters]
    genuine = [matching.score(a, b) for one in all_presses for a, b in combinations(one, 2)]
    impostor = [
        matching.score(one[turn % count], other[(turn // count + turn) % count])
        for one, other in combinations(all_presses, 2)
        for turn in range(across)
    ]
    return Rates(tuple(genuine), tuple(impostor))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for person in PEOPLE:
        for finger in range(10):
            write(person, finger)
