"""A real cupsd with everything of its own, and a card printer behind it that is a shell script.

The script keeps each document it is handed under its job's number, and lingers as long as the file ``slow``
lies beside it; ``exit`` holds the number it ends with. cupsd can be killed and brought back at any moment.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from drivers.address import Address, parse
from drivers.ipp import codec
from drivers.ipp.client import IppClient
from drivers.ipp.codec import Group, Message, attribute
from drivers.ipp.line import HttpLine
from drivers.ipp.words import Operation
from tests import witness
from tests.journeys.sync_rig import free_port

PATIENCE_S = 60.0

CUPSD = """
Listen 127.0.0.1:{port}
LogLevel debug
DirtyCleanInterval 0
PreserveJobFiles No
WebInterface No
Browsing Off
DefaultAuthType None
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """
ServerRoot {room}/root
CacheDir {room}/cache
StateDir {room}/state
RequestRoot {room}/spool
TempDir {room}/tmp
ServerBin {room}/bin
DataDir /usr/share/cups
DocumentRoot {room}/root
AccessLog {room}/access.log
ErrorLog {room}/error.log
PageLog {room}/page.log
SystemGroup root
ServerKeychain {room}/root
"""
QUEUE = """
<Printer card>
Info card
MakeModel Local Raw Printer
DeviceURI {device}
State {state}
Accepting Yes
JobSheets none none
ErrorPolicy {policy}
OpPolicy default
</Printer>
"""
SINK = """#!/bin/sh
[ $# -eq 0 ] && exit 0
cp "$6" "{room}/out/.$1-$$" && mv "{room}/out/.$1-$$" "{room}/out/$1-$$"
while [ -e "{room}/slow" ]; do sleep 0.05; done
exit $(cat "{room}/exit" 2>/dev/null || echo 0)
"""


class Cups:
    """The spooler and what its card printer has been handed. Skips by name where it cannot be had."""

    def __init__(
        self, room: Path, *, policy: str = "abort-job", state: str = "Idle", device: str = "sink:/card"
    ) -> None:
        self._cupsd = witness.program("cupsd", "cups-daemon")
        if sys.platform == "win32" or os.geteuid() != 0:
            witness.right("root, for a cupsd of our own")
        self.room = room
        for name in ("root", "cache", "state", "spool", "tmp", "bin/backend", "bin/daemon", "out"):
            (room / name).mkdir(parents=True)
        (room / "bin/daemon/cups-exec").symlink_to("/usr/lib/cups/daemon/cups-exec")
        self.port = free_port()
        (room / "cupsd.conf").write_text(CUPSD.format(port=self.port))
        (room / "cups-files.conf").write_text(FILES.format(room=room))
        (room / "root/printers.conf").write_text(QUEUE.format(policy=policy, state=state, device=device))
        sink = room / "bin/backend/sink"
        sink.write_text(SINK.format(room=room))
        sink.chmod(0o700)
        if device.startswith("ipp:"):
            shutil.copy("/usr/lib/cups/backend/ipp", room / "bin/backend/ipp")
            (room / "bin/backend/ipp").chmod(0o700)  # else it runs as another user, who cannot come in here
        self.address: Address = parse(f"spool+ipp://127.0.0.1:{self.port}/printers/card")
        self.client = IppClient(self.address, HttpLine(self.address))
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Bring it up and wait until it answers."""
        argv = [
            self._cupsd,
            "-f",
            "-c",
            str(self.room / "cupsd.conf"),
            "-s",
            str(self.room / "cups-files.conf"),
        ]
        with (self.room / "cupsd.log").open("ab") as log:
            self._process = subprocess.Popen(argv, stdout=log, stderr=log)
        until(self._answers)

    def kill(self) -> None:
        """As the power would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        second = int(time.time())  # cupsd's times are whole seconds, and no real restart is quicker
        until(lambda: int(time.time()) > second)

    def close(self) -> None:
        """End it, and its backends by letting them go."""
        self.slow(False)
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE_S)

    def slow(self, lingers: bool) -> None:
        """Whether the card printer takes its time."""
        if lingers:
            (self.room / "slow").touch()
        else:
            (self.room / "slow").unlink(missing_ok=True)

    def fails(self) -> None:
        """From now on the backend ends in failure."""
        (self.room / "exit").write_text("1")

    def forget_documents(self) -> None:
        """What deploy/linux/cups-loket.conf has systemd do before cupsd starts."""
        for document in (self.room / "spool").glob("[cd][0-9]*"):
            document.unlink()

    def handed(self) -> list[tuple[int, bytes]]:
        """The job's number and the document, once for each time it was handed to the card printer."""
        found = sorted(path for path in (self.room / "out").iterdir() if not path.name.startswith("."))
        return [(int(path.name.split("-")[0]), path.read_bytes()) for path in found]

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def until(reached: Callable[[], bool]) -> None:
    """Look until it is so; fails after a patience that no healthy machine needs."""
    end_s = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < end_s, "it never came to that"
        time.sleep(0.02)


def everything(address: Address) -> Message:
    """All attributes of a printer, the long list of its media too, as the codec reads them."""
    uri = f"ipp://{address.host}:{address.port}{address.path}"
    told = (
        attribute(codec.CHARSET, "attributes-charset", "utf-8"),
        attribute(codec.LANGUAGE, "attributes-natural-language", "en"),
        attribute(codec.URI, "printer-uri", uri),
        attribute(codec.KEYWORD, "requested-attributes", "all", "media-col-database"),
    )
    body = codec.encode(Message(Operation.GET_PRINTER, 1, (Group(codec.OPERATION, told),)))
    status, raw = HttpLine(address).exchange(body, PATIENCE_S)
    assert status == 200
    return codec.decode(raw)
