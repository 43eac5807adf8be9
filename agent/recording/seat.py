"""One sitting at a time at a station; and what becomes of one that nobody ended.

The seat is a lock of its own, which dies with the process that held it. Whoever holds it knows that a
recording still open was left by a process that died: it is sealed after all if its packet lies there as it
was told before the file was written, else it is abandoned, and the next one is told so.
Whoever counts the day's people looks at the seat before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from agent.config import Config
from agent.home import Home
from agent.recording import book, purge
from agent.recording.book import State
from agent.store import sqlite
from agent.store.journal import Journal
from agent.store.packets import Packets
from agent.store.sqlite import Reads
from domain.words import RefusedByRule

DIED = "died"
Perform = Callable[[str, Mapping[str, Any]], dict[str, Any]]


@contextmanager
def taken(home: Home) -> Iterator[None]:
    """Be the one who records. Raises RefusedByRule SITTING_OPEN while somebody else does."""
    held = sqlite.connect(home.sitting_path)
    try:
        held.execute("PRAGMA busy_timeout = 0")
        held.execute("PRAGMA journal_mode = MEMORY")
        held.execute("BEGIN EXCLUSIVE")
    except sqlite.Error as error:
        held.close()
        if not sqlite.is_busy(error):
            raise
        raise RefusedByRule("SITTING_OPEN") from None
    try:
        yield
    finally:
        held.close()


def left_over(reads: Reads, packets: Packets) -> list[tuple[str, dict[str, Any]]]:
    """What to do about each open recording whose process died: an action of agent.actions, its arguments.

    Only for whoever has the seat.
    """
    todo: list[tuple[str, dict[str, Any]]] = []
    for each in book.every(reads, State.OPEN):
        told = book.about_told(reads, each.id)
        if told is not None and packets.size(told[0]) == told[1]:
            sha256, size, counts = told
            todo.append(("recording-sealed", {"id": each.id, "sha256": sha256, "size": size, **counts}))
        else:
            todo.append(("recording-abandon", {"id": each.id, "cause": DIED}))
    return todo


def put_in_order(reads: Reads, packets: Packets, perform: Perform) -> list[str]:
    """Do it; the recordings that were abandoned. Only for whoever has the seat."""
    gone = []
    for action, args in left_over(reads, packets):
        perform(action, args)
        gone += [args["id"]] if action == "recording-abandon" else []
    return gone


def looked_at(home: Home, perform: Perform) -> list[str]:
    """The same for whoever does not sit down, unless a sitting goes on. Where none is open, nothing is locked
    and nothing is written."""
    reads = home.reader()
    try:
        if book.every(reads, State.OPEN):
            with suppress(RefusedByRule), taken(home):
                return put_in_order(reads, Packets(home.recordings_path), perform)
        return []
    finally:
        reads.close()


def at_start(home: Home, config: Config, journal: Journal, packets: Packets) -> None:
    """The same when the service starts, and the files are looked over, unless a sitting goes on."""

    def perform(action: str, args: Mapping[str, Any]) -> dict[str, Any]:
        from agent.actions import ACTIONS  # as agent.service: what people ask is loaded when it is asked

        return ACTIONS[action](journal, config, args)

    with suppress(RefusedByRule), taken(home):
        put_in_order(journal, packets, perform)
        purge.sweep(journal, packets)
