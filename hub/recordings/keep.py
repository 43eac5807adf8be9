"""A packet at the province: opened in memory, checked, and kept as it came, sealed.

The disk holds no clear biometrics and the row no NIK: whose a recording is, is a keyed digest (hub/persons.py
does so for orders), so that a second recording of one person is noticed. It is kept and flagged, since only
the centre can tell which of them is right. So is one whose devices tell another time than the sitting does,
for the station compared theirs with the province's, and the sitting's is that of a PC that may be days off.
Each refusal is one word; the station keeps its packet then.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable
from hashlib import sha256

from domain import nik, packing, people, recorded_images
from domain.keys import CannotOpen, VerifyKey
from domain.packet import (
    CLERKS_FINGER_OVERRIDDEN,
    MISMATCH_OVERRIDDEN,
    ON_PAPER,
    PACKET_BYTES_MAX,
    BadPacket,
    Rechecked,
    Recording,
    due,
    info,
    transaction,
)
from domain.recording import Status
from hub import ingest
from hub.clock import unix_ms
from hub.database import Database
from hub.home import Home
from hub.recordings.attested import Word, attested, forked, gaps
from sync.packet_files import PacketFiles

FOLDER = "recordings/kept"  # of the hub's home
DUPLICATE_PERSON = "DUPLICATE_PERSON"
OVERRIDDEN = frozenset({MISMATCH_OVERRIDDEN, CLERKS_FINGER_OVERRIDDEN})
DEVICE_TIME, DEVICE_CHAIN = "DEVICE_TIME", "DEVICE_CHAIN"
CLOCK_MS = 5 * 60_000  # as a scanner's clock may differ at the station
ODD_ANSWER = "STATUS_MOVE"
UNREADABLE = "PACKET_UNREADABLE"
_UNFORESEEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

log = logging.getLogger("loket.hub.recordings")


def files(home: Home) -> PacketFiles:
    """Where the kept packets lie."""
    return PacketFiles(home.root / FOLDER)


def keep(
    db: Database,
    home: Home,
    station: str,
    recording_id: str,
    sealed: bytes,
    now_ms: Callable[[], int] = unix_ms,
) -> str | None:
    """Keep a sealed packet of ``station``; None once it is there for good, or the word why it never will be.

    The same packet told again is kept once, and not judged anew; another under the same name is
    PACKET_CHANGED. Not in a transaction. Errors: OSError for the disk, Trouble for missing keys,
    DatabaseLost.
    """
    sha = sha256(sealed).hexdigest()
    known = db.one("SELECT sha256 FROM recording WHERE id = ?", recording_id)
    if known is not None and known[0] != sha:
        return "PACKET_CHANGED"
    if known is not None:  # these very bytes were judged when they came; their file may be gone since
        if files(home).size(sha) != len(sealed):
            files(home).put(sealed)
        return None
    try:
        recording = opened(db, home, station, recording_id, sealed)
        word = refusal(recording)
    except BadPacket as bad:
        return bad.word
    except _UNFORESEEN as error:  # of this packet alone: it must not end the hub, now and at every start
        log.error("a packet of %s makes its reading fail: %s", station, type(error).__name__)
        return UNREADABLE
    if word:
        return word
    files(home).put(sealed)
    return _book(db, home, recording, sha, len(sealed), now_ms())


def opened(
    db: Database, home: Home, station: str, recording_id: str, sealed: bytes, *, kept: bool = False
) -> Recording:
    """What is in a sealed packet of ``station``; ``kept``: it was judged when it came.

    Raises BadPacket: the words of domain/packing.py beside UNKNOWN_STATION, PACKET_LARGE, PACKET_UNOPENED and
    OTHER_RECORDING.
    """
    held = ingest.station(db, station)
    if held is None or held.sign_key is None:
        raise BadPacket("UNKNOWN_STATION")
    if len(sealed) > PACKET_BYTES_MAX:
        raise BadPacket("PACKET_LARGE")
    try:
        packed = home.keys().open.open(sealed, info(station, recording_id))
    except CannotOpen:
        raise BadPacket("PACKET_UNOPENED") from None
    recording = packing.unpack(packed, VerifyKey(held.sign_key).verify, kept=kept)
    if (recording.id, recording.station) != (recording_id, station):
        raise BadPacket("OTHER_RECORDING")
    if not recording_id.startswith(f"R-{station}-"):
        raise BadPacket("OTHER_RECORDING")
    return recording


def refusal(recording: Recording) -> str | None:
    """The first word that speaks against keeping it; None when it is whole."""
    if "-" in recording.id.removeprefix(f"R-{recording.station}-"):
        return "OTHER_RECORDING"  # no station names one so, and it would be another's transaction
    for part in recording.parts:
        if word := recorded_images.refusal(part):
            return word
    words = _words(recording)
    if len(words) != len(recording.parts) or forked(words):
        return "BAD_ATTESTATION"
    if not _complete(recording):
        return "INCOMPLETE"
    if not recording.endorsed and ON_PAPER not in recording.flags:
        return "NOT_ENDORSED"
    if _needs_second(recording) and not _two(recording):
        return "SECOND_NEEDED"
    try:
        nik.parse(recording.biodata.get("nik", ""))
    except ValueError:
        return "BAD_NIK"
    return None


def doubts(recording: Recording) -> list[str]:
    """What somebody should look at in one that is kept: DEVICE_TIME, DEVICE_CHAIN.

    Where every part was taken at once no capture is missing in the chain, unless one was thrown away.
    """
    words = _words(recording)
    earliest_ms, latest_ms = recording.begun_ms - CLOCK_MS, recording.ended_ms + CLOCK_MS
    found = []
    if any(not earliest_ms <= word.at_ms <= latest_ms for word in words):
        found.append(DEVICE_TIME)
    if all(part.attempts == 1 for part in recording.parts) and gaps(words):
        found.append(DEVICE_CHAIN)
    return found


def _words(recording: Recording) -> list[Word]:
    """Those of its devices' words that are about it."""
    told = [attested(part, transaction(recording.id)) for part in recording.parts]
    return [word for word in told if word is not None]


