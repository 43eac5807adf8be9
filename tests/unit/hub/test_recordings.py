"""A packet at the province is opened, checked and kept as it came; its disk tells nobody whose it is."""

from __future__ import annotations

import json
import struct
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from domain import packing
from domain.keys import OpenKey, SigningKey, canonical
from domain.packet import BadPacket, Recording, info, transaction
from domain.packet_form import TIME_MAX
from domain.words import SENTENCES
from hub import schema
from hub.database import Database, open_database
from hub.home import Config, Home
from hub.order_log import Writer
from hub.recordings import book, heads, keep
from hub.recordings.attested import attested
from hub.recordings.book import Answer
from tests.unit.domain.recorded import (
    ID,
    NAME,
    NIK,
    attestation,
    device,
    finger,
    part,
    picture,
    somebody,
    url64,
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


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Database]:
    """The embedded engine alone: what is asked here is no matter of SQL."""
    db = open_database(str(tmp_path / "hub.db"))
    schema.create(db, now_ms=0)
    STATION.join(db)
    yield db
    db.close()


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
    assert len(list((home.root / "recordings").rglob("*.pkt"))) == 1
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
def test_what_is_not_whole_is_refused_with_its_word(
    small: Database, home: Home, word: str, recording: Recording
) -> None:
    packed = packing.pack(recording, STATION.sign.sign)
    name = recording.id if word == "OTHER_RECORDING" and recording.id.startswith("R-64.11-2") else ID
    packet = home.keys().open.public().seal(packed, info(STATION.name, name))
    assert keep.keep(small, home, STATION.name, name, packet) == word
    assert word in SENTENCES
    assert book.every(small) == [] and not (home.root / "recordings").exists()


def test_a_device_s_word_about_another_part_or_purpose_is_refused() -> None:
    held = FINGER.record
    for told in (
        {"bioSubType": "Left Thumb"},
        {"purpose": "Auth"},
        {"bioType": "Iris"},
        {"qualityScore": "x"},
    ):
        word = attestation(FINGER.modality, FINGER.part, held, 71.5, **told)
        assert keep.refusal(somebody(parts=(replace(FINGER, attestation=word),))) == "BAD_ATTESTATION"
    for alg in ("RS512", "none"):
        word = attestation(FINGER.modality, FINGER.part, held, 71.5, alg)
        assert keep.refusal(somebody(parts=(replace(FINGER, attestation=word),))) == "BAD_ATTESTATION"
    whole = json.loads(FINGER.attestation)
    for change in ({"header": whole["header"][:-4]}, {"signature": whole["signature"][:-4] + "AAAA"},
                   {"payload": whole["payload"] + " "}, {"payload": "[]"}, {"header": 1},
                   {"header": headed([])}, {"header": headed([later_certificate()])}):  # fmt: skip
        word = json.dumps(whole | change).encode()
        assert keep.refusal(somebody(parts=(replace(FINGER, attestation=word),))) == "BAD_ATTESTATION"


def headed(chain: list[str]) -> str:
    return url64(canonical({"alg": "RS256", "x5c": chain}))


def later_certificate() -> str:
    """The scanner's, of a version that nobody has defined."""
    held = bytearray(device()[1])
    held[held.index(bytes.fromhex("a003020102")) + 4] = 9
    return b64encode(held).decode()


@pytest.mark.attack
def test_a_device_s_word_that_is_signed_and_absurd_is_refused_at_once() -> None:
    key, certificate = device()
    header = headed([b64encode(certificate).decode()])
    about = '"bioType":"Finger","bioSubType":"Right Thumb","purpose":"Registration","bioValue":"<bioValue>"'
    about += f',"transactionId":"{transaction(ID)}","timestamp":"2020-05-12T00:23:45Z"'
    for score, other in (("71.5", ""), ("1" + "0" * 400, ""), ("1e999", ""), ("71.5", ',"x":"<bioValue>"')):
        payload = f'{{{about},"qualityScore":{score}{other}}}'
        whole = url64(payload.replace("<bioValue>", url64(FINGER.record)).encode())
        signature = url64(key.sign(f"{header}.{whole}".encode(), PKCS1v15(), SHA256()))
        word = canonical({"header": header, "payload": payload, "signature": signature, "hash": "0" * 64})
        fine = (score, other) == ("71.5", "")
        assert (attested(replace(FINGER, attestation=word), transaction(ID)) is not None) == fine, (
            score,
            other,
        )


@pytest.mark.attack
def test_a_payload_that_names_the_record_a_million_times_takes_no_memory() -> None:
    word = canonical({"header": "", "payload": "<bioValue>" * 100_000, "signature": "", "hash": "0" * 64})
    tracemalloc.start()
    try:
        assert attested(replace(FINGER, attestation=word), transaction(ID)) is None
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_the_last_day_that_a_recording_may_tell_can_be_shown(small: Database, home: Home) -> None:
    held = bytearray(FINGER.record)
    held[20:29] = struct.pack(">HBBBBBH", 9999, 12, 31, 23, 59, 59, 999)
    late = part(FINGER.modality, FINGER.part, bytes(held))
    whole = somebody(begun_ms=TIME_MAX, ended_ms=TIME_MAX, parts=(late, *somebody().parts[1:]))
    assert kept(small, home, whole) is None
    told = heads.show(small, home, book.every(small)[0])
    assert told["begun_at"].startswith("9999-12-31") and told["parts"][0]["captured_at"] is None
    with pytest.raises(BadPacket, match="BAD_MANIFEST"):
        packing.pack(replace(whole, ended_ms=TIME_MAX + 1), STATION.sign.sign)


def test_who_lacks_a_finger_is_whole_with_a_photo_that_shows_it(small: Database, home: Home) -> None:
    assert kept(small, home, without(somebody(), "Right Thumb", "Left")) is None
    flagged = other(2, signature=None, endorsed=False, flags=("paper_signature",))
    assert kept(small, home, flagged) is None


def test_only_the_station_that_joined_is_believed(small: Database, home: Home) -> None:
    packet = sealed(home, somebody(), SigningKey.generate())
    assert keep.keep(small, home, STATION.name, ID, packet) == "BAD_PACKET_SIGNATURE"
    assert keep.keep(small, home, "64.02-1", ID, packet) == "UNKNOWN_STATION"
    assert keep.keep(small, home, STATION.name, ID + "1", packet) == "PACKET_UNOPENED"
    assert keep.keep(small, home, STATION.name, ID, packet[:-1]) == "PACKET_UNOPENED"
    foreign = OpenKey.generate().public().seal(b"x", info(STATION.name, ID))
    assert keep.keep(small, home, STATION.name, ID, foreign) == "PACKET_UNOPENED"
    assert keep.keep(small, home, STATION.name, ID, bytes((8 << 20) + 1)) == "PACKET_LARGE"
    nonsense = home.keys().open.public().seal(b"x", info(STATION.name, ID))
    assert keep.keep(small, home, STATION.name, ID, nonsense) == "NOT_A_PACKET"
