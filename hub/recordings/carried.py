"""A sealed packet that comes as a file, from a station that cannot send it any more.

Its disk was put back from a copy, so that nothing more is believed of its journal; or it joined again under
another number; or this province was put back and has forgotten what it received. The packet is judged as any:
it opens here alone, under its own name, and the station it names has to have signed it.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from domain.packet import PACKET_BYTES_MAX
from domain.words import RefusedByRule
from hub.database import Database
from hub.home import Home, Trouble
from hub.order_log import Writer
from hub.recordings import book, keep, receipts


def take(db: Database, home: Home, recording: str, path: Path, writer: Writer) -> dict[str, Any]:
    """Keep it, and tell its station if that told of it: {recording, sha256, new}. The same again is not new.

    Raises Trouble for a file that cannot be read, RefusedByRule with the word why it cannot be kept.
    """
    try:
        with path.open("rb") as file:
            sealed = file.read(PACKET_BYTES_MAX + 1)
    except OSError as error:
        raise Trouble(f"{path.name} cannot be read: {error.strerror}.") from error
    station, sha = recording.removeprefix("R-").rpartition("-")[0], sha256(sealed).hexdigest()
    new = book.get(db, recording) is None
    try:
        word = keep.keep(db, home, station, recording, sealed, lambda: writer.now_ms)
    except OSError as error:
        raise Trouble(f"The packet cannot be stored: {error.strerror}.") from error
    if word:
        raise RefusedByRule(word)
    receipts.answer(db, station, sha, None, writer, again=new)
    return {"recording": recording, "sha256": sha, "new": new}
