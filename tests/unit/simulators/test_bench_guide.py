"""The technician's guide names every accident and every hand, and every command in it is one that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulators.cli import main
from simulators.evolis.faults import CATALOGUE as EVOLIS
from simulators.evolis.hands import HANDS as EVOLIS_HANDS
from simulators.ipp.faults import PAPER, SPOOLER, parse
from simulators.matica.faults import CATALOGUE as MATICA
from simulators.matica.hands import HANDS as MATICA_HANDS
from simulators.r30x.faults import KNOWN as R30X
from simulators.r30x.glass import LAID
from simulators.r30x.hands import HANDS as R30X_HANDS
from simulators.topaz.faults import KNOWN as TOPAZ
from simulators.topaz.hands import HANDS as TOPAZ_HANDS

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/technician.md").read_text("utf-8")
CODE = re.findall(r"`([^`]+)`", GUIDE) + re.findall(r"^    (.+)$", GUIDE, re.MULTILINE)
COMMANDS = sorted({code for code in CODE if code.startswith("loket-sim ")})


@pytest.mark.parametrize("name", sorted({*EVOLIS.kinds, *MATICA.kinds, *PAPER, *SPOOLER, *R30X, *TOPAZ}))
def test_every_accident_is_in_the_guide(name: str) -> None:
    assert re.search(rf"`{name}[`@]", GUIDE)


@pytest.mark.parametrize("name", sorted({*EVOLIS_HANDS, *MATICA_HANDS}))
def test_every_hand_is_in_the_guide(name: str) -> None:
    assert f'{{"{name}": ' in GUIDE


@pytest.mark.parametrize("name", sorted({*R30X_HANDS, *LAID, *TOPAZ_HANDS}))
def test_every_hand_at_a_reader_or_a_pad_is_in_the_guide(name: str) -> None:
    assert re.search(rf"`{name}[` ]", GUIDE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_guide_is_known(command: str) -> None:
    words = command.split()[1:]
    help_of = CliRunner().invoke(main, [words[0], "--help"])
    assert help_of.exit_code == 0
    known = set(re.findall(r"--[a-z-]+", help_of.output))
    assert {word for word in words if word.startswith("--")} <= known


def test_every_accident_that_is_written_out_can_be_read() -> None:
    told = re.findall(r"--fault ([a-z_]+@[a-z]+=[^\s`]+)", GUIDE)
    assert told
    for fault in told:
        readable = 0
        for read in (EVOLIS.parse, MATICA.parse, lambda text: parse(text, {**PAPER, **SPOOLER})):
            try:
                read(fault)
            except ValueError:
                continue
            readable += 1
        assert readable, fault
