"""The simulated printer as a process: its wires, its hands, and what a kill leaves."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from drivers.transports.usb import UsbTransport
from drivers.transports.usbip import UsbipBackend
from tests.journeys.technician import Technician, truth
from tests.unit.simulators.evolis.kit import job, vector

RESET, AT_PRINT = 0x00010000, 0x02000000
FRONT = "25366386ed14a59db3f792e030daf1981ec141f2b92751d25a17c092e2208ec7"


def files(tmp_path: Path) -> list[str]:
    return ["--state", str(tmp_path / "state"), "--truth", str(tmp_path / "truth"), "--tcp", "127.0.0.1:0"]


def test_a_true_stream_over_tcp_becomes_one_card(tmp_path: Path) -> None:
    with Technician(*files(tmp_path), "--speed", "20") as printer:
        assert printer.ready["serial"].startswith("SIM")
        assert printer.ask("Rsn") == printer.ready["serial"]
        assert printer.exchange(vector("primacy2-ymcko-front")).startswith(b"OK\0")
        printer.hand(wait=14_000)
        (card,) = printer.hand(look=True)["output"]
        lines = truth(tmp_path / "truth")
        assert [line["event"] for line in lines] == ["power_on", "fed", *["panel"] * 5, "ejected"]
        assert lines[-1]["picture"] == FRONT
        assert lines[-1]["blank"] == card["blank"]
        assert lines[-1]["ms"] - lines[1]["ms"] >= 11_800, "and more where the bytes came late"
        printer.process.terminate()
        assert printer.process.wait(10) == 0


def test_killed_in_a_panel_it_comes_back_with_the_card_inside(tmp_path: Path) -> None:
    with Technician(*files(tmp_path), "--speed", "5") as printer:
        printer.ask("Scs")
        cards = int(printer.ask("Rco;c"))
        printer.exchange(vector("primacy2-ymcko-front"))
        printer.hand(wait=6_000)
        printer.kill()
    with Technician(*files(tmp_path), "--speed", "100") as printer:
        assert printer.info() & (RESET | AT_PRINT) == RESET | AT_PRINT
        assert int(printer.ask("Rco;c")) == cards + 1
        (inside,) = printer.hand(look=True)["inside"]
        wanted = [f"front {letter}" for letter in "ymcko"]
        whole = len(inside["panels"])
        assert [*inside["panels"], inside["half"]] == wanted[: whole + 1]
        assert printer.ask("Ser") == "OK"
        assert printer.hand(look=True)["feeder"] == 99
    events = [line["event"] for line in truth(tmp_path / "truth")]
    assert events == ["power_on", "fed", *["panel"] * whole, "stuck", "power_on", "rejected"]


def test_an_ordered_power_cut_drops_connections_and_comes_back_on_the_same_port(tmp_path: Path) -> None:
    with Technician(*files(tmp_path), "--speed", "50", "--fault", "power_cut@card=1,at=fed") as printer:
        with pytest.raises(OSError):
            printer.exchange(b"\x1bSic\r\0")
            printer.exchange(b"")
        printer.hand(wait=6_000)
        assert printer.info() & RESET


def test_a_job_of_twenty_panels_holds_the_sender_back(tmp_path: Path) -> None:
    panel = b"\x1bDb;y;256;" + bytes(658_368) + b"\r"
    long = b"\x1bPcla;1\r\x1bSs\r\x1bSr\r" + panel * 20 + b"\x1bSe\r\x1bPcla;0\r"
    with Technician(*files(tmp_path), "--speed", "1") as printer:
        with socket.create_connection(("127.0.0.1", printer.port)) as wire:
            wire.settimeout(0.2)
            with pytest.raises(TimeoutError):
                wire.sendall(long)
        assert printer.info() & 0x80000000


def test_the_chip_at_the_station_connects_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reader:
        reader.settimeout(10)
        at = f"127.0.0.1:{reader.getsockname()[1]}"
        with Technician(*files(tmp_path), "--speed", "100", "--chip", at) as printer:
            assert printer.ask("Sic") == "OK"
            wire, _ = reader.accept()
            with wire:
                wire.settimeout(10)
                wire.sendall(b"\0\x05\xff\xca\0\0\0")
                told = wire.recv(64)
                assert printer.ask("Ser") == "OK"
                assert wire.recv(1) == b""
            (card,) = printer.hand(look=True)["reject"]
            assert told == b"\0\x09" + bytes.fromhex(card["blank"]) + b"\x90\0"


def test_the_same_printer_over_usb(tmp_path: Path) -> None:
    with Technician(*files(tmp_path), "--usbip", "127.0.0.1:0", "--speed", "20") as printer:
        address = next(each for each in printer.ready["addresses"] if "usbip" in each)
        host, port = address.removeprefix("evolis+usbip://").removesuffix("/1-1").split(":")
        backend = UsbipBackend(host, int(port))
        usb = UsbTransport(0x0F49, printer.ready["serial"], backend=backend)
        try:
            stream = vector("primacy2-ymcko-front")
            pieces = [stream[at : at + 65_536] for at in range(0, len(stream), 65_536)]
            assert usb.exchange(pieces, 30).startswith(b"OK\0")
            printer.hand(wait=14_000)
            assert usb.exchange([], 10)[0] == 0
        finally:
            usb.close()
            backend.close()
    assert truth(tmp_path / "truth")[-1]["picture"] == FRONT


def test_a_host_that_vanishes_leaves_the_card_at_the_head(tmp_path: Path) -> None:
    with Technician(*files(tmp_path), "--speed", "200") as printer:
        with socket.create_connection(("127.0.0.1", printer.port)) as wire:
            wire.sendall(job()[:-60])
            printer.hand(wait=3_000)
        printer.hand(wait=40_000)
        block = printer.exchange()[1:]
        assert int.from_bytes(block[15:19], "big") == 0x01000040
        assert printer.info() & AT_PRINT


def run(*words: str) -> subprocess.CompletedProcess[str]:
    start: list[Any] = [sys.executable, "-c", "from simulators.cli import main; main()", *words]
    return subprocess.run(
        start, capture_output=True, text=True, timeout=30, check=False, cwd=Path(__file__).parents[2]
    )


def test_the_accidents_are_listed_and_a_wrong_one_is_a_wrong_usage() -> None:
    listed = run("faults")
    assert listed.returncode == 0
    assert "ribbon_end@card=N" in listed.stdout
    wrong = run("printer", "--fault", "explode@card=1")
    assert wrong.returncode == 2
    assert "loket-sim faults" in wrong.stderr


def test_a_port_that_is_taken_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        wrong = run("printer", "--tcp", place)
    assert wrong.returncode == 1
    assert wrong.stderr.startswith(f"Error: `printer` cannot go on: {place}: ")
    assert len(wrong.stderr.splitlines()) == 1
