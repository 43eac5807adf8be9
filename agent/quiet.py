"""A process that holds a person's data leaves no picture of its memory behind when it dies.

The service is such a process, and each command that opens an order's personal part or records somebody.
"""

from __future__ import annotations

import faulthandler
import sys

_NO_BOX = 0x0001 | 0x0002 | 0x8000  # SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX
_SET_DUMPABLE = 4  # prctl's: no limit of size holds for a core that is piped to a program (core(5))


def no_traces() -> None:
    """No core dump, no dump of the error reporting, no traceback of a crash. For the rest of the process."""
    faulthandler.disable()
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(_NO_BOX)
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
