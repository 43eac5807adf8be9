"""Whatever happens to the line, the module or its power at whatever moment: never a wrong word about anybody.

The holder's finger is never a mismatch, a stranger's never a match, and the next comparison is right again. A
finger is a number here; what the simulated module makes of true ones is its own tests' business.
"""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from drivers.errors import DeviceError
from drivers.finger_reader import FingerReader
from drivers.registry import open_reader
from simulators.r30x.bench import MemoryModule
from simulators.r30x.codes import Code
from simulators.r30x.faults import KNOWN
from simulators.r30x.glass import Press

EXCHANGES = 18  # of a comparison that looks twice, and some of the next one
PLACES = ("command", "answer", "data")
STAYS = frozenset({"dead", "sensor", "wet", "dry", "partial", "moving"})
"""After these nothing can be compared until a person has done something."""
HOLDER, STRANGER = "7:1", "8:1"
TEMPLATE = bytes([7]) * 512
IN_CI = ("power_cut", "short", "unplug", "late")


class NumberEye:
    """A sensor to which a finger is its person's number."""

    def picture(self, press: Press) -> bytes:
        return bytes([press.finger.person]) * (256 * 288)

    def features(self, picture: bytes) -> bytes | Code:
        return picture[:512]

    def compare(self, one: bytes, other: bytes) -> int:
        return 100 if one == other else 0

    def enough(self, level: int) -> int:
        return 50


def compared(reader: FingerReader) -> str:
    try:
        return reader.match(TEMPLATE, 5)
    except DeviceError as error:
        return f"{type(error).__name__} {error.cause}"


def struck(fault: str) -> Counter[str]:
    """Both people's comparisons, struck at every moment; what was said of whom."""
    said = Counter[str]()
    for exchange, place in product(range(1, EXCHANGES), PLACES):
        for who in (HOLDER, STRANGER):
            text = f"{fault}@exchange={exchange},at={place}"
            far = MemoryModule(faults=[text], eye=NumberEye())
            far.hand(f"finger {who}")
            reader = open_reader("r30x+memory://bench", clock=far, open_stream=far.connect)
            right, wrong = ("match", "mismatch") if who == HOLDER else ("mismatch", "match")
            for _ in range(2):
                answer = compared(reader)
                assert answer != wrong, (text, who)
                said[f"{who} {answer}"] += 1
                far.sleep_ms(3_000)
            if fault not in STAYS:
                assert compared(reader) == right, (text, who)
    return said


@pytest.mark.parametrize("fault", IN_CI)
def test_no_accident_makes_a_wrong_word(fault: str) -> None:
    said = struck(fault)
    assert said[f"{HOLDER} match"] and said[f"{STRANGER} mismatch"]
    assert not any("bad_command" in words for words in said), said


@pytest.mark.long
@pytest.mark.parametrize("fault", sorted(set(KNOWN) - set(IN_CI)))
def test_nor_does_any_other(fault: str) -> None:
    struck(fault)