def _needs_second(recording: Recording) -> bool:
    """Whether a station asks a second person: a part is missing, or what the devices said was overridden."""
    overridden = recording.rechecked is Rechecked.MISMATCH or not OVERRIDDEN.isdisjoint(recording.flags)
    return bool(recording.missing) or overridden


def _two(recording: Recording) -> bool:
    by, second = recording.staff["by"], recording.staff["second"]
    return bool(by and second and not people.same(by, second))


def _complete(recording: Recording) -> bool:
    """Whether every part is there or told as missing, missing fingers are shown, and it is signed."""
    there = {(part.modality, part.part) for part in recording.parts}
    signed = recording.signature is not None and bool(recording.signature["strokes"])
    return there.issuperset(due(recording.missing)) and (signed or ON_PAPER in recording.flags)


def person_of(home: Home, recording: Recording) -> bytes:
    """A digest that two recordings share if they are of one person; it tells no NIK."""
    told = f"recorded\n{recording.biodata['nik']}".encode()
    return hmac.digest(home.keys().content, told, "sha256")


def _book(db: Database, home: Home, told: Recording, sha: str, size: int, now_ms: int) -> str | None:
    """The row, in one commit with the look for another recording of the same person."""
    person = person_of(home, told)
    with db.transaction():
        # the station's row is held, so that two packets of one name are not booked at a time
        db.locked("SELECT station FROM station WHERE station = ?", told.station)
        known = db.one("SELECT sha256 FROM recording WHERE id = ?", told.id)
        if known is not None:
            return None if known[0] == sha else "PACKET_CHANGED"
        flags = list(dict.fromkeys([*told.flags, *doubts(told)]))
        if db.one("SELECT 1 FROM recording WHERE person = ?", person):
            flags.append(DUPLICATE_PERSON)
        db.run(
            "INSERT INTO recording (id, station, sha256, size, person, received_ms, status, flags) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(told.id, told.station, sha, size, person, now_ms, str(Status.PROCESSING), json.dumps(flags)),
        )
    return None
