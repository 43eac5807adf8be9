"""What the devices signed has to be about this very sitting: its transaction, its time, its chain."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from domain import packing
from domain.keys import canonical
from domain.packet import FINGERS, IRISES, Rechecked, Recording, info
from domain.words import SENTENCES
from hub.database import Database
from hub.home import Home
from hub.recordings import book, export, heads, keep
from tests.unit.domain.recorded import DAY_MS, NAME, NIK, part, parts, somebody, taken, without
from tests.unit.hub.stations import NOW_MS
from tests.unit.hub.test_recordings import STATION, home, joined, kept, small, writer

__all__ = ["home", "joined", "small"]

FIRST, OTHER = "R-64.11-1-1.3f04", "R-64.11-1-77.beef"
DAY = 86_400_000


def flags(db: Database) -> tuple[str, ...]:
    (row,) = book.every(db)
    return row.flags


def told_otherwise(**told: Any) -> Recording:
    """A sitting whose devices tell something else of the first finger."""
    first, *rest = parts()
    return somebody(parts=(part(first.modality, first.part, first.record, **told), *rest))


def hashed(hash: str) -> Recording:
    first, *rest = parts()
    word = json.dumps(json.loads(first.attestation) | {"hash": hash}).encode()
    return somebody(parts=(replace(first, attestation=word), *rest))


@pytest.mark.attack
def test_parts_of_another_sitting_under_another_name_nik_and_day_are_refused(
    joined: Database, home: Home
) -> None:
    assert kept(joined, home, somebody(id=FIRST)) is None
    begun_ms = DAY_MS - 400 * DAY
    forged = somebody(
        id=OTHER,
        parts=parts(id=FIRST),
        biodata={"nik": "6411014503019002", "name": NAME},
        begun_ms=begun_ms,
        ended_ms=begun_ms + 240_000,
    )
    assert kept(joined, home, forged) == "BAD_ATTESTATION"
    one = somebody(id=OTHER)
    mixed = replace(one, parts=(parts(id=FIRST)[0], *one.parts[1:]))
    assert kept(joined, home, mixed) == "BAD_ATTESTATION"
    assert [row.id for row in book.every(joined)] == [FIRST]


@pytest.mark.attack
def test_a_name_that_would_be_another_s_transaction_is_no_recording_s(small: Database, home: Home) -> None:
    assert kept(small, home, somebody(id=FIRST.replace(".3f04", "-3f04"))) == "OTHER_RECORDING"


@pytest.mark.parametrize(
    ("timestamp", "flagged"),
    [
        ("2010-05-12T00:23:45Z", True),
        ("2020-05-12T00:18:44Z", True),
        ("2020-05-12T00:18:46Z", False),
        ("2020-05-12T08:32:44.5+08:00", False),
        ("2020-05-12T00:32:46Z", True),
        ("2030-01-01T00:00:00Z", True),
    ],
)
def test_devices_that_tell_another_time_than_the_sitting_are_flagged(
    small: Database, home: Home, timestamp: str, flagged: bool
) -> None:
    assert kept(small, home, told_otherwise(timestamp=timestamp)) is None
    assert (keep.DEVICE_TIME in flags(small)) == flagged


@pytest.mark.parametrize(
    "bad",
    [
        told_otherwise(timestamp="yesterday"),
        told_otherwise(timestamp="2020-05-12T00:23:45"),  # of no zone
        told_otherwise(timestamp=""),
        told_otherwise(timestamp=20200512),
        told_otherwise(transactionId=""),
        told_otherwise(transactionId=["R-64-11-1-000001"]),
        hashed(""),
        hashed("A" * 100_000),
        hashed("zz" * 32),
        hashed(" " + "a" * 63),
    ],
)
def test_a_word_without_a_time_a_transaction_or_a_hash_is_none(bad: Recording) -> None:
    assert keep.refusal(bad) == "BAD_ATTESTATION"


@pytest.mark.attack
def test_no_two_captures_hang_on_one() -> None:
    whole = somebody()
    again = taken(whole.parts[1:2])  # a first capture, beside the one that is there
    assert keep.refusal(replace(whole, parts=(whole.parts[0], *again, *whole.parts[2:]))) == "BAD_ATTESTATION"


def test_a_capture_that_the_chain_lacks_is_flagged_where_nothing_was_tried_again() -> None:
    whole = somebody()
    dropped = taken((*whole.parts[:3], parts("budi")[3], *whole.parts[3:]))
    gone = replace(whole, parts=dropped[:3] + dropped[4:])
    assert keep.refusal(gone) is None and keep.doubts(gone) == [keep.DEVICE_CHAIN]
    twice = replace(gone, parts=tuple(replace(each, attempts=2) for each in gone.parts))
    assert keep.refusal(twice) is None and keep.doubts(twice) == []
    mixed = replace(whole, parts=tuple(reversed(whole.parts)))
    assert keep.refusal(mixed) is None and keep.doubts(mixed) == []


@pytest.mark.parametrize(
    "whole",
    [
        without(somebody(), *FINGERS, *IRISES),
        without(somebody(), "Left"),
        somebody(rechecked=Rechecked.MISMATCH),
        somebody(flags=("mismatch_overridden",)),
        somebody(flags=("clerks_finger_overridden",)),
    ],
)
def test_what_a_station_asks_a_second_person_for_is_not_kept_without_one(whole: Recording) -> None:
    for by, second in (("ani", None), (None, "budi"), ("ani", "Ani."), (None, None)):
        told = replace(whole, staff={"by": by, "second": second})
        assert keep.refusal(told) == "SECOND_NEEDED"
    assert keep.refusal(replace(whole, staff={"by": "ani", "second": "budi"})) is None
    assert "SECOND_NEEDED" in SENTENCES


def respelled(home: Home, recording: Recording) -> bytes:
    """The station's packet of the same parts, with an empty line in its document."""
    held = packing._unzip(packing.pack(recording, STATION.sign.sign))
    name = "biometrics.xml"
    held[name] = held[name].replace(b"<others>", b"\n<others>")
    told = json.loads(held[packing.MANIFEST])
    told["members"][name] = {"size": len(held[name]), "sha256": sha256(held[name]).hexdigest()}
    held[packing.MANIFEST] = canonical(told)
    held[packing.SIGNED] = STATION.sign.sign(packing._signed(held[packing.MANIFEST]))
    return home.keys().open.public().seal(packing._zip(held), info(recording.station, recording.id))


