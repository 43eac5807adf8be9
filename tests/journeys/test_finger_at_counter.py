"""A card over the counter with a fingerprint reader on it: the real command, a simulated module on its line.

Templates as the province's list brings them, fingers as people lay them: the holder's gives the card out, a
stranger's withholds it, and a reader whose cable is pulled says nothing about anybody.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from simulators.people.finger_files import index_template
from simulators.people.people import people
from simulators.people.whose_finger import biometric_seed
from tests.journeys.station import Done, Station
from tests.journeys.technician import Technician
from tests.unit.agent.counter.shelf import Shelf

HOLDER, STRANGER = people(7, "64.11", 2, kind="ktp")
RIGHT_INDEX, LEFT_INDEX = 1, 6
EXCUSED = ("--finger", "no_reader", "--exception", "no_reader", "--supervisor", "budi")


class Counter:
    """A station with one ready card, and the module on its desk."""

    def __init__(self, home: Path, module: Technician) -> None:
        self.module, self.station = module, Station(home)
        shelf = Shelf(home, reader=module.address("r30x+"))
        self.job = shelf.card(nik=HOLDER.nik, **carried())
        self.give = ("hand-over", self.job, "--card", shelf.blank(self.job), "--by", "ani", "--json")
        shelf.close()

    def lay(self, nik: str, finger: int) -> None:
        assert "error" not in self.module.hand(finger=f"{biometric_seed(nik)}:{finger}")

    def hand_over(self, *more: str) -> Done:
        return self.station.loket(*self.give, *more)

    @property
    def state(self) -> str:
        (job,) = self.station.loket("jobs", "--json").json
        return str(job["state"])


@cache
def carried() -> dict[str, str]:
    fingers = {"finger_right": RIGHT_INDEX, "finger_left": LEFT_INDEX}
    return {name: b64encode(index_template(HOLDER.nik, at)).decode() for name, at in fingers.items()}


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with Technician("--tcp", "127.0.0.1:0", "--speed", "40", command="reader") as module:
        yield Counter(tmp_path / "home", module)


def test_the_holders_finger_gives_the_card_out(counter: Counter) -> None:
    counter.lay(HOLDER.nik, LEFT_INDEX)
    given = counter.hand_over()
    assert (given.code, given.json["state"]) == (0, "handed_over"), given.err
    assert given.err.splitlines() == [
        "Letakkan telunjuk kanan pemegang kartu pada pembaca.",
        "  (The holder's right index finger on the reader, please.)",
        "Letakkan telunjuk kiri pemegang kartu pada pembaca.",
        "  (The holder's left index finger on the reader, please.)",
    ]
    (line,) = [
        told for told in counter.station.loket("journal", "--json").out.splitlines() if "handed_over" in told
    ]
    assert '"finger": "match"' in line
    for template in carried().values():
        assert template[:40] not in line


def test_a_strangers_finger_withholds_it(counter: Counter) -> None:
    counter.lay(STRANGER.nik, RIGHT_INDEX)
    held = counter.hand_over()
    assert (held.code, held.json) == (4, {"refused": "FINGER_MISMATCH"}), held.err
    assert counter.state == "withheld"


def test_a_pulled_cable_is_one_sentence_and_a_supervisors_matter(counter: Counter) -> None:
    counter.lay(HOLDER.nik, RIGHT_INDEX)
    counter.module.hand(unplug="")
    dead = counter.hand_over()
    assert (dead.code, counter.state) == (1, "ready")
    assert "nothing is written" in dead.err
    (told,) = [each for each in counter.station.loket("devices", "--json").json if each["kind"] == "reader"]
    assert told["state"] == "offline"
    assert counter.hand_over(*EXCUSED).json["exception"] == "no_reader"
