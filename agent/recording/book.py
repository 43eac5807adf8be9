"""The book of recordings: what became of each, never whose it is.

``state`` is what this station did; ``status`` is what the centre answered. Both move by their tables, each
move is a journal line in the same transaction, and the same move told again changes nothing. The packet's
hash is written down before its file is (``about``), so that whoever starts after a crash knows whose file it
finds: the sitting is then sealed after all, or abandoned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agent.store.journal import Tx
from agent.store.sqlite import Reads
from domain import recording
from domain.recording import Status
from domain.words import RefusedByRule

KEPT_AFTER_RECEIPT_MS = 86_400_000
COUNTS = ("fingers", "irises", "exceptions", "forced", "rechecked", "endorsed")
"""What ``recording_sealed`` tells of a packet beside its hash and size: numbers and flags."""


class State(StrEnum):
    """Where a recording is at this station."""

    OPEN = "open"
    SEALED = "sealed"
    RECEIPTED = "receipted"
    PURGED = "purged"
    ABANDONED = "abandoned"
    REJECTED = "rejected"


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.SEALED, State.ABANDONED}),
    State.SEALED: frozenset({State.RECEIPTED, State.REJECTED}),
    State.REJECTED: frozenset({State.RECEIPTED}),  # the province looked again
    State.RECEIPTED: frozenset({State.PURGED}),
    State.PURGED: frozenset(),
    State.ABANDONED: frozenset(),
}
_COLUMNS = "id, state, status, odd, cause, sha256, size, mode, ticket, place, begun_ms, sealed_ms, at_ms"


@dataclass(frozen=True, slots=True)
class Recording:
    """One row. ``odd``: the centre's last answer does not follow the one before it."""

    id: str
    state: State
    status: str | None
    odd: bool
    cause: str | None
    sha256: str | None
    size: int | None
    mode: str
    ticket: str | None
    place: str | None
    begun_ms: int
    sealed_ms: int | None
    at_ms: int


# -- looking -------------------------------------------------------------------------------------------------


def get(reads: Reads, id: str) -> Recording | None:
    """One recording; None for a name that is not known here."""
    found = reads.rows(f"SELECT {_COLUMNS} FROM recording WHERE id = ?", id)  # noqa: S608 - our own names
    return _recording(found[0]) if found else None


def every(reads: Reads, state: State | None = None) -> list[Recording]:
    """All of them, or those in one state, the oldest first."""
    which = "" if state is None else " WHERE state = ?"
    rows = reads.rows(
        f"SELECT {_COLUMNS} FROM recording{which} ORDER BY begun_ms, id",  # noqa: S608 - our own names
        *(() if state is None else (str(state),)),
    )
    return [_recording(row) for row in rows]


def counts(reads: Reads) -> dict[str, int]:
    """How many are in each state."""
    return dict(reads.rows("SELECT state, count(*) FROM recording GROUP BY state ORDER BY state"))


def unsent(reads: Reads) -> list[tuple[str, str, int]]:
    """Name, sha256 and size of every packet that waits for its receipt, the longest first."""
    rows = reads.rows("SELECT id, sha256, size FROM recording WHERE state = 'sealed' ORDER BY sealed_ms, id")
    return [(id, sha256, size) for id, sha256, size in rows]


def due_for_purge(reads: Reads, now_ms: int) -> list[tuple[str, str]]:
    """Name and sha256 of the packets that the province has had for a day."""
    rows = reads.rows(
        "SELECT id, sha256 FROM recording WHERE state = 'receipted' AND receipted_ms <= ? "
        "ORDER BY receipted_ms, id",
        now_ms - KEPT_AFTER_RECEIPT_MS,
    )
    return [(id, sha256) for id, sha256 in rows]


def files_known(reads: Reads) -> set[str]:
    """The sha256 of every packet whose file belongs here, one that is about to be written included."""
    held = "'open', 'sealed', 'receipted', 'rejected'"
    rows = reads.rows(
        f"SELECT sha256 FROM recording WHERE sha256 IS NOT NULL AND state IN ({held})"  # noqa: S608
    )
    return {sha for (sha,) in rows}


def to_see_to(reads: Reads, since_ms: int) -> dict[str, int]:
    """How many answers of the centre since then ask for a person, by word: RECORD_AGAIN, RECORDING_DUPLICATE,
    and RECORDING_ODD for those that do not follow.

    An answer came when its journal line says so, whatever this station did with the recording later; the
    journal is looked through only where a row is young enough at all.
    """
    rows = reads.rows(
        "SELECT status, odd FROM recording WHERE status IS NOT NULL AND at_ms >= ?1 AND (odd OR status IN "
        "(SELECT value FROM json_each(?2))) AND id IN "
        "(SELECT subject FROM journal WHERE event = 'recording_status' AND at_ms >= ?1)",
        *(since_ms, json.dumps(sorted(recording.COME_AGAIN | recording.CLARIFY))),
    )
    return {
        "RECORD_AGAIN": sum(status in recording.COME_AGAIN for status, _ in rows),
        "RECORDING_DUPLICATE": sum(status in recording.CLARIFY for status, _ in rows),
        "RECORDING_ODD": sum(odd for _, odd in rows),
    }


# -- moving --------------------------------------------------------------------------------------------------