@pytest.mark.attack
def test_a_document_that_holds_more_than_its_parts_is_not_kept(small: Database, home: Home) -> None:
    assert keep.keep(small, home, STATION.name, FIRST, respelled(home, somebody(id=FIRST))) == "BAD_XML"


def test_what_was_kept_by_earlier_rules_opens_goes_out_and_its_file_is_put_back(
    small: Database, home: Home, tmp_path: Path
) -> None:
    packet = respelled(home, somebody(id=OTHER, parts=parts(id=FIRST)))
    sha = sha256(packet).hexdigest()
    small.run(
        "INSERT INTO recording (id, station, sha256, size, person, received_ms, status, flags) "
        "VALUES (?, ?, ?, ?, ?, ?, 'PROCESSING', '[]')",
        *(OTHER, STATION.name, sha, len(packet), b"somebody", NOW_MS),
    )
    for _ in range(2):
        assert keep.keep(small, home, STATION.name, OTHER, packet) is None
        assert keep.files(home).size(sha) == len(packet)
    (row,) = book.every(small)
    told = heads.show(small, home, row)
    assert row.flags == () and len(told["parts"]) == 13 and NIK not in str(told)
    (out,) = export.export(small, home, tmp_path / "out", None, writer(home))
    assert out["recording"] == OTHER and (tmp_path / "out" / out["file"]).exists()
