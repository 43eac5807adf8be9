"""How each make is started, and what a clerk sees of a printer that tells nothing."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from simulators.cli import main
from simulators.demo.parts import Make
from simulators.demo.printers import Stand, behind_spooler, command
from simulators.demo.truth import Story


def stand(make: Make, **more: Any) -> Stand:
    return Stand(make, 18_001, 18_002, 7, 20.0, 9, Path("/place"), **more)


@pytest.mark.parametrize("make", list(Make))
def test_every_option_is_one_that_the_simulator_knows(make: Make) -> None:
    words = command(stand(make))
    shown = CliRunner().invoke(main, [words[1], "--help"]).output
    for option in (word for word in words if word.startswith("--")):
        assert option in shown


def test_the_wires_are_as_asked() -> None:
    assert "--usbip" in command(stand(Make.EVOLIS, usbip=True))
    assert "--tcp" in command(stand(Make.EVOLIS))
    assert "--ipp" in command(stand(Make.SPOOLER))
    assert "--fault" not in command(stand(Make.EVOLIS))
    assert command(stand(Make.EVOLIS, fault="jam@card=1,panel=k"))[-1] == "jam@card=1,panel=k"
    assert "--state" not in command(stand(Make.SPOOLER)), "a spooler forgets"


def fed(story: Story, *names: str) -> None:
    for name in names:
        story.tell({"event": "fed", "blank": name, "tray": "inside", "picture": None})


def test_a_blank_lies_in_the_feeder_until_it_is_fed_and_in_the_tray_when_it_is_out() -> None:
    story, idle = Story(), {"jobs": [{"state": 9}]}
    seen = behind_spooler(story, idle, ["A", "B"])
    assert (seen["feeder"], seen["stack"], seen["output"]) == (2, ["A", "B"], [])
    fed(story, "A")
    seen = behind_spooler(story, idle, ["A", "B"])
    assert (seen["feeder"], [card["blank"] for card in seen["inside"]]) == (1, ["A"])
    story.tell({"event": "ejected", "blank": "A", "tray": "output", "picture": "p"})
    seen = behind_spooler(story, idle, ["A", "B"])
    assert [card["blank"] for card in seen["output"]] == ["A"]
    assert seen["inside"] == []


def test_nobody_takes_a_blank_away_from_a_queue_that_may_still_print() -> None:
    for state in (3, 4, 5, 6):
        assert behind_spooler(Story(), {"jobs": [{"state": 9}, {"state": state}]}, ["A"])["stack"] == []
    for state in (7, 8, 9):
        assert behind_spooler(Story(), {"jobs": [{"state": state}]}, ["A"])["stack"] == ["A"]
