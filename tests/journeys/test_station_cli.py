"""The station's command line, as real processes: what it says, how it ends, what it leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from agent.cli import main as loket
from tests.journeys.station import Station


@pytest.fixture
def station(tmp_path: Path) -> Station:
    made = Station(tmp_path / "home")
    assert made.init("--chip", "vpcd://127.0.0.1:0").code == 0
    return made


def commands(group: click.Group = loket, path: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):  # the station's own are loaded when somebody asks
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_shows_an_example(name: str) -> None:
    told = COMMANDS[name].help or ""
    assert "Example:" in told
    assert f"loket {name.split()[0]}" in told


def test_the_contracts_commands_are_all_there() -> None:
    wanted = "init run status devices jobs print resolve blanks journal audit conformance"
    assert set(COMMANDS) >= {*wanted.split(), "blanks receive", "audit verify"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["status", "--json"],
        ["jobs", "--json"],
        ["blanks", "--json"],
        ["journal"],
        ["policy"],
        ["suket", "list"],
    ],
)
def test_looking_is_light(station: Station, arguments: list[str]) -> None:
    """No crypto, no web server, no broker library, no pictures for a command that only reads."""
    code = (
        "import sys; from agent.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as e: assert not e.code, e.code\n"
        "heavy = {'cryptography', 'uvicorn', 'starlette', 'paho', 'PIL', 'sqlite_utils', 'usb', 'asyncio'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"LOKET_HOME": str(station.root)},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_init_makes_a_station_once_and_says_so(tmp_path: Path) -> None:
    station = Station(tmp_path / "deep" / "home")
    done = station.init("--office", "64.11", "--station", "1", "--printer", "evolis+tcp://127.0.0.1:9100")
    assert (done.code, done.json["station"]) == (0, "64.11-1")
    config = station.home.config()
    assert (config.office, config.station, config.printer) == ("64.11", 1, "evolis+tcp://127.0.0.1:9100")
    keys = (station.root / "keys" / "sign").read_text()
    again = station.init()
    assert (again.code, again.out) == (1, "")
    assert "There is a station at" in again.err
    assert (station.root / "keys" / "sign").read_text() == keys


def test_a_half_made_station_is_finished_with_the_keys_it_has(tmp_path: Path) -> None:
    station = Station(tmp_path / "home")
    station.init()
    keys = (station.root / "keys" / "sign").read_text()
    station.home.config_path.unlink()  # the power went before the last step
    assert "There is no station at" in station.loket("status").err
    assert station.init().code == 0
    assert (station.root / "keys" / "sign").read_text() == keys


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--office", "64.71"], 4, "made for another station. The join file is for 64.11-1."),
        (["--station", "2"], 4, "another station"),
        (["--printer", "evolis+carrier-pigeon://9100"], 1, "evolis+carrier-pigeon://9100"),
        (["--printer", "the one on the left"], 1, "the one on the left"),
        (["--chip", "vpcd://host:99999999"], 1, "vpcd://host:99999999"),
        (["--broker", "http://x:1"], 1, "mqtt://HOST:PORT"),
        (["--broker", "mqtt://x:99999"], 1, "a port from 1 to 65535"),
        (["--join", "/nowhere"], 1, "cannot be read"),
        (["--join", __file__], 1, "no join file"),
    ],
)
def test_init_refuses_what_it_cannot_use_and_makes_nothing(
    tmp_path: Path, arguments: list[str], code: int, sentence: str
) -> None:
    station = Station(tmp_path / "home")
    done = station.init(*arguments)
    assert done.code == code
    assert sentence in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert "Traceback" not in done.err
    assert not station.root.exists()


def test_without_a_home_every_command_says_so_in_one_sentence(tmp_path: Path) -> None:
    station = Station(tmp_path / "nothing")
    for command in (
        ["status"],
        ["jobs"],
        ["print", "--next", "1"],
        ["run"],
        ["journal"],
        ["audit", "verify"],
        ["blanks"],
        ["devices"],
        ["export", "--table", "jobs"],
        ["resolve", "J", "--lost", "0401"],
    ):
        done = station.loket(*command)
        assert (done.code, done.out) == (1, ""), command
        assert done.err == f"There is no station at {station.root}; `loket init` makes one.\n"
    assert not station.root.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["print"],
        ["print", "--next", "1", "--order", "O-1"],
        ["print", "--next", "0"],
        ["print", "--next", "2", "--blank", "0401"],
        ["resolve", "J"],
        ["resolve", "J", "--lost", "0401", "--spoiled", "0401"],
        ["blanks", "receive", "--consignment", "C"],
        ["blanks", "receive", "--consignment", "C", "--count", "-1"],
        ["journal", "--from", "0"],
        ["dance"],
        ["status", "--jason"],
        ["export", "--table", "payload"],
    ],
)
def test_wrong_usage_is_exit_code_two_and_nothing_on_standard_output(
    station: Station, arguments: list[str]
) -> None:
    done = station.loket(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "Usage:" in done.err


def test_a_day_at_the_counter_without_a_running_agent(station: Station, tmp_path: Path) -> None:
    (tmp_path / "manifest").write_text("0401\n0402\n")
    received = station.loket(
        "blanks", "receive", "--consignment", "C-1", str(tmp_path / "manifest"), "--json"
    )
    told = {"consignment": "C-1", "kind": "ktp", "count": 2, "new": True, "differs": None}
    assert received.json == told
    station.orders("O-1", "O-2")
    assert station.loket("print", "--order", "O-1", "--json").json["job"] == "O-1-1"
    assert station.loket("print", "--next", "5", "--json").json["jobs"] == [
        {"job": "O-2-1", "order": "O-2", "state": "queued"}
    ]
    listed = station.loket("jobs", "--json").json
    assert [(job["id"], job["order"], job["kind"], job["state"], job["next_step"]) for job in listed] == [
        ("O-1-1", "O-1", "ktp", "queued", "wait"),
        ("O-2-1", "O-2", "ktp", "queued", "wait"),
    ]
    assert set(listed[0]) == {"id", "order", "kind", "state", "blank", "cause", "next_step", "at"}
    lines = [json.loads(line) for line in station.loket("journal", "--json").out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, 6))
    assert set(lines[0]) == {"seq", "epoch", "at", "event", "job", "detail"}
    assert [
        json.loads(x)["seq"] for x in station.loket("journal", "--json", "--from", "4").out.splitlines()
    ] == [4, 5]
    verified = station.loket("audit", "verify")
    assert (verified.code, verified.out) == (0, "OK 5\n")


def test_an_unsure_job_is_settled_only_with_its_own_blank(station: Station) -> None:
    station.orders("O-1")
    job = station.unsure("O-1", "0401")
    status = station.loket("status", "--json").json
    assert (status["headline"]["colour"], status["jobs"]) == ("red", {"unsure": 1})
    assert station.loket("jobs", "--json").json[0]["next_step"] == "resolve"
    wrong = station.loket("resolve", job, "--came-out", "0402")
    assert (wrong.code, wrong.json["refused"]) == (4, "WRONG_BLANK")
    assert station.loket("resolve", job, "--came-out", "04:01", "--json").json == {
        "job": job,
        "state": "printed",
    }
    twice = station.loket("resolve", job, "--came-out", "0401")
    assert (twice.code, twice.json["refused"]) == (4, "NOT_UNSURE")
    unknown = station.loket("resolve", "O-9-1", "--came-out", "0401")
    assert (unknown.code, unknown.json["refused"]) == (4, "UNKNOWN_JOB")
    assert station.loket("blanks", "--json").json["ktp"]["used"] == 1


def test_a_changed_line_is_told_by_its_number_and_exit_code_three(station: Station) -> None:
    station.orders("O-1", "O-2", "O-3")
    journal = __import__("agent.store.sqlite", fromlist=["connect"]).connect(station.home.journal_path)
    journal.execute('UPDATE journal SET body = \'{"kind":"kia","reason":"disaster"}\' WHERE seq = 2')
    journal.close()
    done = station.loket("audit", "verify")
    assert done.code == 3
    assert done.out.startswith("line 2: ")


def test_a_newer_journal_and_a_broken_configuration_are_one_sentence_each(station: Station) -> None:
    station.home.config_path.write_text('office = "64.11"\nstation = 1\nprinterr = ""\n')
    done = station.loket("status")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "unknown setting: printerr" in done.err
    station.home.config_path.write_text('office = "64.11"\nstation = 1\n')
    db = __import__("agent.store.sqlite", fromlist=["connect"]).connect(station.home.journal_path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    for command in (["status"], ["print", "--next", "1"], ["run"]):
        done = station.loket(*command)
        assert (done.code, done.out) == (1, "")
        assert "newer Loket" in done.err


def test_an_unsafe_sqlite_is_exit_code_five(station: Station) -> None:
    code = (
        "import sys, agent.store.sqlite as s; s.check_library.__defaults__ = ((3, 40, 1),)\n"
        f"from agent.cli import main; main(['status', '--home', {str(station.root)!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (5, "")
    assert "3.51.3 or newer" in done.stderr


@pytest.mark.parametrize("table", ["journal", "jobs", "orders", "blanks", "consignments"])
def test_tables_go_out_as_csv_and_json(station: Station, table: str) -> None:
    station.orders("O-1")
    station.unsure("O-1", "0401")
    rows = station.loket("export", "--table", table).json
    assert rows
    csv = station.loket("export", "--table", table, "--csv").out.splitlines()
    assert csv[0].split(",") == list(rows[0])
    assert len(csv) == len(rows) + 1


def test_devices_that_cannot_be_reached_are_listed_all_the_same(tmp_path: Path) -> None:
    station = Station(tmp_path / "home")
    station.init("--printer", "evolis+tcp://127.0.0.1:1", "--chip", "vpcd://127.0.0.1:0")
    printer, chip = station.loket("devices", "--json").json
    assert set(printer) == {"address", "kind", "model", "serial", "state", "cause", "simulated"}
    assert (printer["kind"], printer["state"], printer["simulated"]) == ("printer", "offline", False)
    assert (chip["kind"], chip["state"]) == ("chip", "stopped")
