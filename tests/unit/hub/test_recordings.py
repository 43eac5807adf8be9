"""A packet at the province is opened, checked and kept as it came; its disk tells nobody whose it is."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain import packing
from domain.keys import OpenKey, SigningKey, order_bytes
from domain.packet import Recording, info
from domain.words import SENTENCES
from hub import ingest, order_log
from hub.database import Database
from hub.home import Config, Home
from hub.order_log import Writer
from hub.recordings import book, export, heads, keep
from hub.recordings.book import Answer
from tests.unit.domain.recorded import (
    ID,
    NAME,
    NIK,
    attestation,
    finger,
    part,
    picture,
    somebody,
    without,
)  # fmt: skip
from tests.unit.hub.stations import NOW_MS, FakeStation

STATION = FakeStation()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "hub")
    made.make(Config())
    return made


@pytest.fixture
def joined(db: Database) -> Iterator[Database]:
    STATION.join(db)
    yield db


def sealed(home: Home, recording: Recording, sign: SigningKey = STATION.sign) -> bytes:
    packed = packing.pack(recording, sign.sign)
    return home.keys().open.public().seal(packed, info(recording.station, recording.id))


def kept(db: Database, home: Home, recording: Recording, name: str = "") -> str | None:
    return keep.keep(db, home, STATION.name, name or recording.id, sealed(home, recording), lambda: NOW_MS)


def other(number: int, **changed: Any) -> Recording:
    return somebody(id=f"R-64.11-1-{number:06}", **changed)


def named(nik: str) -> dict[str, str]:
    return {"nik": nik, "name": NAME}


def writer(home: Home, now_ms: int = NOW_MS) -> Writer:
    return Writer(home.keys(), 5, now_ms)


def test_a_whole_packet_is_kept_as_it_came(joined: Database, home: Home) -> None:
    packet = sealed(home, somebody())
    assert keep.keep(joined, home, STATION.name, ID, packet, lambda: NOW_MS) is None
    (row,) = book.every(joined)
    assert (row.id, row.station, row.status, row.flags) == (ID, "64.11-1", "PROCESSING", ("outreach",))
    assert keep.files(home).read(row.sha256, 0, 1 << 20) == packet
    assert (home.root / "recordings" / "kept" / row.sha256[:2] / f"{row.sha256}.pkt").exists()


def test_the_same_packet_again_changes_nothing_and_another_of_its_name_is_refused(
    joined: Database, home: Home
) -> None:
    packet = sealed(home, somebody())
    for _ in range(2):
        assert keep.keep(joined, home, STATION.name, ID, packet, lambda: NOW_MS) is None
    assert kept(joined, home, somebody()) == "PACKET_CHANGED"  # sealed anew: other bytes
    assert len(book.every(joined)) == 1 and book.every(joined)[0].flags == ("outreach",)
    keep.files(home).remove(book.every(joined)[0].sha256)
    assert keep.keep(joined, home, STATION.name, ID, packet, lambda: NOW_MS) is None
    assert keep.files(home).size(book.every(joined)[0].sha256) == len(packet)


def test_a_second_recording_of_one_person_is_kept_and_flagged(joined: Database, home: Home) -> None:
    first, again, another = other(1), other(2), other(3, biodata=named("6411014503019002"))
    assert [kept(joined, home, each) for each in (first, again, another)] == [None] * 3
    assert [each.flags for each in book.every(joined)] == [
        ("outreach",), ("outreach", "DUPLICATE_PERSON"), ("outreach",),
    ]  # fmt: skip


@pytest.mark.attack
def test_neither_disk_nor_database_tells_whose_it_is(joined: Database, home: Home) -> None:
    whole = somebody()
    assert kept(joined, home, whole) is None
    assert kept(joined, home, other(2, biodata=named(NIK))) is None
    book.take(joined, [Answer(ID, "PRINT_READY_RECORD")], writer(home))
    heads.show(joined, home, book.every(joined)[0])
    record = whole.parts[0].record
    secrets = [NIK.encode(), NAME.encode(), record[60:90], b64encode(record)[80:120], b"bioValue"]
    tables = ("recording", "recording_answer", "recording_told", "order_log", "station", "event")
    for table in tables:
        everything = repr(joined.rows(f"SELECT * FROM {table}")).encode()  # noqa: S608
        assert not [secret for secret in secrets if secret in everything], table
    every = [path for path in home.root.parent.rglob("*") if path.is_file()]
    assert any(path.suffix == ".pkt" for path in every)
    for path in every:  # the embedded database and its log lie here too
        assert not [secret for secret in secrets if secret in path.read_bytes()], path
    assert NIK.encode() in packing.pack(whole, STATION.sign.sign)  # so that there was something to find


FINGER = somebody().parts[0]
OTHER_FINGER = finger(1, picture("x"))
BAD: list[tuple[str, Recording]] = [
    ("IMAGE_LOSSY", somebody(parts=(part(FINGER.modality, FINGER.part, finger(1, picture("x"), code=4)),))),
    ("BAD_ATTESTATION", somebody(parts=(replace(FINGER, attestation=b""),))),
    ("BAD_ATTESTATION", somebody(parts=(replace(FINGER, record=OTHER_FINGER),))),
    ("BAD_ATTESTATION", somebody(parts=(replace(FINGER, quality=99.0),))),
    ("INCOMPLETE", somebody(parts=somebody().parts[1:])),
    ("INCOMPLETE", somebody(parts=somebody().parts[:-1])),
    ("INCOMPLETE", replace(without(somebody(), "Left"), missing=())),
    ("INCOMPLETE", somebody(parts=somebody().parts[1:], missing=without(somebody(), "Right Thumb").missing)),
    ("INCOMPLETE", somebody(signature=None)),
    ("INCOMPLETE", somebody(signature={"width": 1, "height": 1, "dpi": 1, "strokes": []})),
    ("NOT_ENDORSED", somebody(endorsed=False)),
    ("BAD_NIK", somebody(biodata={"name": NAME})),
    ("BAD_NIK", somebody(biodata=named("6411019903019001"))),
    ("OTHER_RECORDING", other(2)),
    ("OTHER_RECORDING", somebody(station="64.11-2")),
    ("OTHER_RECORDING", somebody(id="R-64.11-2-000001")),
]  # fmt: skip


@pytest.mark.parametrize(("word", "recording"), BAD, ids=[word for word, _ in BAD])
def test_what_is_not_whole_is_refused_with_its_word(tmp_path: Path, word: str, recording: Recording) -> None:
    from hub import schema
    from hub.database import open_database

    home = Home(tmp_path / "hub")
    home.make(Config())
    db = open_database(str(tmp_path / "hub.db"))
    schema.create(db, now_ms=0)
    STATION.join(db)
    packed = packing.pack(recording, STATION.sign.sign)
    name = recording.id if word == "OTHER_RECORDING" and recording.id.startswith("R-64.11-2") else ID
    packet = home.keys().open.public().seal(packed, info(STATION.name, name))
    assert keep.keep(db, home, STATION.name, name, packet) == word
    assert word in SENTENCES
    assert book.every(db) == [] and not (home.root / "recordings").exists()
    db.close()


def test_a_device_s_word_about_another_part_or_purpose_is_refused(joined: Database, home: Home) -> None:
    held = FINGER.record
    for told in (
        {"bioSubType": "Left Thumb"},
        {"purpose": "Auth"},
        {"bioType": "Iris"},
        {"qualityScore": "x"},
    ):
        word = attestation(FINGER.modality, FINGER.part, held, 71.5, **told)
        assert keep.refusal(somebody(parts=(replace(FINGER, attestation=word),))) == "BAD_ATTESTATION"
    whole = json.loads(FINGER.attestation)
    for change in ({"header": whole["header"][:-4]}, {"signature": whole["signature"][:-4] + "AAAA"},
                   {"payload": whole["payload"] + " "}, {"payload": "[]"}, {"header": 1}):  # fmt: skip
        word = json.dumps(whole | change).encode()
        assert keep.refusal(somebody(parts=(replace(FINGER, attestation=word),))) == "BAD_ATTESTATION"


def test_who_lacks_a_finger_is_whole_with_a_photo_that_shows_it(joined: Database, home: Home) -> None:
    assert kept(joined, home, without(somebody(), "Right Thumb", "Left")) is None
    flagged = other(2, signature=None, endorsed=False, flags=("paper_signature",))
    assert kept(joined, home, flagged) is None


def test_only_the_station_that_joined_is_believed(joined: Database, home: Home) -> None:
    packet = sealed(home, somebody(), SigningKey.generate())
    assert keep.keep(joined, home, STATION.name, ID, packet) == "BAD_PACKET_SIGNATURE"
    assert keep.keep(joined, home, "64.02-1", ID, packet) == "UNKNOWN_STATION"
    assert keep.keep(joined, home, STATION.name, ID + "1", packet) == "PACKET_UNOPENED"
    assert keep.keep(joined, home, STATION.name, ID, packet[:-1]) == "PACKET_UNOPENED"
    foreign = OpenKey.generate().public().seal(b"x", info(STATION.name, ID))
    assert keep.keep(joined, home, STATION.name, ID, foreign) == "PACKET_UNOPENED"
    assert keep.keep(joined, home, STATION.name, ID, bytes((8 << 20) + 1)) == "PACKET_LARGE"
    nonsense = home.keys().open.public().seal(b"x", info(STATION.name, ID))
    assert keep.keep(joined, home, STATION.name, ID, nonsense) == "NOT_A_PACKET"


def told(db: Database) -> list[str]:
    return [str(line.body["status"]) for line in order_log.log_after(db, STATION.name, 0, 99)]


def test_the_centre_s_answers_are_taken_once_and_told_to_the_station(joined: Database, home: Home) -> None:
    kept(joined, home, somebody())
    answers = [Answer(ID, "SENT_FOR_ENROLLMENT"), Answer(ID, "PRINT_READY_RECORD", "2020-05-20")]
    assert book.take(joined, answers, writer(home)).to_json() == {
        "new": 2,
        "known": 0,
        "odd": [],
        "refused": [],
    }
    assert book.take(joined, answers, writer(home)).new == 0
    assert told(joined) == ["SENT_FOR_ENROLLMENT", "PRINT_READY_RECORD"]
    (line, _) = order_log.log_after(joined, STATION.name, 0, 99)
    assert (line.event, line.subject) == ("recording_status", ID)
    signature = b64decode(line.body["signature"])
    assert home.keys().sign.public().verify(signature, order_bytes(STATION.name, ID, dict(line.body)))
    station = ingest.station(joined, STATION.name)
    assert station is not None and station.order_head == 2


def test_an_answer_that_does_not_follow_is_kept_and_flagged(joined: Database, home: Home) -> None:
    kept(joined, home, somebody())
    answers = [Answer(ID, "CARD_ISSUED"), Answer(ID, "DUPLICATE_RECORD", "", 3)]
    done = book.take(joined, answers, writer(home))
    assert (done.new, done.odd) == (2, [{"recording": ID, "status": "DUPLICATE_RECORD", "line": 3}])
    assert book.every(joined)[0].flags == ("outreach", "STATUS_MOVE")
    assert [(each["status"], each["odd"]) for each in book.answers(joined, ID)] == [
        ("CARD_ISSUED", False), ("DUPLICATE_RECORD", True),
    ]  # fmt: skip
    assert told(joined) == ["CARD_ISSUED", "DUPLICATE_RECORD"]


def test_what_the_centre_cannot_have_meant_is_refused_without_repeating_a_nik(
    joined: Database, home: Home
) -> None:
    kept(joined, home, somebody())
    answers = [
        Answer(NIK, "PRINT_READY_RECORD", "", 2),
        Answer("R-9", "PRINT_READY_RECORD"),
        Answer(ID, "READY"),
    ]
    done = book.take(joined, answers, writer(home))
    assert [each["word"] for each in done.refused] == [
        "UNKNOWN_RECORDING",
        "UNKNOWN_RECORDING",
        "UNKNOWN_STATUS",
    ]
    assert NIK not in json.dumps(done.to_json()) and book.every(joined)[0].status == "PROCESSING"


def test_a_forked_station_is_told_nothing_and_the_answer_is_kept(joined: Database, home: Home) -> None:
    kept(joined, home, somebody())
    ingest.forked(joined, STATION.name)
    assert book.take(joined, [Answer(ID, "PRINT_READY_RECORD")], writer(home)).new == 1
    assert told(joined) == [] and book.every(joined)[0].status == "PRINT_READY_RECORD"
    joined.run("UPDATE station SET state = 'joined' WHERE station = ?", STATION.name)


def test_what_goes_to_the_centre_opens_with_the_centre_s_key_alone(
    joined: Database, home: Home, tmp_path: Path
) -> None:
    centre, out = OpenKey.generate(), tmp_path / "out"
    for number in (1, 2):
        kept(joined, home, other(number))
    kept(joined, home, other(3, flags=("rehearsal",)))
    done = export.export(joined, home, out, centre.public(), writer(home))
    assert sorted(path.name for path in out.iterdir()) == [
        "R-64.11-1-000001.pkt",
        "R-64.11-1-000002.pkt",
        "index.csv",
    ]
    data = (out / done[0]["file"]).read_bytes()
    packed = centre.open(data, export.centre_info(done[0]["recording"]))
    assert packing.unpack(packed, STATION.sign.public().verify).biodata["nik"] == NIK
    assert NIK.encode() not in data and NAME not in (out / "index.csv").read_text()
    assert [each.status for each in book.every(joined)] == ["SENT_FOR_ENROLLMENT"] * 2 + ["PROCESSING"]
    assert told(joined) == ["SENT_FOR_ENROLLMENT"] * 2
    assert export.export(joined, home, out, centre.public(), writer(home)) == []
    assert len(export.export(joined, home, out, None, writer(home), [other(1).id])) == 1
    assert packing.unpack((out / "R-64.11-1-000001.zip").read_bytes(), STATION.sign.public().verify)
    assert len(told(joined)) == 2


def test_heads_show_sizes_and_scores_and_no_person(joined: Database, home: Home) -> None:
    kept(joined, home, without(somebody(), "Left Thumb"))
    shown = heads.show(joined, home, book.every(joined)[0])
    thumb = shown["parts"][0]
    assert (thumb["part"], thumb["dpi"], thumb["stored"], thumb["quality"]) == (
        "Right Thumb",
        500.0,
        "jp2_lossless",
        71.5,
    )
    assert shown["missing"] == [{"part": "Left Thumb", "permanent": True}]
    assert thumb["captured_at"].startswith("2020-05-12T08:23:45")
    assert NIK not in json.dumps(shown) and NAME not in json.dumps(shown)
