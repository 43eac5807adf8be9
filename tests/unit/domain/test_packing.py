"""A packet: one byte string for one recording, and nothing that is changed, hidden or too large gets out."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import packing
from domain.keys import CannotOpen, OpenKey, SigningKey, canonical
from domain.packet import PACKET_BYTES_MAX, BadPacket, Missing, Modality, Rechecked, Recording, info
from tests.unit.domain.recorded import ID, NAME, NIK, STATION, finger, part, picture, somebody, without

KEY = SigningKey.generate()
SOMEBODY = somebody()
PACKED = packing.pack(SOMEBODY, KEY.sign)
STROKES = SOMEBODY.signature or {}
SIZE = float(len(canonical(dict(SOMEBODY.biodata))))  # the same number in another spelling


def members(packed: bytes = PACKED) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(held: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    return packing._zip(held) if method == zipfile.ZIP_STORED else compressed(held, method)


def compressed(held: dict[str, bytes], method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, data in held.items():
            packed.writestr(name, data)
    return out.getvalue()


def word(packed: bytes) -> str:
    with pytest.raises(BadPacket) as refused:
        packing.unpack(packed, KEY.public().verify)
    return refused.value.word


def signed_anew(change: Callable[[dict[str, Any]], None], **replaced: bytes) -> bytes:
    """The packet of a station that signs nonsense: members replaced, manifest changed, hashes right."""
    held = members() | {name.replace("_", "."): data for name, data in replaced.items()}
    manifest = json.loads(held["manifest.json"])
    for name in packing.MEMBERS:
        from hashlib import sha256

        manifest["members"][name] = {"size": len(held[name]), "sha256": sha256(held[name]).hexdigest()}
    change(manifest)
    held["manifest.json"] = canonical(manifest)
    held["manifest.sig"] = KEY.sign(packing._signed(held["manifest.json"]))
    return zipped(held)


def no_change(_manifest: dict[str, Any]) -> None:
    return


def test_a_recording_comes_back_as_it_was() -> None:
    assert packing.unpack(PACKED, KEY.public().verify) == SOMEBODY
    maimed = replace(without(SOMEBODY, "Left Thumb", "Right"), signature=None, flags=(), devices=())
    maimed = replace(maimed, staff={"by": None, "second": None})
    assert packing.unpack(packing.pack(maimed, KEY.sign), KEY.public().verify) == maimed


def test_the_same_recording_is_the_same_bytes() -> None:
    assert packing.pack(somebody(), KEY.sign) == PACKED


def test_any_zip_tool_reads_it() -> None:
    assert list(members()) == [
        "manifest.json",
        "manifest.sig",
        "biodata.json",
        "biometrics.xml",
        "signature.json",
    ]
    assert json.loads(members()["biodata.json"])["nik"] == NIK


def test_the_manifest_names_no_person() -> None:
    assert NIK.encode() not in members()["manifest.json"] and NAME.encode() not in members()["manifest.json"]
    assert NIK not in repr(SOMEBODY) and NAME not in repr(SOMEBODY) and len(repr(SOMEBODY)) < 4000


def test_it_opens_for_the_one_it_was_sealed_to_and_under_its_own_name_alone() -> None:
    hub, other = OpenKey.generate(), OpenKey.generate()
    sealed = hub.public().seal(PACKED, info(STATION, ID))
    assert hub.open(sealed, info(STATION, ID)) == PACKED
    assert NIK.encode() not in sealed
    for key, about in (
        (other, info(STATION, ID)),
        (hub, info("64.11-2", ID)),
        (hub, info(STATION, ID + "1")),
    ):
        with pytest.raises(CannotOpen):
            key.open(sealed, about)


def test_another_station_s_signature_is_refused() -> None:
    assert word(packing.pack(SOMEBODY, SigningKey.generate().sign)) == "BAD_PACKET_SIGNATURE"


@pytest.mark.parametrize("name", packing.MEMBERS)
def test_a_member_that_was_changed_is_noticed(name: str) -> None:
    held = members()
    assert word(zipped(held | {name: held[name] + b" "})) == "PACKET_HASH"


def test_nothing_hides_in_a_packet() -> None:
    held = members()
    assert word(PACKED + b"x") == word(b"x" + PACKED) == "NOT_A_PACKET"
    assert word(zipped(held | {"more": b"x"})) == "NOT_A_PACKET"
    assert word(zipped(dict(reversed(held.items())))) == "NOT_A_PACKET"
    assert (
        word(zipped({name: data for name, data in held.items() if name != "signature.json"}))
        == "NOT_A_PACKET"
    )
    assert word(zipped({f"../{name}": data for name, data in held.items()})) == "NOT_A_PACKET"
    assert word(PACKED.replace(b"biodata.json", b"manifest.sig")) == "NOT_A_PACKET"
    assert word(compressed(held, zipfile.ZIP_STORED)) == "NOT_A_PACKET"  # other dates
    assert word(b"") == word(b"PK") == word(bytes(100)) == "NOT_A_PACKET"


def test_what_is_small_does_not_become_large() -> None:
    bomb = compressed(members() | {"biometrics.xml": bytes(60 << 20)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 20
    assert word(bomb) == "NOT_A_PACKET"
    assert word(bytes(PACKET_BYTES_MAX + 1)) == "PACKET_LARGE"
    assert word(zipped(members() | {"biodata.json": bytes(65 << 10)})) == "PACKET_LARGE"
    huge = replace(
        SOMEBODY, parts=(part(Modality.FINGER, "Right Thumb", finger(1, picture("x", 2 << 20)[:-200])),)
    )
    parts = tuple(replace(huge.parts[0], part=each.part) for each in SOMEBODY.parts[:10])
    with pytest.raises(BadPacket, match="IMAGE_WRONG_PART"):
        packing.pack(replace(SOMEBODY, parts=parts), KEY.sign)


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        ("BAD_MANIFEST", signed_anew(lambda told: told.update(format="loket-packet/2"))),
        ("BAD_MANIFEST", signed_anew(lambda told: told.update(more=1))),
        ("BAD_MANIFEST", signed_anew(lambda told: told["recording"].update(more=1))),
        ("BAD_MANIFEST", signed_anew(lambda told: told["recording"].update(flags=[[]]))),
        ("BAD_MANIFEST", signed_anew(lambda told: told["recording"].update(devices={}))),
        ("BAD_MANIFEST", signed_anew(lambda told: told["recording"].update(devices=[1]))),
        ("BAD_MANIFEST", signed_anew(lambda told: told["recording"].update(rechecked=[]))),
        ("BAD_MANIFEST", signed_anew(lambda told: told["recording"].update(begun_ms="1"))),
        ("BAD_MANIFEST", signed_anew(lambda told: told["recording"].update(staff=[]))),
        ("BAD_MANIFEST", signed_anew(lambda told: told.update(recording=None))),
        ("PACKET_HASH", signed_anew(lambda told: told["members"].pop("biodata.json"))),
        ("BAD_MANIFEST", signed_anew(no_change, biodata_json=b'{"nik": "1"}')),
        ("BAD_MANIFEST", signed_anew(no_change, biodata_json=b"[" * 50_000)),
        ("BAD_MANIFEST", signed_anew(no_change, biodata_json=b'{"nik":"\\ud800"}')),
        ("BAD_BIODATA", signed_anew(no_change, biodata_json=b"[]")),
        ("BAD_BIODATA", signed_anew(no_change, biodata_json=b'{"nik":1}')),
        ("BAD_STROKES", signed_anew(no_change, signature_json=b"[]")),
        ("BAD_XML", signed_anew(no_change, biometrics_xml=b"<BIR/>")),
        ("BAD_MANIFEST", signed_anew(lambda told: told["members"]["biodata.json"].update(size=SIZE))),
    ],
)
def test_what_a_station_signs_is_not_believed_either(said: str, packed: bytes) -> None:
    assert word(packed) == said


DOCUMENT = members()["biometrics.xml"]
PLAIN_INFO = b"<BIRInfo><Integrity>false</Integrity></BIRInfo>"


@pytest.mark.attack
@pytest.mark.parametrize(
    ("plain", "hiding"),
    [
        (b"<Integrity>false", b"<Integrity>" + b"A" * 100_000),
        (PLAIN_INFO, b"<BIRInfo><X>somebody's address</X></BIRInfo>"),
        (b"<others>", b'<others><entry key="NAME OF SOMEBODY">x</entry>'),
        (b"<others>", b'<others secret="hello">'),
        (b"<others>", b"\n   <others>\n"),
        (b"<CreationDate>2020-05-12T00:23:45.006Z", b"<CreationDate>any text at all"),
        (b"<Score>72", b"<Score>99"),
        (b">0.9.5<", b">9.9.9<"),
        (b"</BIR>\n", b"</BIR>\n\n"),
        (b"&lt;bioValue&gt;", b"&#60;bioValue&gt;"),
    ],
)
def test_nothing_hides_in_the_document_of_the_parts(plain: bytes, hiding: bytes) -> None:
    assert plain in DOCUMENT
    assert word(signed_anew(no_change, biometrics_xml=DOCUMENT.replace(plain, hiding, 1))) == "BAD_XML"


def test_a_packet_that_was_kept_opens_in_whatever_spelling_it_was_kept() -> None:
    packed = signed_anew(no_change, biometrics_xml=DOCUMENT.replace(b"<others>", b"\n<others>"))
    assert word(packed) == "BAD_XML"
    assert packing.unpack(packed, KEY.public().verify, kept=True) == SOMEBODY
    with pytest.raises(BadPacket, match="BAD_PACKET_SIGNATURE"):
        packing.unpack(packed, SigningKey.generate().public().verify, kept=True)


def strokes(**other: Any) -> dict[str, Any]:
    return dict(STROKES) | other


PART = SOMEBODY.parts[0]
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("BAD_MANIFEST", {"id": "R-" + NIK}),
    ("BAD_MANIFEST", {"id": "R-../x"}),
    ("BAD_MANIFEST", {"station": "64.11"}),
    ("BAD_MANIFEST", {"place": NIK}),
    ("BAD_MANIFEST", {"place": "x" * 81}),
    ("BAD_MANIFEST", {"mode": ""}),
    ("BAD_MANIFEST", {"begun_ms": -1}),
    ("BAD_MANIFEST", {"ended_ms": 0}),
    ("BAD_MANIFEST", {"endorsed": 1}),
    ("BAD_MANIFEST", {"staff": {"by": NIK, "second": None}}),
    ("BAD_MANIFEST", {"staff": {"by": "ani"}}),
    ("BAD_MANIFEST", {"staff": {"by": "ani", "second": "a b"}}),
    ("BAD_MANIFEST", {"flags": ("F" + NIK,)}),
    ("BAD_MANIFEST", {"flags": ("a",) * 33}),
    ("BAD_MANIFEST", {"devices": ({"model": "x" * 401},)}),
    ("BAD_BIODATA", {"biodata": {"nik": "\n"}}),
    ("BAD_BIODATA", {"biodata": {"NIK": NIK}}),
    ("BAD_BIODATA", {"biodata": {f"{chr(97 + n % 26)}{'x' * (n // 26)}": "" for n in range(65)}}),
    ("BAD_STROKES", {"signature": {}}),
    ("BAD_STROKES", {"signature": strokes(width=-1)}),
    ("BAD_STROKES", {"signature": strokes(strokes=[1])}),
    ("BAD_STROKES", {"signature": strokes(strokes=[[[1, 2, 3]]])}),
    ("BAD_STROKES", {"signature": strokes(strokes=[[[1, 2, 3, True]]])}),
    ("BAD_STROKES", {"signature": strokes(strokes=[[]] * 1001)}),
    ("BAD_PARTS", {"parts": (PART, PART)}),
    ("BAD_PARTS", {"missing": (Missing("Right Thumb", True),)}),
    ("BAD_PARTS", {"missing": (Missing("Third Thumb", True),)}),
    ("BAD_PARTS", {"parts": (replace(PART, part="Right"),)}),
    ("BAD_PARTS", {"parts": (replace(PART, attempts=0),)}),
    ("BAD_PARTS", {"parts": (replace(PART, quality=float("nan")),)}),
    ("BAD_PARTS", {"parts": (replace(PART, quality=100.1),)}),
    ("IMAGE_BAD_RECORD", {"parts": (replace(PART, record=b"x"),)}),
    ("IMAGE_WRONG_PART", {"parts": (replace(PART, part="Left Thumb"),)}),
    ("IMAGE_WRONG_PART", {"parts": (replace(PART, modality=Modality.FACE, part=""),)}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "other"), WRONG)
def test_nothing_is_packed_that_would_not_be_unpacked(said: str, other: dict[str, Any]) -> None:
    with pytest.raises(BadPacket) as refused:
        packing.pack(somebody(**other), KEY.sign)
    assert refused.value.word == said


HANDS = without(SOMEBODY, "Left Thumb").parts[-1]
texts = st.text(st.characters(exclude_categories=("C", "Z")), max_size=30)


@given(
    biodata=st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True), texts, max_size=5),
    rechecked=st.sampled_from(Rechecked),
    endorsed=st.booleans(),
    devices=st.lists(st.dictionaries(texts, texts, max_size=3), max_size=3).map(tuple),
    gone=st.sets(st.sampled_from([each.part for each in SOMEBODY.parts if each.part])),
)
def test_any_recording_comes_back(gone: set[str], **other: Any) -> None:
    missing = tuple(Missing(name, True) for name in sorted(gone))
    parts = (*(each for each in SOMEBODY.parts if each.part not in gone), HANDS)
    held: Recording = replace(SOMEBODY, parts=parts, missing=missing, **other)
    assert packing.unpack(packing.pack(held, KEY.sign), KEY.public().verify) == held


@given(st.integers(0, len(PACKED) - 1), st.binary(max_size=4), st.integers(0, 9))
def test_a_harmed_packet_is_refused(at: int, put: bytes, gone: int) -> None:
    harmed = PACKED[:at] + put + PACKED[at + gone :]
    if harmed != PACKED:
        assert word(harmed).isupper()
