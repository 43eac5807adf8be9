"""Files of packets go when the province has had them for a day, and what a power cut left is put in order.

The journal line comes first, then the file goes: a cut in between leaves a file that the journal calls
purged, and the next start removes it. The other way round it would leave a journal that counts on a file
which is gone. A packet without its receipt is never removed here, whatever else is wrong.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from agent.recording import book
from agent.recording.book import State
from agent.store.journal import DiskFull, Journal, Tx, meta, set_meta
from agent.store.packets import Packets
from agent.store.sqlite import Reads

_UNCLAIMED, _MISSING = "packets_unclaimed", "packets_missing"
_OWED = (State.SEALED, State.REJECTED)  # nobody else has these

log = logging.getLogger("loket.recordings")


@dataclass(frozen=True, slots=True)
class Found:
    """What the last start found. ``unclaimed``: files that no line of this journal tells of; ``missing``:
    packets without a receipt whose file is gone.
    """

    unclaimed: int
    missing: int


def purge(journal: Journal, packets: Packets, now_ms: int) -> int:
    """Let go of every packet that is due; how many. On a disk that takes no line they stay until one fits."""
    gone = 0
    with suppress(DiskFull):
        for id, sha in book.due_for_purge(journal, now_ms):
            journal.write(partial(book.purged, id=id))
            _remove(packets, sha)
            gone += 1
    return gone


def sweep(journal: Journal, packets: Packets) -> Found:
    """At the start, under the home's lock: finish purges that were cut short; count what does not fit."""
    unclaimed = 0
    for sha in packets.sweep(book.files_known(journal)):
        if _is_purged(journal, sha):
            _remove(packets, sha)
        else:
            unclaimed += 1
    owed = [each for state in _OWED for each in book.every(journal, state)]
    missing = sum(each.sha256 is not None and packets.size(each.sha256) != each.size for each in owed)
    found = Found(unclaimed, missing)
    if found != read(journal):
        journal.write(lambda tx: _remember(tx, found))
    if unclaimed or missing:
        log.warning("%d packets are not known to the journal, %d are missing", unclaimed, missing)
    return found


def read(reads: Reads) -> Found:
    """What the last start found."""
    return Found(int(meta(reads, _UNCLAIMED, "0")), int(meta(reads, _MISSING, "0")))


def _remember(tx: Tx, found: Found) -> None:
    set_meta(tx, _UNCLAIMED, str(found.unclaimed))
    set_meta(tx, _MISSING, str(found.missing))


def _is_purged(reads: Reads, sha: str) -> bool:
    return bool(reads.rows("SELECT 1 FROM recording WHERE sha256 = ? AND state = 'purged'", sha))


def _remove(packets: Packets, sha: str) -> None:
    """A file that does not go now (Windows: somebody is reading it) goes at the next start."""
    try:
        packets.remove(sha)
    except OSError as error:
        log.warning("the packet %s… is not removed yet: %s", sha[:8], error.strerror)
