"""The clerk takes the card out of the tray: verified, written off and settled, with the real commands.

The chip of the card in hand is read by a reader on the desk, in the command's own process, while the station
runs; the simulated printer wrote the tag that is read there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.config import to_toml
from agent.printing.states import State
from tests.journeys.killer_rig import Life, prepare
from tests.journeys.station import LOKET, Done, Station
from tests.journeys.sync_rig import free_port, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the rig forks its agent")


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A station whose one card is printed, with a reader on the desk."""
    folder, desk = tmp_path_factory.mktemp("desk"), free_port()
    (folder / "life").mkdir()
    made = Life(prepare(folder), folder / "life", "k", None, "--desk", f"127.0.0.1:{desk}")
    config = replace(made.home.config(), desk=f"vpcd://127.0.0.1:{desk}")
    made.home.config_path.write_text(to_toml(config))
    made.start()
    until(made.printed, "nothing was printed")
    yield made
    made.stop()
    made.close()


def loket(life: Life, *arguments: str, **environment: str) -> Done:
    told = {**os.environ, "LOKET_HOME": str(life.home.root), **environment}
    done = subprocess.run([*LOKET, *arguments], capture_output=True, text=True, check=False, env=told)
    return Done(done.returncode, done.stdout, done.stderr)


def job_of(life: Life) -> dict[str, Any]:
    found: list[dict[str, Any]] = loket(life, "jobs", "--json").json
    return found[-1]


def test_the_card_on_the_desk_is_read_verified_and_put_on_the_shelf_and_may_still_be_spoiled(
    life: Life,
) -> None:
    job = job_of(life)
    assert (job["state"], job["next_step"]) == ("printed", "verify")
    wrong = loket(life, "verify", job["id"], "--card", "04FFFFFFFFFFFF", "--json")
    assert (wrong.code, wrong.json["refused"]) == (4, "WRONG_BLANK")
    life.printer.ask(desk=job["blank"])
    done = loket(life, "verify", job["id"], "--shelf", "A-12", "--json", LOKET_CLERK="ani")
    assert (done.code, done.json) == (
        0,
        {"job": job["id"], "state": "ready", "blank": job["blank"], "shelf": "A-12"},
    ), done.err
    told = [json.loads(line) for line in loket(life, "journal", "--json").out.splitlines()]
    verified = next(line for line in told if line["event"] == "verified")
    assert (verified["detail"]["by"], verified["detail"]["witness"]) == ("ani", "chip")
    assert job_of(life)["next_step"] == "hand_over"

    silent = loket(life, "spoil", job["id"], "--blank", job["blank"], "--json")
    assert (silent.code, silent.json["refused"]) == (4, "REASON_NEEDED")
    spoiled = loket(life, "spoil", job["id"], "--blank", job["blank"], "--reason", "smeared", "--json")
    assert (spoiled.code, spoiled.json) == (0, {"job": job["id"], "state": "spoiled"})
    again = loket(life, "print", "--order", job["order"], "--json")
    assert again.json["job"].endswith("-2"), "only after a spoiled one"
    until(lambda: (f"{job['order']}-2", State.PRINTED) in life.states(), "no second attempt came out")

    life.printer.ask(desk=job["blank"])  # the spoiled card is laid down instead of the good one
    other = loket(life, "verify", f"{job['order']}-2", "--json")
    assert (other.code, other.json["refused"]) == (4, "WRONG_BLANK")
    life.printer.ask(desk=job_of(life)["blank"])
    assert loket(life, "verify", f"{job['order']}-2", "--json").json["state"] == "ready"


@pytest.fixture
def station(tmp_path: Path) -> Station:
    made = Station(tmp_path / "home")
    assert made.init().code == 0
    return made


def test_without_a_reader_on_the_desk_the_card_has_to_be_named(station: Station) -> None:
    station.orders("O-1")
    job = station.unsure("O-1", "04A2B3C4D5E680")
    assert station.loket("resolve", job, "--came-out", "04A2B3C4D5E680").code == 0
    nobody = station.loket("verify", job)
    assert nobody.code == 1 and "--card" in nobody.err
    assert station.loket("verify", job, "--card", "04 a2 b3 c4 d5 e6 80").out == f"{job} is ready\n"
    lost = station.loket("lose", job, "--blank", "04A2B3C4D5E680", "--reason", "missing", "--json")
    assert lost.json == {"job": job, "state": "lost"}


def test_the_reader_on_the_desk_is_named_when_the_station_is_made(tmp_path: Path) -> None:
    made = Station(tmp_path / "home")
    assert made.init("--desk", "vpcd://127.0.0.1:1").code == 0
    assert made.home.config().desk == "vpcd://127.0.0.1:1"
    assert Station(tmp_path / "bad").init("--desk", "here").code == 1
