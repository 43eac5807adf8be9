"""What the stations told of and the province has not, and whether anybody will still send it."""

from __future__ import annotations

from hashlib import sha256

from hub.database import Database, open_database
from hub.home import Home
from hub.recordings import keep, receipts
from hub.recordings.incoming import announced
from hub.recordings.owed import owed
from tests.unit.domain.recorded import ID, somebody
from tests.unit.hub.packets import COUNTS
from tests.unit.hub.stations import FakeStation
from tests.unit.hub.test_cli import Shell, shell
from tests.unit.hub.test_recordings import STATION, home, sealed, small, writer

__all__ = ["home", "shell", "small"]


def told_of(data: bytes) -> FakeStation:
    """A station whose journal tells of the packet."""
    body = {"sha256": sha256(data).hexdigest(), "size": len(data), **COUNTS}
    return FakeStation(STATION.name, sign=STATION.sign, journal=[]).write(("recording_sealed", ID, body))


def words(db: Database, home: Home) -> list[tuple[str, str]]:
    return [(row["recording"], row["word"]) for row in owed(db, home)]


def test_a_packet_is_missing_until_it_is_kept_and_again_when_its_file_is_gone(
    small: Database, home: Home
) -> None:
    data = sealed(home, somebody())
    sha = sha256(data).hexdigest()
    assert words(small, home) == []
    told_of(data).send(small)
    row = {"recording": ID, "station": STATION.name, "sha256": sha, "size": len(data), "word": "COMING"}
    assert owed(small, home) == [row]
    assert keep.keep(small, home, STATION.name, ID, data) is None
    assert words(small, home) == []
    keep.files(home).remove(sha)
    assert words(small, home) == [(ID, "FILE_LOST")]


def test_a_refused_one_tells_its_word(small: Database, home: Home) -> None:
    data = sealed(home, somebody())
    sha = sha256(data).hexdigest()
    told_of(data).send(small)
    assert announced(small, STATION.name, sha)
    assert receipts.answer(small, STATION.name, sha, "BAD_NIK", writer(home))
    assert words(small, home) == [(ID, "BAD_NIK")]


def test_what_the_station_purged_and_nobody_kept_is_named(small: Database, home: Home) -> None:
    data = sealed(home, somebody())
    sha = sha256(data).hexdigest()
    station = told_of(data)
    station.write(("recording_receipted", ID, {"sha256": sha}), ("recording_purged", ID, {"sha256": sha}))
    station.send(small)
    assert words(small, home) == [(ID, "PURGED")]
    assert keep.keep(small, home, STATION.name, ID, data) is None
    assert words(small, home) == []


def test_another_packet_under_its_name_does_not_stand_for_it(small: Database, home: Home) -> None:
    assert keep.keep(small, home, STATION.name, ID, sealed(home, somebody())) is None
    told_of(b"another").send(small)
    assert words(small, home) == [(ID, "COMING")]


def test_a_line_this_program_cannot_read_is_no_packet(small: Database, home: Home) -> None:
    FakeStation(STATION.name, sign=STATION.sign, journal=[]).write(("recording_sealed", ID, {})).send(small)
    assert words(small, home) == []


def test_the_command_lists_them(shell: Shell) -> None:
    db = open_database(str(shell.home / "hub.db"))
    STATION.join(db)
    told_of(b"packet").send(db)
    db.close()
    assert [row["word"] for row in shell.json("recordings", "missing")] == ["COMING"]
    assert ID in shell("recordings", "missing") and shell.code == 0
