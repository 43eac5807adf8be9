"""The simulated finger module and signature pad as processes: wires, hands, and what a kill leaves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import serial

from drivers.address import parse
from simulators.people.signatures import signature
from simulators.topaz.kinds import KINDS
from tests.journeys.technician import Technician
from tests.unit.simulators.r30x.kit import packet
from tests.unit.simulators.topaz.kit import read, spots

COUNT, ANSWER = packet(1, b"\x1d"), packet(7, b"\0\0\0")
PATIENCE_S = 20.0
posix = pytest.mark.skipif(os.name != "posix", reason="no pseudo terminals here")


def place(device: Technician) -> tuple[str, int]:
    host, _, port = device.ready["addresses"][0].partition("://")[2].partition("?")[0].rpartition(":")
    return host, int(port)


def connected(device: Technician) -> socket.socket:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return socket.create_connection(place(device), timeout=PATIENCE_S)
        except ConnectionRefusedError:
            assert time.monotonic() < until


def awake(device: Technician) -> socket.socket:
    """Connected to a module that has said its 55 already: whether a host hears that is a race."""
    device.hand(wait=1000)
    return connected(device)


def heard(line: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size and (more := line.recv(size - len(got))):
        got += more
    return got


def asked(line: socket.socket, told: str, size: int = 12) -> bytes:
    """The acknowledge's content."""
    line.sendall(packet(1, bytes.fromhex(told)))
    return heard(line, size)[9:-2]


def test_over_tcp_one_host_is_served_a_second_shown_out_and_a_pulled_wire_felt() -> None:
    with Technician("--speed", "20", command="reader") as reader, awake(reader) as line:
        line.sendall(COUNT)
        assert heard(line, len(ANSWER)) == ANSWER
        with connected(reader) as second, pytest.raises(ConnectionResetError):
            second.recv(1)
            raise ConnectionResetError  # an end of file is as good
        assert reader.hand(unplug=True) == {"plugged": False}
        with pytest.raises(ConnectionError):
            line.sendall(COUNT)
            heard(line, 1)
            raise ConnectionAbortedError  # an end of file is as good
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(place(reader), timeout=PATIENCE_S)
        assert reader.hand(plug=True) == {"plugged": True}
        with awake(reader) as again:
            again.sendall(COUNT)
            assert heard(again, len(ANSWER)) == ANSWER


def test_library_notepad_password_and_parameters_outlive_a_kill(tmp_path: Path) -> None:
    options = ["--tcp", "127.0.0.1:0", "--state", str(tmp_path / "reader.json"), "--speed", "50", "--steady"]
    with Technician(*options, command="reader") as reader, awake(reader) as line:
        told = ["01", "0201", "06010102", "18" + "03" + "ab" * 32, "0e0505", "1200000009"]
        assert [asked(line, each) for each in told] == [b"\0"] * 6
        reader.kill()
    with Technician(*options, command="reader") as reader, awake(reader) as line:
        assert asked(line, "1d", 14) == b"\x21\0\0"
        assert asked(line, "1300000009") == b"\0"
        assert asked(line, "1d", 14) == b"\0\0\1"
        assert asked(line, "1903", 44) == b"\0" + b"\xab" * 32
        assert asked(line, "0f", 28)[7:9] == b"\0\5"
        assert [asked(line, each) for each in ("01", "0202")] == [b"\0"] * 2
        assert asked(line, "0402000003e8", 16)[:3] == b"\0\1\2"


def test_a_host_that_stays_connected_hears_the_module_come_back() -> None:
    with Technician("--speed", "20", command="reader") as reader, awake(reader) as line:
        reader.hand(power="off")
        reader.hand(power="on")
        assert heard(line, 1) == b"\x55"
        line.sendall(COUNT)
        assert heard(line, len(ANSWER)) == ANSWER


def test_a_line_keeps_its_real_pace_while_features_are_worked_out() -> None:
    with Technician("--steady", command="reader") as reader, awake(reader) as line:
        assert asked(line, "01") == asked(line, "0201") == b"\0"
        began = time.monotonic()
        assert asked(line, "0801") == b"\0"
        assert len(heard(line, 4 * 139)) == 556
        assert 0.09 < time.monotonic() - began < 3.0


