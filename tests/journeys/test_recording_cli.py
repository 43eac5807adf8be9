"""The commands around a sitting: what they refuse, with which word, and that they tell of nobody."""

from __future__ import annotations

import json
import os
import subprocess
import time

import pytest

from agent import policies
from agent.recording import actions, seat
from agent.recording.refused import INDONESIAN
from agent.recording.words import SAID
from domain.policy_form import made
from domain.words import SENTENCES
from tests.journeys.station import LOKET, Station
from tests.unit.agent.stations import Clock, open_at

NIK = "6411015205029001"
FORWARD = {"recording_mode": "store_and_forward", "recordings_a_day": 2}


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Station:
    root = tmp_path_factory.mktemp("office")
    (root / "trust.pem").write_text("none")
    made_here = Station(root / "home")
    done = made_here.init("--biometrics", "sbi://127.0.0.1:1", "--trust", str(root / "trust.pem"))
    assert done.code == 0, done.err
    return made_here


def follow(station: Station, **rules: object) -> None:
    journal = open_at(station.home)
    journal.write(lambda tx: tx.execute("DELETE FROM policy"))
    policy = made("forward", "2020-01-02", rules)
    journal.write(lambda tx: policies.keep(tx, policy, json.dumps(rules)))
    journal.close()


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--nik", "12"], 4, "BAD_NIK"),
        (["--nik", NIK, "--missing", "my toe"], 2, "is told as"),
        (["--nik", NIK, "--by", NIK], 1, "staff mark"),
        (["--nik", NIK, "--by", "ani", "--second", "Ani"], 4, "SECOND_IS_FIRST"),
        (["--nik", NIK, "--biodata", "nowhere.json"], 1, "cannot be read"),
        (["--nik", "6411015205209001"], 4, "TOO_YOUNG_TO_RECORD"),
        (["--nik", NIK], 1, "certificate"),
    ],
)
def test_a_sitting_that_may_not_be_says_why_in_one_word_and_one_sentence(
    station: Station, options: list[str], code: int, says: str
) -> None:
    done = station.loket("record", "--json", *options)
    assert done.code == code
    assert says in (done.out if code == 4 else done.err)
    assert code != 4 or done.err == f"{INDONESIAN[says]}\n  ({SENTENCES[says]})\n"
    assert "Traceback" not in done.err
    assert NIK not in done.out + done.err
    assert station.loket("recordings", "--json").json == []


def test_a_nik_that_is_no_text_is_no_nik(station: Station) -> None:
    told = subprocess.run(
        [*LOKET, "record", "--nik", "-", "--json"],
        input=b"6411\xe9\n",
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "LOKET_HOME": str(station.root), "PYTHONIOENCODING": "utf-8:strict"},
    )
    assert (told.returncode, json.loads(told.stdout)) == (4, {"refused": "BAD_NIK"})
    assert b"Traceback" not in told.stderr


def test_tickets_and_the_field_go_by_numbers_and_words(station: Station) -> None:
    follow(station, **FORWARD)
    assert station.loket("tickets", "issue", "--json").json["number"] == 1
    assert station.loket("tickets", "issue").out == "2\n"
    assert station.loket("tickets", "issue", "--json").json == {"refused": "QUOTA_REACHED"}
    assert station.loket("tickets", "call").out == "1\n"
    told = station.loket("tickets", "list", "--json").json
    assert (told["quota"], told["recorded"], told["left"]) == (2, 0, 0)
    assert [each["state"] for each in told["tickets"]] == ["called", "issued"]
    until = told["day"]
    begin = ("outreach", "begin", "--place", "tering", "--until", until)
    assert station.loket(*begin, "--by", "ani").json == {"refused": "SECOND_NEEDED"}
    assert (
        station.loket(*begin, "--by", "ani", "--second", "budi").out
        == f"in the field at tering until {until}\n"
    )
    assert station.loket("outreach", "end", "--json").json["place"] == "tering"
    assert station.loket("staff", "list", "--json").json == []
    assert "reader in loket.toml" in station.loket("staff", "enrol", "--by", "ani").err


@pytest.mark.parametrize("command", [("tickets", "list"), ("tickets", "issue")])
def test_a_sitting_that_died_holds_no_place(station: Station, command: tuple[str, ...]) -> None:
    follow(station, **FORWARD | {"recordings_a_day": 9})
    clock = Clock()
    clock.at_ms = time.time_ns() // 1_000_000
    journal = open_at(station.home, clock=clock)
    id = actions.begin(journal, station.home.config(), {})["id"]
    journal.close()
    with seat.taken(station.home):
        assert station.loket("tickets", "list", "--json").json["recorded"] == 1
    assert SAID["died"].en.format(id) in station.loket(*command).err
    told = station.loket("tickets", "list", "--json")
    assert (told.json["recorded"], told.err) == (0, "")
