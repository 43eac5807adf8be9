"""Which spooler's queue an address names: the one table of systems.

A system's half is loaded only where its queue is asked for.
"""

from __future__ import annotations

import sys

from drivers.address import Address
from drivers.spool.queue import Queue


def open_queue(address: Address) -> Queue:
    """The queue an address names; ValueError with one sentence if this machine has no such spooler."""
    if address.wire in ("ipp", "ipps"):
        from drivers.ipp.client import IppClient
        from drivers.ipp.line import HttpLine
        from drivers.spool.ipp_queue import IppQueue

        return IppQueue(IppClient(address, HttpLine(address)))
    if sys.platform == "win32":
        from drivers.spool.windows import WindowsQueue
        from drivers.spool.windows_api import SystemSpooler

        return WindowsQueue(address.path, SystemSpooler())
    raise ValueError(f"'{address}' is a queue of Windows, and this is another system.")
