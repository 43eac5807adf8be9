"""The tag that a card bears of its attempt, and which tags on a blank are nobody else's.

The tag is an idempotency key inside the object: written before any ink, it says for good which attempt this
card was taken for. It only ever speaks against a card, never for one: a name and counters must fit as
well. A blank may be tagged anew where this station's own journal tells of the tag it bears and of the job
that let go of it; any other tag makes it a strange card.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from agent.printing.jobs import Job
from agent.printing.recovery import Worn
from agent.store.sqlite import Reads
from drivers.chip import ATTEMPT_BYTES, Tag

OTHER_TAG = "CHIP_OTHER"  # the refusal word for a card that bears another attempt's tag
_KNOWN = (
    "SELECT 1 FROM journal WHERE event = 'chip_intended' AND json_extract(body, '$.blank') = ?1 "
    "AND (?2 = '' OR json_extract(body, '$.tag') = ?2) LIMIT 1"
)


def attempt_of(job: str) -> bytes:
    """The attempt's half of its tag, 16 bytes."""
    return sha256(job.encode()).digest()[:ATTEMPT_BYTES]


def tag_of(job: str, artefact: str) -> Tag:
    """The tag of a job's card. ``artefact``: SHA-256 of its panels, hex. Raises ValueError for another."""
    return Tag(attempt_of(job), bytes.fromhex(artefact))


def told(tag: Tag) -> str:
    """A tag as the journal writes it: hex, attempt first."""
    return (tag.attempt + tag.artefact).hex()


def read(text: str) -> Tag:
    """The tag that ``told`` wrote. Raises ValueError."""
    data = bytes.fromhex(text)
    return Tag(data[:ATTEMPT_BYTES], data[ATTEMPT_BYTES:])


def worn(job: str, tag: Tag | None) -> Worn:
    """What a tag that was read is to the attempt ``job``."""
    if tag is None:
        return Worn.NOTHING
    return Worn.OURS if tag.attempt == attempt_of(job) else Worn.OTHER


def is_strange(reads: Reads, job: str, blank: str, tag: Tag | None, *, torn: bool) -> bool:
    """Whether what the blank bears was written by nobody here. The blank itself must be free already."""
    if not torn and worn(job, tag) in (Worn.NOTHING, Worn.OURS):
        return False
    return not reads.rows(_KNOWN, blank, "" if tag is None else told(tag))


def is_other(job: Job, tag: Tag | None) -> bool:
    """Whether the card in somebody's hand cannot be ``job``'s by what its chip says.

    A card without a tag is: unless this attempt's was written to it and read back.
    """
    if tag is None:
        return job.chip == "written"
    return job.artefact is None or told(tag) != told(tag_of(job.id, job.artefact))


def line(blank: str, kind: str, tag: Tag) -> dict[str, Any]:
    """What the journal says of a tag that is written."""
    return {"blank": blank, "kind": kind, "tag": told(tag)}
