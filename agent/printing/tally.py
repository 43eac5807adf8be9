"""Do the printer's counters tell of more than this station did? What nobody here knows of closes the lane.

The journal explains a printer's counters up to its last feed: one card more, and the panels of the print that
was intended with it; no panel, though, of a job that was found *untouched*, nor a card that never left the
feeder. Anything beyond was fed or printed by somebody else: a test card, another office's orders, or bytes of
a job that outlived its agent or its settling. It becomes one line, and nothing is fed on that printer until a
person has looked into the trays and said so (``looked``). A printer never met explains itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.stock import blanks
from agent.stock.losses import check_second
from agent.store.journal import Tx, body_of
from agent.store.sqlite import Reads
from domain.people import EVIDENCE
from domain.policy import KINDS
from drivers.card_printer import Snapshot

_LAST = (
    "SELECT seq, event, subject, body FROM journal WHERE (event = 'printer_looked' AND subject = ?1) OR "
    "(event = 'feed_intended' AND json_extract(body, '$.printer') = ?1) ORDER BY seq DESC LIMIT 1"
)
_INTENDED = (
    "SELECT body FROM journal WHERE seq > ? AND event = 'print_intended' AND subject = ? "
    "ORDER BY seq DESC LIMIT 1"
)
_UNDONE = (
    "SELECT body FROM journal WHERE seq > ? AND event = 'untouched' AND subject = ? ORDER BY seq DESC LIMIT 1"
)
_OPEN = "SELECT seq, subject, body FROM journal WHERE event = 'counters_moved' ORDER BY seq DESC LIMIT 1"
_LOOKED = "SELECT 1 FROM journal WHERE seq > ? AND event = 'printer_looked' AND subject = ?"
Counters = tuple[int, int]


def known(reads: Reads, serial: str) -> Counters | None:
    """The most cards and panels the journal explains at ``serial``; None where it never counted one."""
    found = reads.rows(_LAST, serial)
    if not found:
        return None
    seq, event, subject, body = found[0]
    told = body_of(body)
    if event == "printer_looked":
        return told["cards"], told["panels"]
    if told["before"]["cards"] is None or told["before"]["panels"] is None:
        return None
    fed, laid = _explained(reads, seq, subject)
    return told["before"]["cards"] + fed, told["before"]["panels"] + laid


def _explained(reads: Reads, seq: int, job: str) -> Counters:
    """The most cards and panels since the feed that line ``seq`` intended for ``job``.

    Evidence calls a job untouched where no counter moved, or where a strange card was ``seen`` at the
    station; a person may hold a blank that was fed. No panel was laid down either way.
    """
    undone = reads.rows(_UNDONE, seq, job)
    if undone:
        told = body_of(undone[0][0])
        return int(told["by"] != EVIDENCE or "seen" in told), 0
    intended = reads.rows(_INTENDED, seq, job)
    return 1, body_of(intended[0][0])["panels"] if intended else 0


def moved(reads: Reads, serial: str, now: Snapshot) -> bool:
    """Whether ``now`` tells of cards or panels that no job here knows of. Both counters must be there."""
    limit = known(reads, serial)
    if limit is None or now.cards is None or now.panels is None:
        return False
    return now.cards > limit[0] or now.panels > limit[1]


def note(tx: Tx, serial: str, now: Snapshot) -> None:
    """The line that tells of it; the same counters are told once."""
    limit, told = known(tx, serial), {"cards": now.cards, "panels": now.panels}
    found = tx.rows(_OPEN)
    if limit is None or (found and found[0][1] == serial and body_of(found[0][2])["now"] == told):
        return
    tx.note("counters_moved", serial, {"known": {"cards": limit[0], "panels": limit[1]}, "now": told})


def looked(
    tx: Tx, spoiled: Sequence[str], by: str | None = None, second: str | None = None
) -> dict[str, Any]:
    """A person has looked: the counters are as they should be, and these blanks are spoiled outside any job.

    Returns {printer, cards, panels, spoiled}; ``printer`` None when none waited for a look. Raises
    RefusedByRule BLANK_USED, BLANK_UNKNOWN for a blank that is not in stock here; SECOND_NEEDED,
    SECOND_IS_FIRST as for any blank that is spoiled.
    """
    for name in spoiled:
        kind = kind_in_stock(tx, name)
        check_second(tx, "spoiled", by, second, tx.at_ms)
        blanks.reject(tx, name, kind, "stray", by, second)
    found = tx.rows(_OPEN)
    if not found or tx.rows(_LOOKED, found[0][0], found[0][1]):
        return {"printer": None, "cards": None, "panels": None, "spoiled": list(spoiled)}
    _, serial, body = found[0]
    now = body_of(body)["now"]
    tx.note("printer_looked", serial, now)
    return {"printer": serial, **now, "spoiled": list(spoiled)}


def kind_in_stock(tx: Tx, name: str) -> str:
    """The kind of a blank in stock, or of the first that has unnamed ones left.

    Raises RefusedByRule BLANK_USED, BLANK_UNKNOWN.
    """
    found = tx.rows("SELECT kind FROM blank WHERE name = ?", name)
    kinds = [str(found[0][0])] if found else [kind for kind in KINDS if blanks.unnamed(tx, kind) > 0]
    kind = kinds[0] if kinds else KINDS[0]
    blanks.check(tx, name, kind)
    return kind
