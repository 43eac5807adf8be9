"""What the bench cannot do it says in one sentence: no traceback, and nothing of anybody's lost."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drivers.address import parse
from simulators.cards.truth import recover
from simulators.cli import main
from simulators.evolis.faults import CATALOGUE as EVOLIS
from simulators.r30x import faults as r30x
from simulators.sbi import faults as sbi
from tests.journeys.technician import Technician


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


def states(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """State files that are no device's whole own: what they hold, and where they are."""
    evolis = {"version": 1, "model": "primacy2", "truth": {"at": 0, "line": ""}}
    matica = evolis | {"make": "matica", "model": "xid580"}
    reader = evolis | {"make": "r30x", "model": "zfm20"}
    for number, told in enumerate(
        ("", "{", '{"version": 1, "mod', "precious", "\x00\x01", "[]", "null", "7", '"truth"', '{"truth": 5}',
         *map(json.dumps, (evolis, matica, reader)))
    ):  # fmt: skip
        path = tmp_path / f"{number}.json"
        path.write_text(told)
        yield told, path


@pytest.mark.parametrize("command", ["printer", "printer --make matica", "reader"])
def test_a_state_file_that_is_none_of_ours_is_named_in_a_sentence_and_left(
    command: str, tmp_path: Path
) -> None:
    for told, path in states(tmp_path):
        said = refused(*command.split(), "--state", str(path), code=1)
        assert f"{path} is not this device's state" in said
        assert path.read_text() == told


def test_keys_that_are_none_of_ours_are_named_in_a_sentence_and_left(tmp_path: Path) -> None:
    for told in ("", "[]", "{}", '{"country": ["a", "b"]}', '{"country": 5}'):
        (tmp_path / "sbi-keys.json").write_text(told)
        said = refused("sbi", "--port", "0", "--state", str(tmp_path), code=1)
        assert f"{tmp_path / 'sbi-keys.json'} is not this device's state" in said
        assert (tmp_path / "sbi-keys.json").read_text() == told


def test_a_truth_file_of_another_device_keeps_every_byte(tmp_path: Path) -> None:
    truth, state = tmp_path / "truth", tmp_path / "state"
    truth.write_text("somebody else's\n")
    state.write_text(json.dumps({"truth": {"at": 5, "line": "x" * 40 + "\n"}}))
    recover(truth, state)
    assert truth.read_text() == "somebody else's\n"


@pytest.mark.parametrize(
    "words",
    [
        "link --listen 203.0.113.5:80 --to 127.0.0.1:1",
        "printer --tcp 203.0.113.5:80",
        "printer --usbip 203.0.113.5:80",
        "printer --make matica --tcp 127.0.0.1:65535",
        "reader --tcp 203.0.113.5:80",
        "pad --tcp 203.0.113.5:80",
        "paper --ipp 203.0.113.5:80",
        "printer --state {plain}/x/state",
        "reader --state {plain}/x/state",
        "printer --truth {plain}/truth",
        "spooler --truth {plain}/truth",
        "sbi --port 0 --ca {plain}/anchors",
        "people --office 64.11 --count 1 --out {plain}",
        "demo --home {plain}/home",
    ],
)
def test_what_the_system_refuses_is_one_sentence(words: str, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("precious")
    said = refused(*words.format(plain=tmp_path / "plain").split(), code=1)
    assert f"`{words.split()[0]}` cannot go on: " in said
    assert (tmp_path / "plain").read_text() == "precious"


@pytest.mark.parametrize(
    "words",
    [
        "link --listen 127.0.0.1:99999 --to 127.0.0.1:1",
        "link --listen 127.0.0.1:0 --to nowhere",
        "printer --tcp a..b:80",
        "paper --ipp 127.0.0.1:-1",
        "demo --broker-program /nonexist",
        "demo --speed 0",
        "reader --speed nan",
        "pad --speed 1e9",
        "people --office 64.11 --out x --station 0",
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(words: str) -> None:
    refused(*words.split(), code=2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_a_standard_output_that_takes_nothing_is_one_sentence_and_leaves_no_port(tmp_path: Path) -> None:
    start = [sys.executable, "-c", "from simulators.cli import main; main()"]
    pad = [*start, "pad", "--pty", str(tmp_path / "port")]
    for shell in ('exec "$@" > /dev/full', 'exec "$@" >&-'):
        told = ["sh", "-c", shell, "sh", *pad]
        done = subprocess.run(told, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert not (tmp_path / "port").is_symlink()


def test_a_technician_who_stops_listening_stops_no_device() -> None:
    with Technician("--tcp", "127.0.0.1:0", command="pad") as pad:
        assert pad.process.stdout and pad.process.stdin
        pad.process.stdout.close()
        pad.process.stdin.write(b"look\nlook\n")
        pad.process.stdin.close()
        with socket.create_connection(("127.0.0.1", parse(pad.address("topaz+tcp")).port), 30) as line:
            assert line.recv(1)
        pad.process.terminate()
        assert pad.process.wait(30) == 0
