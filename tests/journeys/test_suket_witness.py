"""The CUPS project's own printer takes a certificate's sheet from the real command, byte for byte."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from tests.journeys.eve_rig import Eve
from tests.journeys.test_suket import ISSUE, made

pytestmark = pytest.mark.serial


def test_the_sheet_in_the_journal_is_the_sheet_in_a_foreign_printer(tmp_path: Path) -> None:
    (tmp_path / "eve").mkdir()
    eve = Eve(tmp_path / "eve")
    try:
        station = made(tmp_path, str(eve.address))
        (device,) = [each for each in station.loket("devices", "--json").json if each["kind"] == "paper"]
        assert device["state"] == "ready"
        done = station.loket(*ISSUE)
        assert (done.code, done.json["state"], done.json["cause"]) == (0, "reported", "reported")
        assert [sha256(each).hexdigest() for each in eve.printed()] == [done.json["sha256"]]
        eve.fails()
        number = done.json["number"]
        assert station.loket("suket", "void", number, "--reason", "misprint").code == 0
        failed = station.loket(*ISSUE)
        assert failed.json["next_step"] in ("confirm_or_void", "look")  # whatever it says, a person looks
    finally:
        eve.close()
