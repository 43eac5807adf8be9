"""What may stop a command, and the one sentence that a person gets for it: here and nowhere else.

Trouble and rules bring their own sentence. The database engine's codes are told in agent.store.sqlite, the
system's errors with the file they are about. Whatever else is raised is a fault of ours: it is told by its
kind and its place, never by its text, which may hold what somebody typed.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from traceback import extract_tb, walk_tb

import click

UNHEARD = "The answer cannot be written ({}); what the command did stands."


def known() -> tuple[type[Exception], ...]:
    """What has a sentence for a person. Loaded only when something went wrong."""
    from agent.store import sqlite
    from agent.store.journal import DiskFull, JournalBroken
    from agent.trouble import Trouble
    from domain.words import RefusedByRule

    told = (Trouble, RefusedByRule, DiskFull, JournalBroken, sqlite.OtherSchema, sqlite.UnsafeSetup)
    return *told, sqlite.Error, OSError


def sentence(error: Exception) -> str:
    """The sentence for anything that was raised."""
    from agent.store import sqlite

    if isinstance(error, OSError):
        return _of_the_system(error)
    if isinstance(error, sqlite.Error):
        return sqlite.sentence(error)
    return str(error) if isinstance(error, known()) else _fault(error)


def open_ends() -> None:
    """A standard stream that was closed before we began leads nowhere; no file of ours takes its number."""
    nowhere = Path(os.devnull)
    if sys.stdin is None:
        sys.stdin = nowhere.open()
    if sys.stdout is None:
        sys.stdout = nowhere.open("w")
    if sys.stderr is None:
        sys.stderr = nowhere.open("w")


def nowhere() -> None:
    """What is still said on standard output leads nowhere: whoever listened has gone, or has no room."""
    with suppress(OSError, ValueError):  # a stream without a number has nothing that is held back
        answers = sys.stdout.fileno()
        number = os.open(os.devnull, os.O_WRONLY)
        os.dup2(number, answers)  # else it would be tried once more at the end
        os.close(number)


def _of_the_system(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {reason}."
    if not _while_answering(error):
        return f"The system refused it: {reason}."
    nowhere()
    return UNHEARD.format(reason)


def _while_answering(error: OSError) -> bool:
    """Whether it was raised by what every command answers with; a full disk elsewhere has the same number."""
    return any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(error.__traceback__))


def _fault(error: Exception) -> str:
    last = extract_tb(error.__traceback__)[-1:]
    place = f" at {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    return (
        f"Loket does not know how to meet this ({type(error).__name__}{place}); what was told is safe. "
        "See whether `loket audit verify` finds anything, and tell who maintains it."
    )
