"""The station's home: one folder with everything this station is.

    loket.toml   configuration            keys/     the station's secrets and the hub's pins, 0600
    journal.db   the journal and its kin  lock      held by whoever writes the journal
    run/         the running agent's address and token
    sitting      held while somebody is recorded
    recordings/  sealed packets, which nobody here can open
    reserve      room kept back for the day the disk is full
    recordings/  sealed packets, until the province has had them for a day

The lock is an SQLite file held in an exclusive transaction: it works alike on Linux and Windows
and dies with the process that held it.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.config import Config, load
from agent.store import sqlite
from agent.store.journal import DISK_FULL, Journal, meta, stop_now
from agent.trouble import Trouble

RESERVE_BYTES = 16 << 20  # some thirty thousand journal lines
EPOCH_BITS = 63  # what a signed 64-bit column holds
_PIECE = 1 << 20
ROOM_TO_OPEN_BYTES = 1 << 20
LOOKED_OVER_BYTES_MAX = 500 << 20  # under a second on an office disk
_MISSING = "The journal is missing from {}; restore it before anything else."


class Busy(Trouble):
    """Somebody else holds the home's lock."""


class Home:
    """Where things lie. ``root`` need not exist yet."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config_path = root / "loket.toml"
        self.journal_path = root / "journal.db"
        self.keys_path = root / "keys"
        self.lock_path = root / "lock"
        self.run_path = root / "run"
        self.control_path = root / "run" / "control.json"
        self.reserve_path = root / "reserve"
        self.sitting_path = root / "sitting"
        self.recordings_path = root / "recordings"

    def config(self) -> Config:
        """The station's configuration. Raises Trouble."""
        return load(self.config_path)

    def reader(self) -> sqlite.Reader:
        """A read-only look at the journal. Raises Trouble, UnsafeSetup, OtherSchema."""
        self.config()
        try:
            return sqlite.Reader(self.journal_path)
        except FileNotFoundError:
            raise Trouble(
                f"The journal is missing from {self.root}; restore it before anything else."
            ) from None

    def unopened(self, error: Exception) -> Trouble:
        """Why the journal does not open, in one sentence: SQLite needs some room even to look."""
        if self.free_bytes() < ROOM_TO_OPEN_BYTES:
            return Trouble(DISK_FULL)
        return Trouble(f"{self.journal_path} cannot be opened ({error}); is its disk failing?")

    def free_bytes(self) -> int:
        """What the disk still holds."""
        return shutil.disk_usage(self.root).free

    @contextmanager
    def lock(self, wait_ms: int = 3000) -> Iterator[None]:
        """Be the one who writes, after ``wait_ms`` at most.

        Raises Busy if somebody else still is, and Trouble where there is no station.
        """
        self.config()
        held = sqlite.connect(self.lock_path)
        try:
            held.execute(f"PRAGMA busy_timeout = {wait_ms:d}")
            held.execute("PRAGMA journal_mode = MEMORY")  # a lock must not need room on a full disk
            held.execute("BEGIN EXCLUSIVE")
        except sqlite.Error as error:
            held.close()
            if not sqlite.is_busy(error):
                raise Trouble(f"{self.lock_path} cannot be used: {error}.") from error
            raise Busy(f"Another Loket is working at {self.root}; only one may write.") from None
        try:
            yield
        finally:
            held.close()


class Reserve:
    """Room on the disk that is given back when the journal finds none."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        self.path = path
        self.size = size

    def keep(self) -> bool:
        """Take the room if the disk has plenty (four times as much); whether it is held now."""
        if self.held():
            return True
        if shutil.disk_usage(self.path.parent).free < 4 * self.size:
            return False
        with suppress(OSError), self.path.open("wb") as file:
            for _ in range(self.size // _PIECE):
                file.write(bytes(_PIECE))  # real blocks: a sparse file keeps no room
            file.flush()
            os.fsync(file.fileno())
        return self.held()

    def held(self) -> bool:
        """Whether the room is there to be given back."""
        return self.path.exists() and self.path.stat().st_size >= self.size

    def give_back(self) -> bool:
        """Free the room; whether there was any."""
        there = self.path.exists()
        self.path.unlink(missing_ok=True)
        return there


def open_journal(
    home: Home,
    clock: Callable[[], int],
    *,
    epoch: int | None = None,
    on_broken: Callable[[str], None] = stop_now,
) -> Journal:
    """The journal for writing, with a new epoch; hold ``home.lock()`` around it.

    ``clock``: Unix milliseconds. Brings an older schema up to date first, in a child process.
    Raises Trouble, UnsafeSetup, OtherSchema.
    """
    reserve = Reserve(home.reserve_path)
    reserve.keep()
    try:
        _bring_up_to_date(home.journal_path, reserve)
        journal = Journal(
            home.journal_path,
            secrets.randbits(EPOCH_BITS) if epoch is None else epoch,
            clock,
            make_room=reserve.give_back,
            has_room=reserve.keep,
            on_broken=on_broken,
        )
    except FileNotFoundError:
        raise Trouble(_MISSING.format(home.root)) from None
    except sqlite.Error as error:
        raise home.unopened(error) from error
    _look_after_an_unclean_end(journal)
    return journal


def _look_after_an_unclean_end(journal: Journal) -> None:
    """Look the file over when the last run did not end in order. Raises Trouble if it is damaged."""
    if meta(journal, "stopped") != "unclean" or journal.path.stat().st_size > LOOKED_OVER_BYTES_MAX:
        return
    found = [row[0] for row in journal.rows("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        journal.close()
        raise Trouble(
            f"{journal.path} is damaged ({found[0]}); let nobody print here and call the technician."
        )


def _bring_up_to_date(path: Path, reserve: Reserve) -> None:
    """Open the journal once, with the reserve's room if the disk has none, and migrate an older schema."""
    try:
        sqlite.open_database(path).close()
    except sqlite.OtherSchema as error:
        if not 0 < error.version < sqlite.SCHEMA_VERSION:
            raise
        from agent.store.migrations import migrate_in_child

        migrate_in_child(path)
    except sqlite.Error:
        if not reserve.give_back():
            raise
        sqlite.open_database(path).close()
