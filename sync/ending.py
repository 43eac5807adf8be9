"""The word that a program shall end: a signal, or a thread that says so.

The system may give a signal to any thread of a process, above all where the process was stopped just then.
Python runs its handler in the main thread alone, and nothing wakes that one while it waits for a lock: the
program would go on for ever. So the main thread waits at a socket, into which Python itself writes at once.
"""

from __future__ import annotations

import signal
import socket
from contextlib import suppress

SIGNALS = ("SIGTERM", "SIGINT", "SIGBREAK")


class Ending:
    """Said once, and from then on it holds."""

    def __init__(self) -> None:
        self._heard, self._said = socket.socketpair()
        self._said.setblocking(False)
        self._hears = False

    def hear_signals(self) -> None:
        """From now on they are this word. Only for the main thread."""
        self._hears = True
        signal.set_wakeup_fd(self._said.fileno(), warn_on_full_buffer=False)
        for name in SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda _number, _frame: None)

    def close(self) -> None:
        """Signals that come from now on change nothing any more."""
        if self._hears:
            signal.set_wakeup_fd(-1)
        self._heard.close()
        self._said.close()

    def say(self) -> None:
        """It shall end. From any thread, as often as wanted."""
        with suppress(OSError):  # said often enough, or nobody waits any more
            self._said.send(b"\0")

    def wait(self) -> None:
        """Until it was said."""
        self._heard.recv(1, socket.MSG_PEEK)
