"""A packet on a stick: what no line carries any more is kept all the same, and by no weaker rules."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from domain.keys import SigningKey
from domain.packet import PACKET_BYTES_MAX
from domain.words import SENTENCES
from hub import ingest, order_log
from hub.database import Database, open_database
from hub.home import Home
from hub.recordings import book, carried, keep, receipts
from hub.recordings.incoming import announced
from tests.unit.domain.recorded import ID, NIK, somebody
from tests.unit.hub.packets import COUNTS
from tests.unit.hub.stations import FakeStation
from tests.unit.hub.test_cli import Shell, shell
from tests.unit.hub.test_recordings import STATION, home, sealed, small, writer

__all__ = ["home", "shell", "small"]


def on_a_stick(folder: Path, data: bytes) -> Path:
    place = folder / f"{sha256(data).hexdigest()}.pkt"
    place.write_bytes(data)
    return place


def told(db: Database) -> list[tuple[str, str]]:
    lines = order_log.log_after(db, STATION.name, 0, 99)
    return [(line.event, line.subject) for line in lines if line.event.startswith("recording_re")]


def tell_of(db: Database, data: bytes) -> str:
    """The station's journal tells of the packet."""
    sha = sha256(data).hexdigest()
    station = FakeStation(STATION.name, sign=STATION.sign, journal=[])
    station.write(("recording_sealed", ID, {"sha256": sha, "size": len(data), **COUNTS})).send(db)
    assert announced(db, STATION.name, sha)
    return sha


def test_what_a_forked_station_sealed_is_kept_from_a_stick_once(
    small: Database, home: Home, tmp_path: Path
) -> None:
    ingest.forked(small, STATION.name)
    stick = on_a_stick(tmp_path, sealed(home, somebody()))
    done = [carried.take(small, home, ID, stick, writer(home)) for _ in range(2)]
    assert [each["new"] for each in done] == [True, False]
    assert [each.id for each in book.every(small)] == [ID]
    assert told(small) == [], "its journal never told of it here"


@pytest.mark.parametrize("before", [None, "BAD_NIK"])
def test_a_station_that_told_of_it_gets_its_receipt_even_after_a_no(
    small: Database, home: Home, tmp_path: Path, before: str | None
) -> None:
    data = sealed(home, somebody())
    sha = tell_of(small, data)
    if before:
        assert receipts.answer(small, STATION.name, sha, before, writer(home))
    for _ in range(2):
        carried.take(small, home, ID, on_a_stick(tmp_path, data), writer(home))
    assert told(small)[bool(before) :] == [("recording_received", ID)]


def bad(home: Home) -> list[tuple[str, str, bytes]]:
    whole = sealed(home, somebody())
    return [
        ("PACKET_UNOPENED", "R-64.11-1-7", whole),
        ("UNKNOWN_STATION", "R-64.11-2-000001", whole),
        ("UNKNOWN_STATION", "../../x", whole),
        ("PACKET_UNOPENED", ID, whole[:-1]),
        ("PACKET_UNOPENED", ID, b""),
        ("PACKET_LARGE", ID, bytes(PACKET_BYTES_MAX + 1)),
        ("BAD_PACKET_SIGNATURE", ID, sealed(home, somebody(), SigningKey.generate())),
    ]


def test_it_is_judged_like_one_that_came_over_the_line(two: tuple[Shell, Home], tmp_path: Path) -> None:
    station, province = two
    for word, id, data in bad(province):
        said = station("recordings", "take", id, str(on_a_stick(tmp_path, data)))
        assert (station.code, json.loads(said)) == (4, {"refused": word})
    assert station.json("recordings", "list") == []
    for place in (tmp_path / "nowhere", tmp_path / "file" / "below"):
        station("recordings", "take", ID, str(place))
        assert station.code == 1 and "cannot be read" in station.told
    done = station.json("recordings", "take", ID, str(on_a_stick(tmp_path, sealed(province, somebody()))))
    assert done["new"] and station.code == 0


@pytest.fixture
def two(shell: Shell) -> tuple[Shell, Home]:
    """A province that a station has joined."""
    db = open_database(str(shell.home / "hub.db"))
    STATION.join(db)
    db.close()
    return shell, Home(shell.home)


def test_a_packet_that_makes_the_reading_fail_ends_no_hub_and_is_kept_once_that_is_mended(
    small: Database,
    home: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    data = sealed(home, somebody())
    with monkeypatch.context() as patched:
        patched.setattr(zipfile.ZipFile, "infolist", lambda _self: [NIK][9])
        assert keep.keep(small, home, STATION.name, ID, data) == "PACKET_UNREADABLE"
    assert "IndexError" in caplog.text and NIK not in caplog.text and "PACKET_UNREADABLE" in SENTENCES
    assert book.every(small) == []
    assert carried.take(small, home, ID, on_a_stick(tmp_path, data), writer(home))["new"]
