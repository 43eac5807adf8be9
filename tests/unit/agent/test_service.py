"""The running station's own small rules."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import pytest

from agent import press, service
from agent.home import Home
from agent.keys import load
from agent.store.journal import Tx
from agent.trouble import Trouble
from tests.unit.agent.stations import make_home, open_at


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home", broker="mqtt://127.0.0.1:9")


def test_the_version_it_tells_is_the_distribution_s() -> None:
    assert version("loket") == service.VERSION


def test_a_bell_rung_before_the_wait_is_heard() -> None:
    bell = service.Bell()
    bell.ring()
    began = time.monotonic()
    bell.wait_ms(60_000)
    assert time.monotonic() - began < 5


def test_every_commit_of_the_worker_rings_for_the_link(home: Home) -> None:
    journal, rung = open_at(home), []
    told = press.Told(journal, lambda: rung.append(journal.head()))

    def work(tx: Tx) -> int:
        return tx.note("printer_state", "SIM1", {"state": "ready", "cause": None})

    assert told.write(work) == 1
    assert rung == [1], "the bell comes after the commit"
    assert told.rows("SELECT count(*) FROM journal") == [(1,)]
    journal.close()


def test_a_station_s_session_is_its_own_and_the_same_in_every_life(home: Home, tmp_path: Path) -> None:
    other = make_home(tmp_path / "other")
    first = press.session_of(load(home.keys_path))
    assert first == press.session_of(load(home.keys_path))
    assert first != press.session_of(load(other.keys_path))
    assert 3 <= first <= 0xFFFF


@pytest.mark.parametrize(
    ("printer", "sentence"),
    [
        ("sbi://127.0.0.1:1", "is no card printer Loket can drive"),
        ("evolis+memory://x", "is on no wire Loket can use"),
    ],
)
def test_an_address_that_is_no_printer_is_one_clear_sentence(
    tmp_path: Path, printer: str, sentence: str
) -> None:
    home = make_home(tmp_path / "home", printer=printer)
    with home.lock(), pytest.raises(Trouble, match=sentence):
        service.build(home)


@pytest.mark.parametrize(
    "broker", ["http://u:secret@x:1", "mqtt://u:secret", "mqtt://x:99999", "", "mqtt://"]
)
def test_a_broker_that_is_none_is_one_clear_sentence_without_its_password(
    tmp_path: Path, broker: str
) -> None:
    home = make_home(tmp_path / "home", broker=broker)
    with home.lock(), pytest.raises(Trouble, match="broker is not written mqtt://HOST:PORT") as caught:
        service.build(home)
    assert "secret" not in str(caught.value)
    open_at(home).close()


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_of_the_screen_that_is_none_is_one_clear_sentence(tmp_path: Path, port: int) -> None:
    with pytest.raises(Trouble, match="web_port must be a port, 0 to 65535"):
        make_home(tmp_path / "home", web_port=port).config()


class Deaf(StringIO):
    """Standard output on a full disk, or with nobody at its other end."""

    def flush(self) -> None:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_station_whose_first_word_nobody_takes_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "stdout", Deaf())
    service._say_ready("http://127.0.0.1:1")
    assert "nobody heard that the station is ready (Broken pipe)" in caplog.text


def test_a_station_without_a_printer_says_so(home: Home) -> None:
    with home.lock():
        made = service.build(home)
        assert made.live()["printer"] == {"state": "none", "cause": None, "counters": None}
        assert made.live()["devices"] == []
        made.close()


def test_a_thread_that_meets_the_unknown_ends_the_whole_process() -> None:
    code = "from agent.service import fail_stop\nfail_stop(lambda: 1 // 0)\nprint('went on')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "ZeroDivisionError" in done.stderr


def test_the_seam_is_called_for_the_wire_and_the_journal(tmp_path: Path) -> None:
    home, asked = make_home(tmp_path / "home", printer="evolis+tcp://127.0.0.1:9"), []

    def wire(address: object) -> None:
        asked.append(str(address))
        raise ValueError("no wire today")

    with home.lock(), pytest.raises(Trouble, match="no wire today"):
        service.build(home, open_transport=wire)  # type: ignore[arg-type]
    assert asked == ["evolis+tcp://127.0.0.1:9"]
