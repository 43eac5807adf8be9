"""The CUPS project's own `ippeveprinter`, with the message bus and the announcer it does not start without.

Bus and announcer are its own, in a folder of their own. What it prints goes to a shell script, which keeps
the document, lingers as long as the file ``slow`` lies beside it, and ends with the number in ``exit``. What
stands in ``says`` is so as long as it prints.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.address import Address, parse
from drivers.errors import DeviceError
from drivers.ipp.client import IppClient
from drivers.ipp.line import HttpLine
from tests import witness
from tests.journeys.cups_rig import until
from tests.journeys.sync_rig import free_port

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={room}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
"""
AVAHI = """[server]
host-name=loket-test
use-ipv4=yes
use-ipv6=no
allow-interfaces=lo
enable-dbus=yes
disallow-other-stacks=no
"""
TRAY = """#!/bin/sh
[ -e "{room}/says" ] && sed "s/^/STATE: +/" "{room}/says" >&2
cp "$1" "{room}/out/$$"
while [ -e "{room}/slow" ]; do sleep 0.05; done
[ -e "{room}/says" ] && sed "s/^/STATE: -/" "{room}/says" >&2
exit $(cat "{room}/exit" 2>/dev/null || echo 0)
"""


class Eve:
    """One printer of paper. Skips by name where its surroundings cannot be had."""

    def __init__(self, room: Path) -> None:
        programs = [witness.program(name, package) for name, package in (
            ("dbus-daemon", "dbus"), ("avahi-daemon", "avahi-daemon"), ("ippeveprinter", "cups-ipp-utils"),
        )]  # fmt: skip
        if sys.platform == "win32" or os.geteuid() != 0:
            witness.right("root, for an announcer of our own")
        self.room = room
        (room / "out").mkdir()
        (room / "spool").mkdir()
        (room / "bus.conf").write_text(BUS.format(room=room))
        (room / "avahi.conf").write_text(AVAHI)
        tray = room / "tray"
        tray.write_text(TRAY.format(room=room))
        tray.chmod(0o700)
        self.port = free_port()
        self.address: Address = parse(f"ipp://localhost:{self.port}/ipp/print")
        self.client = IppClient(self.address, HttpLine(self.address))
        self._log = (room / "log").open("ab")
        self._running: list[subprocess.Popen[bytes]] = []
        try:
            self._start(*programs)
        except BaseException:
            self.close()
            raise

    def _start(self, bus: str, announcer: str, printer: str) -> None:
        room = self.room
        self._run([bus, f"--config-file={room}/bus.conf", "--nofork", "--nopidfile"])
        until((room / "bus").exists)
        self._run([announcer, "-f", f"{room}/avahi.conf", "--no-drop-root", "--no-chroot", "--no-rlimits"])
        argv = [printer, "-k", "-d", f"{room}/spool", "-f", "application/pdf", "-n", "localhost", "-r", "off"]
        argv += ["-p", str(self.port), "-c", f"{room}/tray", "Loket test"]
        until(lambda: b"startup complete" in (room / "log").read_bytes() or self._dead())
        self._run(argv)
        until(lambda: self._answers() or self._dead())
        if self._dead():
            # The announcer is one a machine: where another holds its port or file, this witness cannot start.
            pytest.skip(f"ippeveprinter does not start here: {(room / 'log').read_text()[-300:]}")

    def _run(self, argv: list[str]) -> None:
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.room}/bus"}
        self._running.append(
            subprocess.Popen(argv, env=environment, stdout=self._log, stderr=self._log, cwd=self.room)
        )

    def close(self) -> None:
        """End the three, the printer first."""
        self.slow(False)
        for process in reversed(self._running):
            process.terminate()
            process.wait(timeout=15)
        self._log.close()
        shutil.rmtree(self.room / "spool")

    def slow(self, lingers: bool) -> None:
        """Whether the sheet takes its time."""
        if lingers:
            (self.room / "slow").touch()
        else:
            (self.room / "slow").unlink(missing_ok=True)

    def fails(self) -> None:
        """From now on a document cannot be printed."""
        (self.room / "exit").write_text("1")

    def says(self, reason: str) -> None:
        """What the printer complains of while it prints the next document."""
        (self.room / "says").write_text(f"{reason}\n")

    def printed(self) -> list[bytes]:
        """The documents that were printed."""
        return [path.read_bytes() for path in sorted((self.room / "out").iterdir())]

    def _dead(self) -> bool:
        return any(process.poll() is not None for process in self._running)

    def _answers(self) -> bool:
        try:
            return bool(self.client.printer().model)
        except DeviceError:
            return False
