"""A sheet as a file, where its printer stands elsewhere: its owner's alone, whole, and told of."""

from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from agent.actions import ACTIONS
from agent.config import Config
from agent.counter import suket
from agent.counter.suket import State
from agent.home import Home
from agent.store.journal import Journal
from agent.trouble import Trouble
from domain.words import RefusedByRule
from tests.unit.agent import test_suket_press
from tests.unit.agent.test_suket_press import FIRST, issued, made

home, journal, province = test_suket_press.home, test_suket_press.journal, test_suket_press.province


def test_a_file_is_its_owner_s_alone_and_the_journal_says_so(
    home: Home, journal: Journal, tmp_path: Path
) -> None:
    press = made(home, journal, None)
    with pytest.raises(Trouble, match="No printer of paper"):
        issued(press)
    out = tmp_path / "suket.pdf"
    told = issued(press, out=out)
    assert (told["state"], told["printer"]) == ("sent", "file")
    assert sha256(out.read_bytes()).hexdigest() == told["sha256"]
    if sys.platform != "win32":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with pytest.raises(RefusedByRule):
        press.look(FIRST)
    order_void(journal)
    with pytest.raises(Trouble, match="there already"):
        issued(press, out=out)
    with pytest.raises(Trouble, match="cannot be written"):
        issued(press, out=tmp_path / "no" / "such" / "folder.pdf")
    second = suket.listed(journal)[-1]
    assert (second.state, second.cause) == (State.ISSUED, "not_written")
    assert press.again(second.number, out=tmp_path / "again.pdf")["state"] == "sent"


def test_half_a_sheet_is_left_nowhere(
    home: Home, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press, out = made(home, journal, None), tmp_path / "suket.pdf"

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(Trouble, match="No space left"):
            issued(press, out=out)
    assert not out.exists()
    assert (suket.get(journal, FIRST).state, suket.get(journal, FIRST).cause) == (State.ISSUED, "not_written")
    assert press.again(FIRST, out=out)["state"] == "sent"


def test_a_file_that_somebody_else_put_there_meanwhile_stays_theirs(
    home: Home, journal: Journal, tmp_path: Path
) -> None:
    press, out = made(home, journal, None), tmp_path / "suket.pdf"

    def perform(action: str, args: Any) -> dict[str, Any]:
        if args.get("what") == "sent":
            out.write_text("theirs")
        return press.perform(action, args)

    with pytest.raises(Trouble, match="cannot be written"):
        issued(replace(press, perform=perform), out=out)
    assert out.read_text() == "theirs"


def order_void(journal: Journal) -> None:
    ACTIONS["suket-void"](journal, Config("64.11", 1), {"number": FIRST, "reason": "torn"})
