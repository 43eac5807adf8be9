"""A packet at the province: opened in memory, checked, and kept as it came, sealed.

The disk holds no clear biometrics and the row no NIK: whose a recording is, is a keyed digest (hub/persons.py
does so for orders), so that a second recording of one person is noticed. It is kept and flagged, since only
the centre can tell which of them is right. Each refusal is one word; the station keeps its packet then.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable
from hashlib import sha256

from domain import nik, packing, recorded_images
from domain.keys import CannotOpen, VerifyKey
from domain.packet import PACKET_BYTES_MAX, BadPacket, Part, Recording, due, info
from domain.recording import Status
from hub import ingest
from hub.clock import unix_ms
from hub.database import Database
from hub.home import Home
from hub.recordings.attested import attested
from sync.packet_files import PacketFiles

FOLDER = "recordings/kept"  # of the hub's home
DUPLICATE_PERSON = "DUPLICATE_PERSON"
ON_PAPER = "paper_signature"
"""The sitting's flag that the person was to sign on paper, and may not have: somebody looks at the sheet."""
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
    PACKET_CHANGED. Not in a transaction. Errors: OSError for the disk, Trouble for missing keys, DatabaseLost.
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
    for part in recording.parts:
        if word := recorded_images.refusal(part) or _unattested(part):
            return word
    if not _complete(recording):
        return "INCOMPLETE"
    if not recording.endorsed and ON_PAPER not in recording.flags:
        return "NOT_ENDORSED"
    try:
        nik.parse(recording.biodata.get("nik", ""))
    except ValueError:
        return "BAD_NIK"
    return None


def _unattested(part: Part) -> str | None:
    return None if attested(part) else "BAD_ATTESTATION"


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
        flags = list(told.flags)
        if db.one("SELECT 1 FROM recording WHERE person = ?", person):
            flags.append(DUPLICATE_PERSON)
        db.run(
            "INSERT INTO recording (id, station, sha256, size, person, received_ms, status, flags) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(told.id, told.station, sha, size, person, now_ms, str(Status.PROCESSING), json.dumps(flags)),
        )
    return None
