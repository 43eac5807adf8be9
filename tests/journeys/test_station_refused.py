"""What a station meets that it cannot use: a broker that refuses it, a printer that is not there.

Each is told in a word or one clear sentence, and nothing is lost by it.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.station import Station
from tests.journeys.sync_rig import Broker, free_port, until

USER, SECRET, WRONG = "64.11-1", "the right words", "some other words"


def password_line(user: str, secret: str) -> str:
    """As mosquitto_passwd writes it: PBKDF2 with SHA-512, 101 rounds."""
    salt = bytes(range(12))
    told = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, 101, 64)
    return f"{user}:$7$101${b64encode(salt).decode()}${b64encode(told).decode()}\n"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    words = tmp_path / "passwords"
    words.write_text(password_line(USER, SECRET))
    words.chmod(0o644)
    port = free_port()
    lines = (f"listener {port} 127.0.0.1", "allow_anonymous false", f"password_file {words}", "user root")
    made = Broker("mosquitto", tmp_path, *lines, port=port)
    yield made
    made.kill()


def status(station: Station) -> dict[str, Any]:
    found: dict[str, Any] = station.loket("status", "--json").json
    return found


def url(broker: Broker, secret: str) -> str:
    return f"mqtt://{USER}:{secret.replace(' ', '%20')}@127.0.0.1:{broker.port}"


def test_a_broker_that_refuses_the_station_s_words_is_told_with_its_cause_and_the_counter_goes_on(
    tmp_path: Path, broker: Broker
) -> None:
    station = Station(tmp_path / "home")
    assert station.init("--chip", "vpcd://127.0.0.1:0", "--broker", url(broker, WRONG)).code == 0
    station.orders("O-1")
    with station.run() as running:
        until(lambda: status(station)["link"]["state"] == "refused", "the refusal is not told")
        told = status(station)
        assert told["link"]["cause"] == "broker_refused"
        assert told["headline"]["colour"] != "red", "printing goes on without a line"
        assert "link refused (broker_refused)" in station.loket("status").out
        assert station.loket("print", "--order", "O-1", "--json").json["state"] == "queued"
        assert running.stop() == 0
        said = running.process.stderr.read() if running.process.stderr else ""
    assert WRONG not in said + station.loket("journal", "--json").out
    unsent = status(station)["unsent"]["events"]
    assert unsent == len(station.loket("journal", "--json").out.splitlines()) > 0


def test_the_same_broker_takes_the_right_words(tmp_path: Path, broker: Broker) -> None:
    station = Station(tmp_path / "home")
    assert station.init("--broker", url(broker, SECRET)).code == 0
    with station.run():
        until(lambda: status(station)["link"]["cause"] == "no_hub", "the broker does not let us in")


def test_a_printer_that_is_not_there_is_told_with_its_cause_and_the_job_waits(tmp_path: Path) -> None:
    station = Station(tmp_path / "home")
    where = ("--printer", "evolis+tcp://127.0.0.1:1", "--chip", "vpcd://127.0.0.1:0")
    assert station.init(*where).code == 0
    station.orders("O-1")
    assert station.loket("blanks", "receive", "--consignment", "C-1", "--count", "2").code == 0
    with station.run() as running:
        assert station.loket("print", "--order", "O-1", "--json").json["state"] == "queued"
        until(lambda: status(station)["printer"]["cause"] is not None, "the printer is not looked for")
        told = status(station)["printer"]
        assert (told["state"], told["cause"], told["care"]) == ("offline", "refused_connection", None)
        (device, _) = station.loket("devices", "--json").json
        assert (device["state"], device["cause"]) == ("offline", "refused_connection")
        assert running.stop() == 0
    (job,) = station.loket("jobs", "--json").json
    assert (job["state"], job["next_step"]) == ("queued", "wait")


@pytest.mark.parametrize(
    "printer", ["evolis+carrier-pigeon://9100", "the one on the left", "sbi://127.0.0.1:1"]
)
def test_a_printer_nobody_knows_in_an_edited_configuration_is_one_clear_sentence(
    tmp_path: Path, printer: str
) -> None:
    station = Station(tmp_path / "home")
    assert station.init().code == 0
    config = station.home.config_path
    config.write_text(config.read_text().replace('printer = ""', f'printer = "{printer}"'))
    assert station.home.config().printer == printer
    done = station.loket("run")
    assert (done.code, done.out) == (1, "")
    assert printer in done.err
    assert done.err.count("\n") == 1
