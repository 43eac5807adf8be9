"""The simulated retransfer printer as a process: both its wires, its hands, and what a kill leaves."""

import socket
import struct
from pathlib import Path

import pytest

from tests.journeys.technician import Technician, truth
from tests.journeys.test_simulated_printer import run
from tests.unit.simulators.matica.kit import (
    ANSWER,
    BIT,
    EJECT,
    LOAD_CHIP,
    LOAD_PRINT,
    POWER_LOST,
    REJECT,
    STARTED,
    STATUS,
    Reply,
    message,
    panel_payload,
    replies,
    tlvs,
)

PLANE_BYTES = 1036 * 664
COMMAND, PANEL = 0xF0000100, 0xF0000200


def options(tmp_path: Path) -> list[str]:
    files = ["--state", str(tmp_path / "state"), "--truth", str(tmp_path / "truth")]
    return ["--make", "matica", *files, "--tcp", "127.0.0.1:0", "--speed", "40"]


def port_of(printer: Technician) -> int:
    return int(printer.ready["addresses"][0].removeprefix("matica+tcp://127.0.0.1:"))


class Wire:
    """A host's one connection; waits for a printer that is still starting up."""

    def __init__(self, printer: Technician) -> None:
        self._socket = self._connected(printer)
        self._socket.settimeout(20)
        self.greeting = self._read(88)
        self._sequence = 0
        self._socket.sendall(ANSWER)
        assert self._reply().error == 0

    @staticmethod
    def _connected(printer: Technician) -> socket.socket:
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", port_of(printer)), 20)
            except ConnectionRefusedError:
                printer.hand(wait=500)
        raise AssertionError("the printer does not come back")

    def say(self, word: int, code: int = COMMAND, payload: bytes = b"") -> Reply:
        self._sequence += 1
        self._socket.sendall(message(code, word, self._sequence, payload))
        reply = self._reply()
        assert reply.sequence == self._sequence
        return reply

    def do(self, *words: int) -> None:
        assert [self.say(word).error for word in words] == [0] * len(words)

    def gone(self) -> bool:
        try:
            return self._socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._socket.close()

    def _reply(self) -> Reply:
        head = self._read(16)
        (reply,) = replies(head + self._read(4 * (int.from_bytes(head[4:8], "big") - 2)))
        return reply

    def _read(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            piece = self._socket.recv(size - len(got))
            assert piece, "the printer has hung up"
            got += piece
        return got


def test_a_card_over_tcp_and_the_questions_beside_it(tmp_path: Path) -> None:
    with Technician(*options(tmp_path)) as printer:
        wire = Wire(printer)
        assert wire.say(STATUS).error == STARTED
        wire.do(LOAD_PRINT)
        for letter in "ymck":
            data = letter.encode() * PLANE_BYTES
            assert wire.say(0, PANEL, panel_payload(letter, data)).error == 0
        wire.do(0x06020000 + sum(BIT[letter] for letter in "ymck"), EJECT)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as questions:
            questions.settimeout(20)
            questions.sendto(message(0xF0000600, 0, 5), ("127.0.0.1", port_of(printer) + 1))
            (info,) = replies(questions.recv(2_000))
        assert tlvs(info.payload)[1].decode() == printer.ready["serial"]
        (card,) = printer.hand(look=True)["output"]
        assert card["panels"] == [f"front {letter}" for letter in "ymck"]
        assert truth(tmp_path / "truth")[-1]["blank"] == card["blank"]
        printer.process.terminate()
        assert printer.process.wait(10) == 0
        wire.close()


def test_a_second_host_is_turned_away_and_a_power_cut_ends_the_first(tmp_path: Path) -> None:
    with Technician(*options(tmp_path), "--fault", "power_cut@card=1,at=fed") as printer:
        wire = Wire(printer)
        with socket.create_connection(("127.0.0.1", port_of(printer)), 20) as second:
            assert second.recv(1) == b""
        wire.say(STATUS)
        with pytest.raises((AssertionError, ConnectionError)):
            wire.say(LOAD_CHIP)
        wire.close()
        wire = Wire(printer)
        assert wire.say(STATUS).error == STARTED
        wire.close()


def test_killed_with_a_card_inside_it_comes_back_cold_and_says_so(tmp_path: Path) -> None:
    with Technician(*options(tmp_path)) as printer:
        wire = Wire(printer)
        wire.say(STATUS)
        wire.do(LOAD_CHIP)
        printer.kill()
        assert wire.gone()
        wire.close()
    with Technician(*options(tmp_path), "--warming", "500") as printer:
        wire = Wire(printer)
        assert wire.say(STATUS).error == STARTED
        printer.hand(wait=11_000)
        assert wire.say(STATUS).error == POWER_LOST
        assert wire.say(0x02020000).payload[18:] == b"\0\2"
        wire.do(REJECT)
        wire.close()
    events = [line["event"] for line in truth(tmp_path / "truth")]
    assert events == ["power_on", "fed", "power_on", "rejected"]


def test_the_chip_connects_out_when_it_is_engaged_and_hangs_up_when_released(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reader:
        reader.settimeout(20)
        at = f"127.0.0.1:{reader.getsockname()[1]}"
        with Technician(*options(tmp_path), "--chip", at) as printer:
            wire = Wire(printer)
            wire.say(STATUS)
            wire.do(LOAD_CHIP, 0x0A021000)
            chip, _ = reader.accept()
            with chip:
                chip.settimeout(20)
                chip.sendall(b"\0\x05\xff\xca\0\0\0")
                told = chip.recv(64)
                wire.do(0x0A025000)
                assert chip.recv(1) == b""
            (card,) = printer.hand(look=True)["inside"]
            assert told == b"\0\x09" + bytes.fromhex(card["blank"]) + b"\x90\0"
            wire.close()


def test_the_same_printer_over_usb(tmp_path: Path) -> None:
    with Technician(*options(tmp_path), "--usbip", "127.0.0.1:0") as printer:
        at = printer.ready["addresses"][1].removeprefix("matica+usbip://127.0.0.1:").removesuffix("/1-1")
        with socket.create_connection(("127.0.0.1", int(at)), 20) as bus:
            bus.sendall(struct.pack(">HHI32s", 0x0111, 0x8003, 0, b"1-1"))
            bus.settimeout(20)
            raw = b""
            while len(raw) < 320:
                raw += bus.recv(4_096)
            assert raw[:8] == struct.pack(">HHI", 0x0111, 3, 0)
            assert b"\x21\x66\x70\x1d" in raw


def test_what_belongs_to_another_make_is_a_wrong_usage() -> None:
    wrong = run("printer", "--make", "matica", "--model", "primacy2")
    assert (wrong.returncode, "xid580" in wrong.stderr) == (2, True)
    wrong = run("printer", "--make", "matica", "--fault", "claim_stuck@card=1")
    assert (wrong.returncode, "loket-sim faults" in wrong.stderr) == (2, True)
    listed = run("faults")
    assert "matica:" in listed.stdout
    assert "film_end@card=N" in listed.stdout
