"""The running hub as a service manager meets it: ready, orderly, and back after any death."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import ingest, order_log
from hub.database import DatabaseLost, open_database
from tests import witness
from tests.unit.hub import postgres
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import FakeStation, card, consignment

WAIT_S = 60
HUB = str(Path(sys.executable).parent / "loket-hub")
NO_BROKER = "mqtt://127.0.0.1:1"


class RunningHub:
    """``loket-hub run`` as a process."""

    def __init__(self, home: Path, *words: str) -> None:
        command = [HUB, "run", "--home", str(home), "--broker", NO_BROKER, *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        self.ready: dict[str, Any] = json.loads(self.process.stdout.readline())

    def page(self, path: str = "/") -> str:
        with urllib.request.urlopen(self.ready["web"] + path, timeout=WAIT_S) as answer:  # noqa: S310
            text: str = answer.read().decode()
            return text

    def end(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        code = self.process.wait(WAIT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    subprocess.run([HUB, "init", "--home", str(tmp_path / "hub")], check=True, stderr=subprocess.DEVNULL)
    yield tmp_path / "hub"


def test_the_hub_works_without_a_broker_and_ends_orderly(home: Path) -> None:
    hub = RunningHub(home)
    assert hub.ready["ready"] is True
    assert "Belum ada loket" in hub.page()
    assert hub.end() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the hub's home is Linux")
def test_the_hub_comes_back_from_any_death_and_finishes_what_was_begun(home: Path, tmp_path: Path) -> None:
    hub = RunningHub(home)
    db = open_database(str(home / "hub.db"))
    ingest.invite(db, "64.11-1", "64.11", bytes(range(32)))
    assert hub.end(signal.SIGKILL) == -signal.SIGKILL
    subprocess.run(
        [HUB, "orders", "import", str(write(tmp_path / "a", record("o1"))), "--home", str(home)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    station = FakeStation()
    ingest.admit(db, station.name, station.keys())
    station.write(consignment("A"), *card("o9", "A")).send(db)
    hub = RunningHub(home)
    with urllib.request.urlopen(hub.ready["web"] + "/changes", timeout=WAIT_S) as told:  # noqa: S310
        while not order_log.log_after(db, station.name, 0, 5):
            assert told.readline(), "the page's answer ended before the order was handed out"
    assert "64.11-1" in hub.page()
    assert hub.end() == 0
    db.close()


def test_a_database_server_that_dies_is_waited_for_and_nothing_is_lost(home: Path) -> None:
    programs = Path(witness.program("initdb", "postgresql")).resolve().parent
    with postgres.running(programs) as server:
        words = ("--home", str(home), "--database", server.url)
        subprocess.run([HUB, "init", *words], check=True, stderr=subprocess.DEVNULL)
        hub = RunningHub(home)
        db = open_database(server.url)
        station = FakeStation().join(db).write(consignment("A"), *card("o1", "A"))
        station.send(db)
        server.kill()
        with pytest.raises(urllib.error.HTTPError) as away:
            hub.page()
        assert away.value.code == 503
        away.value.close()
        with pytest.raises(DatabaseLost):
            station.write(*card("o2", "B")).send(db)
        server.start()
        assert "64.11-1" in hub.page()
        with db.transaction():
            assert ingest.known(db, station.name).have.seq == 6
        station.send(db)
        with urllib.request.urlopen(hub.ready["web"] + "/changes", timeout=WAIT_S) as told:  # noqa: S310
            while db.rows("SELECT id FROM card ORDER BY id") != [("o1",), ("o2",)]:
                assert told.readline()
        assert hub.end() == 0
        db.close()


def test_a_second_hub_at_the_same_home_is_refused_in_one_sentence(home: Path) -> None:
    hub = RunningHub(home)
    second = subprocess.run([HUB, "run", "--home", str(home)], capture_output=True, text=True, check=False)
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.strip().endswith(f"Another hub is running at {home}; only one may.")
    hub.end(signal.SIGKILL)
    assert RunningHub(home).end() == 0, "the lock died with its holder"
