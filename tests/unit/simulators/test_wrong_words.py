"""What the bench cannot do it says in one sentence: no traceback, and nothing of anybody's lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulators.cli import main


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
