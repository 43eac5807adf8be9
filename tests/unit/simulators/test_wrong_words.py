"""What the bench cannot do it says in one sentence: no traceback, and nothing of anybody's lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulators.cli import main
from simulators.evolis.faults import CATALOGUE as EVOLIS
from simulators.r30x import faults as r30x
from simulators.sbi import faults as sbi


def refused(*words: str, code: int) -> str:
    """What a command that fails says: one sentence, whatever of usage stands above it."""
    done: Result = CliRunner().invoke(main, words)
    assert done.exit_code == code, done.output
    assert isinstance(done.exception, SystemExit)
    *_, sentence = done.stderr.strip().splitlines()
    return sentence


@pytest.mark.parametrize("command", ["reader", "pad"])
def test_what_is_no_link_is_never_taken_for_a_ports_name(command: str, tmp_path: Path) -> None:
    kept = tmp_path / "keep.txt"
    kept.write_text("precious")
    assert "keep.txt" in refused(command, "--pty", str(kept), code=2)
    assert "no folder" in refused(command, "--pty", str(tmp_path / "nowhere" / "port"), code=2)
    assert kept.read_text() == "precious"


@pytest.mark.parametrize(
    ("command", "never"),
    [
        ("printer", ("jam@card=0", "reply_garbled@exchange=0", "unplug@bytes=0", "jam@card=1,face=side")),
        ("printer --make matica", ("jam@card=0", "reply_garbled@exchange=0", "double_feed@card=1,seen=no")),
        ("reader", ("noise@exchange=0", "noise@exchange=-1", "dead@ms=-5", "late@exchange=1,for=-1")),
        ("reader", ("code@exchange=1,code=100", "noise@exchange=1,op=1ff", "noise@exchange=1,op=0x")),
        ("pad", ("noise@exchange=0", "noise@exchange=1,op=04", "late@ms=-1")),
        ("paper", ("jam@job=0", "jam@job=-1", "jam@job=1,for=x")),
        ("spooler", ("held@job=0",)),
        ("sbi", ("dry@capture=0", "stream_lost@stream=0", "dry@capture=1,times=0", "tip@capture=1,part=Toe")),
    ],
)
def test_an_accident_that_can_never_strike_is_refused(command: str, never: tuple[str, ...]) -> None:
    for fault in never:
        assert fault.partition("@")[0] in refused(*command.split(), "--fault", fault, code=2)


def test_accidents_are_counted_from_one_and_timed_from_nothing() -> None:
    assert EVOLIS.parse("jam@card=1").value == 1
    assert EVOLIS.parse("power_cut@ms=0").value == 0
    assert r30x.parse("dead@ms=0").value == 0
    assert sbi.parse("clock@start,by=-400").by == -400
