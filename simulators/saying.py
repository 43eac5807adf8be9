"""Standard output, where whoever started a simulator listens: one JSON object a line.

What cannot be said is forgotten at once: Python would try again as the process ends, and fail by it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys


def tell(line: object) -> None:
    """One JSON object, at once. Raises OSError where nobody can hear it."""
    try:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except OSError:
        forget()
        raise


def answer(line: object) -> None:
    """The answer to a hand; a technician who does not listen any more stops nothing."""
    with contextlib.suppress(OSError):
        tell(line)


def forget() -> None:
    """Drop what is still unsaid if it cannot be said; from then on all goes nowhere."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):  # not a file, as in a test
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
            sys.stdout.flush()
