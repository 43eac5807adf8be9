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
from dataclasses import dataclass
from pathlib import Path

from tests import witness

SOCKET = Path("/run/pcscd/pcscd.comm")
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
CONFIGURATION = """FRIENDLYNAME "Loket Virtual"
DEVICENAME   /dev/null:0x{port:X}
LIBPATH      {driver}
CHANNELID    0x{port:X}
"""


@dataclass(frozen=True, slots=True)
class Service:
    """``slots``: what a card connects to; ``names``: those slots as the service names them."""

    slots: tuple[int, int]
    names: tuple[str, str] = ("Loket Virtual 00 00", "Loket Virtual 00 01")


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
    port = _two_free_ports()
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "reader.conf"
        configuration.write_text(CONFIGURATION.format(port=port, driver=DRIVER))
        process = subprocess.Popen(
            [program, "--foreground", "--info", "--config", str(configuration)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if "daemon ready" in line:
                    break
            else:
                raise AssertionError("".join(said))
            drain = threading.Thread(target=process.stdout.read, daemon=True)
            drain.start()
            yield Service((port, port + 1))
        finally:
            process.terminate()
            process.wait(20)
            drain.join(20)
            process.stdout.close()


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