def begin(tx: Tx, station: str, *, mode: str, ticket: str | None, place: str | None) -> str:
    """A sitting begins; its name, which names no person.

    Rows are never removed, so counting them will do; the random end tells two apart that a disk put back from
    an older copy has given one number.
    """
    ((known,),) = tx.rows("SELECT count(*) FROM recording")
    id = f"R-{station}-{known + 1}.{tx.epoch & 0xFFFF:04x}"
    tx.execute(
        "INSERT INTO recording (id, state, mode, ticket, place, begun_ms, at_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(id, str(State.OPEN), mode, ticket, place, tx.at_ms, tx.at_ms),
    )
    tx.note("recording_begun", id, {"ticket": ticket, "mode": mode, "place": place})
    return id


def about(tx: Tx, id: str, sha256: str, size: int, told: Mapping[str, Any]) -> None:
    """This packet is about to be written to its file. Raises RefusedByRule RECORDING_STATE."""
    _check(tx, id, State.SEALED)
    counted = json.dumps({name: told[name] for name in COUNTS})
    tx.execute(
        "UPDATE recording SET sha256 = ?, size = ?, counts = ? WHERE id = ?", sha256, size, counted, id
    )


def sealed(tx: Tx, id: str, sha256: str, size: int, told: Mapping[str, Any]) -> None:
    """Its packet is on the disk. ``told``: COUNTS. Raises RefusedByRule RECORDING_STATE."""
    about(tx, id, sha256, size, told)
    tx.execute(
        "UPDATE recording SET state = 'sealed', status = ?, sealed_ms = ?, at_ms = ? WHERE id = ?",
        *(str(Status.BIO_CAPTURED), tx.at_ms, tx.at_ms, id),
    )
    counted = {name: told[name] for name in COUNTS}
    tx.note("recording_sealed", id, {"sha256": sha256, "size": size, **counted})


def about_told(reads: Reads, id: str) -> tuple[str, int, dict[str, Any]] | None:
    """What ``about`` wrote down: sha256, size, COUNTS; None where the sitting did not get that far."""
    found = reads.rows("SELECT sha256, size, counts FROM recording WHERE id = ?", id)
    if not found or found[0][0] is None:
        return None
    return found[0][0], found[0][1], json.loads(found[0][2])


def abandoned(tx: Tx, id: str, cause: str) -> None:
    """The sitting ended without a packet; ``cause``: a word. Raises RefusedByRule RECORDING_STATE."""
    _check(tx, id, State.ABANDONED)
    tx.execute(
        "UPDATE recording SET state = 'abandoned', cause = ?, sha256 = NULL, size = NULL, counts = NULL, "
        "at_ms = ? WHERE id = ?",
        *(cause, tx.at_ms, id),
    )
    tx.execute("UPDATE ticket SET state = 'called', recording = NULL WHERE recording = ?", id)
    tx.note("recording_abandoned", id, {"cause": cause})


def receipted(tx: Tx, id: str, sha256: str) -> bool:
    """The province opened, checked and stored this very packet, and works on it: until the centre says more
    its status is PROCESSING, as it is there. False: not one of ours, or told before."""
    moved = _answered(tx, id, sha256, State.RECEIPTED, None)
    there = get(tx, id)
    if moved and there is not None and not recording.odd(there.status, Status.PROCESSING):
        tx.execute("UPDATE recording SET status = ? WHERE id = ?", str(Status.PROCESSING), id)
    return moved


def rejected(tx: Tx, id: str, sha256: str, word: str) -> bool:
    """The province could not use it; it is kept and shown. False: not one of ours, or told before."""
    return _answered(tx, id, sha256, State.REJECTED, word)


def purged(tx: Tx, id: str) -> bool:
    """Its file is gone from here. False: it may not go, or went before."""
    found = tx.rows("SELECT sha256 FROM recording WHERE id = ? AND state = 'receipted'", id)
    if found:
        tx.execute("UPDATE recording SET state = 'purged', at_ms = ? WHERE id = ?", tx.at_ms, id)
        tx.note("recording_purged", id, {"sha256": found[0][0]})
    return bool(found)


def status(tx: Tx, id: str, word: str) -> bool:
    """The centre's answer; one that does not follow is kept and flagged. False: told before, or not ours."""
    found = tx.rows("SELECT status FROM recording WHERE id = ?", id)
    if not found or found[0][0] == word or not recording.is_word(word):
        return False
    odd = recording.odd(found[0][0], word)
    tx.execute("UPDATE recording SET status = ?, odd = ?, at_ms = ? WHERE id = ?", word, odd, tx.at_ms, id)
    tx.note("recording_status", id, {"status": word, "odd": odd})
    return True


def _answered(tx: Tx, id: str, sha256: str, state: State, word: str | None) -> bool:
    found = tx.rows("SELECT state FROM recording WHERE id = ? AND sha256 = ?", id, sha256)
    if not found or state not in MOVES[State(found[0][0])]:
        return False
    receipted_ms = tx.at_ms if state is State.RECEIPTED else None
    tx.execute(
        "UPDATE recording SET state = ?, cause = ?, receipted_ms = ?, at_ms = ? WHERE id = ?",
        *(str(state), word, receipted_ms, tx.at_ms, id),
    )
    if state is State.RECEIPTED:
        tx.note("recording_receipted", id, {"sha256": sha256})
    else:
        tx.note("recording_refused", id, {"sha256": sha256, "word": word})
    return True


def _check(tx: Tx, id: str, after: State) -> None:
    """Raise RefusedByRule RECORDING_STATE unless the recording may move to ``after``."""
    there = get(tx, id)
    if there is None or after not in MOVES[there.state]:
        raise RefusedByRule("RECORDING_STATE", id)


def _recording(row: tuple[Any, ...]) -> Recording:
    id, state, status, odd, *rest = row
    return Recording(id, State(state), status, bool(odd), *rest)
