"""A process that holds a person's data leaves no picture of its memory behind when it dies.

The service is such a process, and each command that opens an order's personal part or records somebody.
Where cores are piped to a program, Linux heeds no limit of their size but one: a single byte means none
(fs/coredump.c). Where even that may not be set, the process is made one that is never dumped.
"""

from __future__ import annotations

import faulthandler
import sys

_NO_BOX = 0x0001 | 0x0002 | 0x8000  # SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX
_SET_DUMPABLE = 4  # of prctl
_NONE_BYTES = 1


def no_traces() -> None:
    """No core dump, no dump of the error reporting, no traceback of a crash. For the rest of the process."""
    faulthandler.disable()
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(_NO_BOX)
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (_NONE_BYTES, most))
    except ValueError:  # no size is allowed at all, and a byte is more than none
        if sys.platform == "linux":
            import ctypes  # half a megabyte, for good

            ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
