"""Recordings that go to the centre: sealed to the centre's key, or in clear for a disk that people guard.

A file is on the disk, whole and with its name, before its recording is marked as sent; a crash in between
exports it once more under the same name. ``index.csv`` beside them tells recording and hash of each file,
and no person. A packet that cannot be read is told in the end and holds up no other.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from domain.keys import SealKey
from domain.packet import BadPacket, info
from domain.recording import Status
from domain.wita import day
from domain.words import RefusedByRule
from hub.database import Database
from hub.home import Home, Trouble
from hub.order_log import Writer
from hub.recordings import book
from hub.recordings.keep import files, opened
from hub.reports import stamp
from sync import disk

INDEX = "index.csv"
REHEARSAL = "rehearsal"
"""The sitting's flag that nobody was asked anything: such a packet goes to the centre only by its name."""
_UNSENT = (str(Status.BIO_CAPTURED), str(Status.PROCESSING))


def key_of(path: Path) -> SealKey:
    """The centre's public key in a file. Raises Trouble."""
    try:
        return SealKey(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise Trouble(f"{path.name} holds no public key to seal to.") from None


def export(
    db: Database, home: Home, out: Path, to: SealKey | None, writer: Writer, named: Collection[str] = ()
) -> list[dict[str, str]]:
    """Write every recording that was not sent yet, or those ``named``; {recording, file, sha256} of each.

    ``to`` None: in clear. Raises RefusedByRule UNKNOWN_RECORDING; Trouble for a folder that takes nothing (so
    none is sent), and for a packet that cannot be read (all others are sent).
    """
    kept = book.every(db)
    if unknown := set(named) - {each.id for each in kept}:
        raise RefusedByRule("UNKNOWN_RECORDING", min(unknown))
    due = [each for each in kept if (each.id in named if named else _unsent(each))]
    try:
        done, bad = _written(db, home, due, out, to)
    except OSError as error:
        raise Trouble(f"{out} takes no files: {error.strerror}; nothing is marked as sent.") from error
    at = stamp(writer.now_ms) or day(writer.now_ms)
    for told in done:
        book.apply(
            db, told["recording"], book.Answer(told["recording"], str(Status.SENT_FOR_ENROLLMENT), at), writer
        )
    if bad:
        raise Trouble(f"{len(done)} recordings are in {out}; {len(bad)} are not. {bad[0]}")
    return done


def _written(
    db: Database, home: Home, due: list[book.Kept], out: Path, to: SealKey | None
) -> tuple[list[dict[str, str]], list[str]]:
    """What is in ``out`` now, and a sentence for each packet that cannot be read. Errors: OSError."""
    done, bad = [], []
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in due:
        try:
            data = _data(db, home, each, to)
        except Trouble as trouble:
            bad.append(str(trouble))
            continue
        name = f"{each.id}.{'pkt' if to else 'zip'}"
        disk.put(out / name, data)
        done.append({"recording": each.id, "file": name, "sha256": sha256(data).hexdigest()})
    if done:
        disk.put(out / INDEX, _index(out / INDEX, done))
    return done, bad


def _index(path: Path, done: list[dict[str, str]]) -> bytes:
    """The lines of an earlier export into the same folder stay, but for files that were written anew."""
    before = path.read_text("ascii", "replace").splitlines()[1:] if path.exists() else []
    written = {told["file"] for told in done}
    rows = [row for row in before if written.isdisjoint(row.split(",")[1:2])]
    rows += [",".join((told["recording"], told["file"], told["sha256"])) for told in done]
    return "\n".join(["recording,file,sha256", *rows, ""]).encode()


def _unsent(kept: book.Kept) -> bool:
    return kept.status in _UNSENT and REHEARSAL not in kept.flags


def _data(db: Database, home: Home, kept: book.Kept, to: SealKey | None) -> bytes:
    """What goes to the centre: the station's signed packet. It is opened in memory alone."""
    try:
        sealed = files(home).read(kept.sha256, 0, kept.size)
        opened(db, home, kept.station, kept.id, sealed, kept=True)
    except FileNotFoundError:
        raise Trouble(f"The packet of {kept.id} is missing from {files(home).folder}.") from None
    except OSError as error:
        raise Trouble(f"The packet of {kept.id} cannot be read: {error.strerror}.") from error
    except BadPacket as bad:
        raise Trouble(f"The packet of {kept.id} does not open any more: {bad.word}.") from None
    packed = home.keys().open.open(sealed, info(kept.station, kept.id))
    return packed if to is None else to.seal(packed, centre_info(kept.id))


def centre_info(recording: str) -> bytes:
    """What a packet is bound to that is sealed to the centre."""
    return b"loket-centre/1|" + recording.encode()
