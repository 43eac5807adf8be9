"""A pseudo terminal as a serial port: ``/dev/pts/N`` behind a link of our choice. POSIX only.

The terminal is in packet mode, so that the flush every host does as it opens a port is seen as "a host has
opened"; and the rate the host has set is read from the terminal, so that two rates that differ give nonsense,
as on a cable. Unplugged, the terminal is gone and so is the link. Nothing but a link ever gives way to ours,
and only one that still leads to our terminal is taken away.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import sys
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulators.cards.pace import World

READ_BYTES = 4096
_RATES = {
    termios.B9600: 9600,
    termios.B19200: 19200,
    termios.B38400: 38400,
    termios.B57600: 57600,
    termios.B115200: 115200,
}
_SPEED = 5  # of what tcgetattr tells: the output rate
_FLUSHED = 0x01 | 0x02  # TIOCPKT_FLUSHREAD, TIOCPKT_FLUSHWRITE


class PtyWire:
    """``link`` None: only the system's own name is told."""

    def __init__(
        self, world: World[Any], link: Path | None, opened: Callable[[], None] = lambda: None
    ) -> None:
        self._world, self._link, self._opened = world, link, opened
        self._master = self._slave = -1
        self._rest = b""
        self.path = self._terminal = ""
        world.pumps.append(self._pump)
        world.printer.watchers.append(self._follow)

    def open(self) -> None:
        """Raises OSError when the system has no terminal left or the link cannot be made."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        fcntl.ioctl(self._master, termios.TIOCPKT, b"\x01\x00\x00\x00")
        os.set_blocking(self._master, False)
        self.path = self._terminal = os.ttyname(self._slave)
        if self._link is not None:
            self._make(self._link)
            self.path = str(self._link)
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    def close(self) -> None:
        """The port is gone."""
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        if (link := self._link) is not None and link.is_symlink() and str(link.readlink()) == self._terminal:
            link.unlink(missing_ok=True)
        self._let_go()

    def _make(self, link: Path) -> None:
        """Raises OSError where something else has the name; it is left alone."""
        try:
            if link.is_symlink():
                link.unlink()
            link.symlink_to(self._terminal)
        except OSError:
            self._let_go()
            raise

    def _let_go(self) -> None:
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1
        self._rest = b""

    def _readable(self) -> None:
        try:
            told = os.read(self._master, READ_BYTES)
        except BlockingIOError:
            return
        line = self._world.printer.line
        self._world.touch()
        line.host_baud = _RATES.get(termios.tcgetattr(self._slave)[_SPEED], 0)
        if told[0]:
            if told[0] & _FLUSHED:
                self._opened()
        else:
            line.hear(told[1:], self._world.printer.now_ms)
        self._world.settle()

    def _pump(self) -> None:
        """What has come across; a host that does not read keeps the rest waiting here."""
        if self._master < 0:
            return
        self._rest += self._world.printer.line.down.take(self._world.printer.now_ms)
        if self._rest:
            loop = asyncio.get_running_loop()
            loop.remove_writer(self._master)
            with contextlib.suppress(BlockingIOError):
                self._rest = self._rest[os.write(self._master, self._rest) :]
            if self._rest:
                loop.add_writer(self._master, self._pump)

    def _follow(self) -> None:
        if not self._world.printer.there:
            self.close()
        elif self._master < 0:
            try:
                self.open()
            except OSError as wrong:  # somebody took the name while the wire was out
                sys.stderr.write(f"the port does not come back: {wrong}\n")
