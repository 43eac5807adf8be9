"""A real pcscd with vsmartcard's virtual reader of two slots, in the foreground, configured for itself.

Its socket has one place on a machine, so whoever uses this carries the mark ``serial``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests import witness
from tests.journeys.sync_rig import until

SOCKET = Path("/run/pcscd/pcscd.comm")
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
CONFIGURATION = """FRIENDLYNAME "Loket Virtual"
DEVICENAME   /dev/null:0x{port:X}
LIBPATH      {driver}
CHANNELID    0x{port:X}
"""


class Service:
    """``slots``: the ports a card connects to; ``names``: those slots as the service names them."""

    names = ("Loket Virtual 00 00", "Loket Virtual 00 01")

    def __init__(self, program: str, folder: Path) -> None:
        port = _two_free_ports()
        self.slots = (port, port + 1)
        configuration = folder / "reader.conf"
        configuration.write_text(CONFIGURATION.format(port=port, driver=DRIVER))
        self._command = [program, "--foreground", "--info", "--config", str(configuration)]
        self.start()

    def start(self) -> None:
        """Ready when this returns."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        out = self._out()
        said = []
        for line in out:
            said.append(line)
            if "daemon ready" in line:
                break
        else:
            raise AssertionError("".join(said))
        self._drain = threading.Thread(target=out.read, daemon=True)
        self._drain.start()
        until(_answers, "pcscd never opened its socket")

    def stop(self) -> None:
        """It is gone when this returns; twice is harmless."""
        self._process.terminate()
        self._process.wait(20)
        self._drain.join(20)
        self._out().close()

    def _out(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout


@contextmanager
def running() -> Iterator[Service]:
    """The service, ready; skips by name where it cannot be had."""
    program = witness.program("pcscd", "pcscd")
    witness.program("vpcd-config", "vsmartcard-vpcd")
    witness.library("smartcard", "pyscard, deploy/lock/chip.txt")
    if os.geteuid():
        witness.right("pcscd needs root")
    if _answers():
        witness.right("another pcscd has this machine's smart-card socket")
    with tempfile.TemporaryDirectory() as folder:
        service = Service(program, Path(folder))
        try:
            yield service
        finally:
            service.stop()


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as wire:
        try:
            wire.connect(str(SOCKET))
        except OSError:
            return False
    return True


def _two_free_ports() -> int:
    """The first of two neighbours nobody listens on: the reader's slots take both."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except (OSError, OverflowError):
                continue
