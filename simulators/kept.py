"""Reading what a simulator kept in a file: whatever is wrong with the file is one sentence that names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_UNFIT = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What comes of taking JSON for something that it is not."""


@contextmanager
def kept_in(path: Path | None) -> Iterator[None]:
    """The block takes what ``path`` holds for this device's state. ValueError where it is not; the file
    stays as it is. None: nothing was kept, and nothing is told otherwise.
    """
    try:
        yield
    except _UNFIT as wrong:
        if path is None:
            raise
        raise ValueError(f"{path} is not this device's state: it is empty, cut, or another one's") from wrong