@posix
def test_a_pulled_wire_takes_the_serial_port_away_and_brings_it_back(tmp_path: Path) -> None:
    link = tmp_path / "reader"
    with Technician("--pty", str(link), "--speed", "20", command="reader") as reader:
        assert reader.ready["addresses"] == [f"r30x+serial://{link}"]
        reader.hand(wait=1000)
        with serial.Serial(str(link), 57600, timeout=PATIENCE_S) as line:
            line.write(COUNT)
            assert line.read(len(ANSWER)) == ANSWER
            reader.hand(unplug=True)
            assert not link.exists()
            with pytest.raises(serial.SerialException):
                line.read(1)
        reader.hand(plug=True)
        reader.hand(wait=1000)
        with serial.Serial(str(link), 57600, timeout=PATIENCE_S) as line:
            line.write(COUNT)
            assert line.read(len(ANSWER)) == ANSWER
    assert not link.is_symlink()


@posix
def test_a_port_is_announced_by_the_whole_path_of_its_name(tmp_path: Path) -> None:
    told = os.path.relpath(tmp_path / "a reader", Path(__file__).parents[2])
    with Technician("--pty", told, command="reader") as reader:
        assert parse(reader.ready["addresses"][0]).path == str(tmp_path / "a reader")


@posix
def test_a_link_that_has_become_another_ones_is_left_at_the_end(tmp_path: Path) -> None:
    link = tmp_path / "pad"
    link.symlink_to(tmp_path / "of_one_that_was_killed")
    with Technician("--pty", str(link), "--speed", "20", command="pad") as pad:
        first = link.readlink()
        with Technician("--pty", str(link), command="pad"):
            assert link.readlink() != first
            pad.hand(unplug=True)
            assert link.is_symlink()
        assert not link.is_symlink()
        link.write_text("precious")
        assert pad.hand(plug=True)["plugged"] is True
    assert link.read_text() == "precious"


@posix
def test_a_host_at_another_rate_is_not_understood(tmp_path: Path) -> None:
    link = tmp_path / "reader"
    with Technician("--pty", str(link), "--speed", "20", command="reader") as reader:
        reader.hand(wait=1000)
        with serial.Serial(str(link), 9600, timeout=0.3) as line:
            line.write(COUNT)
            assert line.read(len(ANSWER)) == b""
        with serial.Serial(str(link), 57600, timeout=PATIENCE_S) as line:
            line.write(COUNT)
            assert line.read(len(ANSWER)) == ANSWER


def drawn(model: str, seed: int) -> list[list[tuple[int, int]]]:
    return [[KINDS[model].raw(ink.x, ink.y) for ink in stroke] for stroke in signature(seed)]


def test_a_pad_is_signed_over_tcp_once_it_was_cleared() -> None:
    with Technician("--speed", "20", "--seed", "5", command="pad") as pad, connected(pad) as line:
        assert pad.ready["addresses"][0].endswith("?model=siglitelcd1x5")
        line.sendall(b"\x04\x14")
        got = b""
        while not read(got).strokes or read(got).near:
            got += heard(line, 5)
        assert spots(read(got).strokes) == drawn("siglitelcd1x5", 5)


@posix
def test_a_pad_without_an_lcd_is_signed_once_its_port_is_opened_and_when_told(tmp_path: Path) -> None:
    link = tmp_path / "pad"
    options = ["--pty", str(link), "--speed", "20", "--model", "siglite1x5", "--seed", "6"]
    with Technician(*options, command="pad") as pad:
        line = serial.Serial(str(link), 19200, parity=serial.PARITY_ODD, timeout=PATIENCE_S)
        with line:
            got = b""
            while not read(got).strokes or read(got).near:
                got += line.read(5)
            assert spots(read(got).strokes) == drawn("siglite1x5", 6)
            assert pad.hand(sign=8)["signatures"] == 2
            got = b""
            while not read(got).strokes or read(got).near:
                got += line.read(5)
            assert spots(read(got).strokes) == drawn("siglite1x5", 8)


def said_in_a_sentence(told: list[str]) -> subprocess.CompletedProcess[str]:
    """What a command that fails leaves: no traceback, and something said."""
    start = "import sys; from simulators.cli import main; main(sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", start, *told], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "Traceback" not in done.stderr and done.stderr.strip()
    return done


@pytest.mark.parametrize(
    "options",
    [["reader", "--fault", "jam@card=2"], ["pad", "--fault", "noise"], ["reader", "--state", "{state}"]],
)
def test_what_cannot_be_is_refused_in_a_sentence(options: list[str], tmp_path: Path) -> None:
    (tmp_path / "state").write_text('{"make": "evolis"}')
    said_in_a_sentence([each.format(state=tmp_path / "state") for each in options])
