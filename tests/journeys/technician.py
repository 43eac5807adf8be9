"""A simulated device as a process, with the technician's hands on its standard input."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

PATIENCE_S = 30.0
_START = "import sys; from simulators.cli import main; main(sys.argv[1:])"


class Technician:
    """``loket-sim`` with this command and options. Ready when ``with`` begins; gone when it ends."""

    def __init__(self, *options: str, command: str = "printer") -> None:
        self._options = (command, *options)
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> Technician:
        """Start it and wait for its first line."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, *self._options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        self._rest = b""
        self.ready = self._line()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Orderly, if it still lives."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def address(self, scheme: str) -> str:
        """Where it is reached by ``scheme``."""
        return next(str(each) for each in self.ready["addresses"] if each.startswith(scheme))

    @property
    def port(self) -> int:
        """A printer's TCP port."""
        return int(self.address("evolis+tcp://").rpartition(":")[2])

    def hand(self, **told: Any) -> dict[str, Any]:
        """One line in, one line out."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        self.process.stdin.flush()
        return self._line()

    def kill(self) -> None:
        """The power cut."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout
        while b"\n" not in self._rest:
            assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], "the device says nothing"
            chunk = os.read(self.process.stdout.fileno(), 65536)
            assert chunk, "the device has gone"
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def exchange(self, data: bytes = b"") -> bytes:
        """One connection as a host makes it: send, half-close, read to the end."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as wire:
            wire.sendall(data)
            wire.shutdown(socket.SHUT_WR)
            reply = b""
            while chunk := wire.recv(65536):
                reply += chunk
        return reply

    def ask(self, command: str) -> str:
        """A lone command's reply text."""
        return self.exchange(b"\x1b" + command.encode() + b"\r\0").split(b"\0")[0].decode()

    def info(self) -> int:
        """The INFORMATION word of a poll."""
        return int.from_bytes(self.exchange()[8:12], "big")


def truth(path: Path) -> list[dict[str, Any]]:
    """The truth file's lines; every one must be whole."""
    return [json.loads(line) for line in path.read_text().splitlines()]
