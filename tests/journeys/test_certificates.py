"""The province as deploy/ sets it up: mqtts, every certificate asked for, every station in its own topics."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync import topics
from sync.mqtt import Certificates, Link
from sync.session import LinkDown
from tests.journeys.papers import Authority
from tests.journeys.sync_rig import Broker, free_port, until

BROKER = Path(__file__).parents[2] / "deploy" / "broker"
PROGRAMS = Path(sys.executable).parent


def program(name: str, *words: str) -> str:
    argv = [str(PROGRAMS / name), *words]
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout


@contextmanager
def running(name: str, home: Path) -> Iterator[None]:
    argv = [str(PROGRAMS / name), "run", "--home", str(home)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["ready"]
        yield
        process.terminate()
        assert process.wait(60) == 0


def options(papers: Certificates) -> list[str]:
    return ["--ca", papers.ca, "--cert", papers.cert, "--key", papers.key]


@pytest.fixture
def province(tmp_path: Path) -> Iterator[tuple[Authority, str]]:
    """A broker with the very files of deploy/, only its paths and ports are others; and its address."""
    authority = Authority(tmp_path, "ca")
    shown, port, local = authority.certify("hub"), free_port(), free_port()
    told = (BROKER / "mosquitto.conf").read_text()
    for there, here in (
        ("/etc/mosquitto/ca.crt", str(authority.ca)),
        ("/etc/mosquitto/hub.crt", shown.cert),
        ("/etc/mosquitto/hub.key", shown.key),
        ("/etc/mosquitto/loket.acl", str(BROKER / "loket.acl")),
        ("listener 8883", f"listener {port}"),
        ("listener 1883 127.0.0.1", f"listener {local} 127.0.0.1"),
        ("persistence false\n", "user root\n"),
    ):
        assert there in told
        told = told.replace(there, here)
    broker = Broker("mosquitto", tmp_path, *told.splitlines(), port=port)
    yield authority, f"mqtts://127.0.0.1:{port}"
    broker.kill()


def test_a_station_with_its_certificate_meets_a_hub_with_its_own(
    province: tuple[Authority, str], tmp_path: Path
) -> None:
    authority, url = province
    hub, home = tmp_path / "hub-home", tmp_path / "station"
    program(
        "loket-hub", "init", "--home", str(hub), "--broker", url, *options(authority.certify("loket-hub"))
    )
    told = json.loads(program("loket-hub", "join-code", "64.11", "1", "--home", str(hub), "--json"))
    papers = options(authority.certify("64.11-1"))
    program("loket", "init", "--home", str(home), "--join", told["file"], *papers)

    def link() -> Any:
        return json.loads(program("loket", "status", "--home", str(home), "--json"))["link"]

    with running("loket-hub", hub), running("loket", home):
        until(lambda: link()["state"] == "online", "the station never gets through")
        until(lambda: link()["hub_has"] > 0, "the journal never arrives")
    (row,) = json.loads(program("loket-hub", "offices", "--home", str(hub), "--json"))
    assert (row["name"], row["state"], row["seq"]) == ("64.11-1", "joined", link()["hub_has"])


@pytest.mark.attack
def test_a_station_s_certificate_opens_its_own_topics_and_nobody_else_s(
    province: tuple[Authority, str],
) -> None:
    authority, url = province
    stranger = Link(url, "stranger", ["x"], certificates=Certificates(ca=str(authority.ca)))
    own = authority.certify("64.11-1")
    hub = Link(url, "hub", [topics.ALL_UP], certificates=authority.certify("loket-hub"))
    good = Link(url, "good", [topics.down("64.11-1")], certificates=own)
    liar = Link(url, "liar", [topics.down("64.11-1")], certificates=own)
    try:
        with pytest.raises(LinkDown):
            stranger.open()
        for link in (hub, good, liar):
            link.open()
        liar.publish(topics.up("64.11-2"), b"a lie")
        with pytest.raises(LinkDown) as down:
            liar.wait(5.0)
        assert down.value.cause == "broker_refused"
        good.publish(topics.up("64.11-1"), b"the truth")
        assert [each.payload for each in hub.wait(10.0)] == [b"the truth"]
    finally:
        for link in (stranger, hub, good, liar):
            link.dispose()


def test_half_of_a_pair_or_a_missing_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    own = Authority(tmp_path, "ca").certify("64.11-1")
    hub, home, none = tmp_path / "hub", tmp_path / "home", str(tmp_path / "none.pem")
    program("loket-hub", "init", "--home", str(hub))
    join = json.loads(program("loket-hub", "join-code", "64.11", "1", "--home", str(hub), "--json"))["file"]
    for name, words, code in (
        ("loket-hub", ["--cert", own.cert], 2),
        ("loket-hub", ["--ca", none], 2),
        ("loket", ["--join", join, "--key", own.key], 1),
        ("loket", ["--join", join, "--ca", none], 1),
    ):
        argv = [str(PROGRAMS / name), "init", "--home", str(home), *words]
        done = subprocess.run(argv, capture_output=True, check=False, timeout=60)
        assert (done.returncode, home.exists()) == (code, False)
        assert done.stderr
    with pytest.raises(ValueError, match="needs its key"):
        Certificates(cert="x")
