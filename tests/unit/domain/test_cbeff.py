"""The biometric document: MOSIP's elements in the schema's order, and everything comes back out of it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as Tree
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import cbeff
from domain.packet import FINGERS, IRISES, BadPacket, Missing, Modality, Part
from domain.xml_tree import parse
from tests.unit.domain.recorded import DAY_MS, device, face, parts, picture, somebody, url64, without

WHOLE = parts()
NOT_THERE = (Missing("Left LittleFinger", True), Missing("Right", False))
DOCUMENT = cbeff.write(WHOLE, NOT_THERE, DAY_MS)
ORDER = {
    "BIR": ("Version", "CBEFFVersion", "BIRInfo", "BDBInfo", "SBInfo", "BIR", "BDB", "SB", "others"),
    "Version": ("Major", "Minor"),
    "CBEFFVersion": ("Major", "Minor"),
    "BIRInfo": ("Creator", "Index", "Payload", "Integrity", "CreationDate"),
    "BDBInfo": (
        *("ChallengeResponse", "Index", "Format", "Encryption", "CreationDate", "NotValidBefore"),
        *("NotValidAfter", "Type", "Subtype", "Level", "Product", "CaptureDevice", "Purpose", "Quality"),
    ),
    "Format": ("Organization", "Type"),
    "Algorithm": ("Organization", "Type"),
    "Quality": ("Algorithm", "Score"),
    "others": ("entry",),
}
"""Written down from the published schema: what each element may hold, in its strict order."""
MAY_REPEAT = {("BIR", "BIR"), ("others", "entry")}
SPACE = "{" + cbeff.NAMESPACE + "}"


def in_order(element: Tree.Element) -> None:
    """The test's own reading of the schema, apart from the reader's."""
    assert element.tag.startswith(SPACE)
    name = element.tag.removeprefix(SPACE)
    inside = [child.tag.removeprefix(SPACE) for child in element]
    allowed = ORDER.get(name, ())
    places = [allowed.index(each) for each in inside]
    assert places == sorted(places), name
    assert all((name, each) in MAY_REPEAT or inside.count(each) == 1 for each in inside)
    for child in element:
        in_order(child)


def birs(document: bytes) -> list[Tree.Element]:
    return Tree.fromstring(document).findall(f"{SPACE}BIR")  # noqa: S314 - our own document


def entries(bir: Tree.Element) -> dict[str, str]:
    return {entry.attrib["key"]: entry.text or "" for entry in bir.iterfind(f"{SPACE}others/{SPACE}entry")}


def text(bir: Tree.Element, *path: str) -> str | None:
    return bir.findtext("/".join(SPACE + name for name in path))


def test_elements_stand_in_the_schema_s_order() -> None:
    photographed = without(somebody(), "Left Thumb")
    for document in (
        DOCUMENT,
        cbeff.write(photographed.parts, photographed.missing, 0),
        cbeff.write((), (), 0),
    ):
        in_order(Tree.fromstring(document))  # noqa: S314 - our own document


def test_each_part_is_told_as_a_mosip_packet_tells_it() -> None:
    (finger, *_, face_) = birs(DOCUMENT)[: len(WHOLE)]
    assert (
        text(finger, "BDBInfo", "Format", "Type") == "7" and text(face_, "BDBInfo", "Format", "Type") == "8"
    )
    assert text(finger, "BDBInfo", "Type") == "Finger" and text(face_, "BDBInfo", "Subtype") is None
    assert text(finger, "BDBInfo", "Subtype") == "Right Thumb"
    assert text(finger, "BDBInfo", "CreationDate") == "2020-05-12T00:23:45.006Z"
    assert text(finger, "BDBInfo", "Quality", "Score") == "72"
    assert b64decode(text(finger, "BDB") or "") == WHOLE[0].record
    told = entries(finger)
    assert (told["EXCEPTION"], told["RETRIES"], told["FORCE_CAPTURED"]) == ("false", "1", "false")
    assert "SDK_SCORE" not in told
    (iris,) = (bir for bir in birs(DOCUMENT) if text(bir, "BDBInfo", "Subtype") == "Left")
    assert text(iris, "BDBInfo", "Format", "Type") == "9"


def test_a_missing_part_is_a_bir_without_a_picture() -> None:
    finger, iris = birs(DOCUMENT)[len(WHOLE) :]
    assert (
        text(finger, "BDBInfo", "Subtype") == "Left LittleFinger" and text(iris, "BDBInfo", "Type") == "Iris"
    )
    for bir, permanent in ((finger, "true"), (iris, "false")):
        assert text(bir, "BDB") is text(bir, "SB") is None
        assert (entries(bir)["EXCEPTION"], entries(bir)["PERMANENT"]) == ("true", permanent)


def test_the_device_s_signed_word_can_be_put_together_again() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    bir = birs(DOCUMENT)[0]
    header, _, signature = b64decode(text(bir, "SB") or "").decode().partition("..")
    payload = entries(bir)["PAYLOAD"].replace("<bioValue>", url64(b64decode(text(bir, "BDB") or "")))
    key, _ = device()
    told = b64decode(signature + "==", altchars=b"-_")
    signed = f"{header}.{url64(payload.encode())}".encode()
    key.public_key().verify(told, signed, padding.PKCS1v15(), hashes.SHA256())


def test_all_of_it_comes_back() -> None:
    assert cbeff.read(DOCUMENT) == (WHOLE, NOT_THERE)


def nested(depth: int) -> bytes:
    return f'<BIR xmlns="{cbeff.NAMESPACE}">{"<x>" * depth}{"</x>" * depth}</BIR>'.encode()


def in_a_row(count: int) -> bytes:
    return f'<BIR xmlns="{cbeff.NAMESPACE}">{"<x/>" * count}</BIR>'.encode()


def test_a_document_is_bounded_before_anybody_walks_it() -> None:
    for fits, does_not in ((nested(7), nested(8)), (in_a_row(4095), in_a_row(4096))):
        assert parse(fits, cbeff.NAMESPACE).name == "BIR"
        with pytest.raises(BadPacket, match="BAD_XML"):
            parse(does_not, cbeff.NAMESPACE)
    assert len(cbeff.read(cbeff.write([WHOLE[0]] * 32, [], 0))[0]) == 32
    with pytest.raises(BadPacket, match="BAD_XML"):
        cbeff.read(cbeff.write([WHOLE[0]] * 33, [], 0))


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=20)
signs = st.text("abcXYZ-_", max_size=12)
payloads = words.map(lambda text: json.dumps(text, ensure_ascii=False) + "\r\n\t ]]>&<")
attested = st.tuples(signs, payloads, signs, words).map(
    lambda told: json.dumps(
        dict(zip(("header", "payload", "signature", "hash"), told, strict=True)),
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
)
names = st.sampled_from(
    [(Modality.FINGER, finger) for finger in FINGERS]
    + [(Modality.IRIS, eye) for eye in IRISES]
    + [(Modality.FACE, ""), (Modality.EXCEPTION_PHOTO, "")]
)


@given(
    names,
    st.binary(max_size=60),
    st.floats(0, 100),
    st.integers(1, 999),
    st.booleans(),
    st.just(b"") | attested,
)
def test_any_part_comes_back(
    name: tuple[Modality, str], held: bytes, quality: float, attempts: int, forced: bool, word: bytes
) -> None:
    part = Part(*name, held, quality + 0.0, attempts, forced, word)
    missing = Missing("Left" if name[1] != "Left" else "Right", forced)
    assert cbeff.read(cbeff.write([part], [missing], DAY_MS)) == ((part,), (missing,))


@pytest.mark.parametrize(
    "word",
    [b"{", b"[]", b"{}", b'{"header":"a","payload":1,"signature":"b","hash":""}', b"[" * 100_000,
     b'{"header":"a.b","payload":"","signature":"b","hash":""}',
     b'{"header":"a","payload":"\\u0000","signature":"b","hash":""}',
     b'{"header":"a","payload":"\\ud800","signature":"b","hash":""}',
     b'{"header":"a","payload":"","signature":"b","hash":"","more":""}'],
)  # fmt: skip
def test_a_word_that_cannot_be_told_is_refused_before_it_is_written(word: bytes) -> None:
    with pytest.raises(BadPacket, match="BAD_ATTESTATION"):
        cbeff.write([Part(Modality.FACE, "", face(picture("x")), 1.0, 1, False, word)], [], 0)


def changed(old: str, new: str) -> bytes:
    document = DOCUMENT.decode()
    assert re.search(old, document)
    return re.sub(old, new, document, count=1).encode()


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>\n<BIR'
HARM = {
    "a document type": changed("<BIR", BOMB),
    "a file from outside": changed("<BIR", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><BIR'),
    "a comment": changed("<BIRInfo>", "<!-- x --><BIRInfo>"),
    "an instruction": changed("<BIRInfo>", "<?x y?><BIRInfo>"),
    "hidden text": changed("<BIRInfo>", "x<BIRInfo>"),
    "another namespace": changed("/ed-2/", "/ed-3/"),
    "an element without namespace": changed("<BIRInfo>", '<x xmlns=""/><BIRInfo>'),
    "another order": changed("<Level>Raw</Level>(<Purpose>Enroll</Purpose>)", r"\1<Level>Raw</Level>"),
    "an element twice": changed("<Level>Raw</Level>", "<Level>Raw</Level><Level>Raw</Level>"),
    "an entry twice": changed('<entry key="RETRIES">1</entry>', '<entry key="RETRIES">1</entry>' * 2),
    "another version": changed("<Major>1</Major>", "<Major>2</Major>"),
    "another format": changed("<Type>7</Type>", "<Type>2</Type>"),
    "another purpose": changed("Enroll", "Verify"),
    "an unknown kind": changed("<Type>Finger</Type>", "<Type>Foot</Type>"),
    "a score beyond": changed(">71.5<", ">171.5<"),
    "a score in words": changed(">71.5<", ">nan<"),
    "a score otherwise": changed(">71.5<", ">71.50<"),
    "no try": changed('"RETRIES">1<', '"RETRIES">0<'),
    "a missing part with a picture": changed('EXCEPTION">false<', 'EXCEPTION">true<'),
    "a missing part with one": changed('(<others><entry key="EXCEPTION">true)', r"<BDB>eA==</BDB>\1"),
    "a part without a picture": changed("<BDB>[^<]*</BDB>", ""),
    "no base64": changed("<BDB>", "<BDB>?"),
    "no signed word": changed("<SB>[^<]*</SB>", "<SB>eHg=</SB>"),
    "an entity of its own": changed("<BIRInfo>", "<BIRInfo>&x;"),
    "too deep": (f'<BIR xmlns="{cbeff.NAMESPACE}">' + "<BIR>" * 50 + "</BIR>" * 51).encode(),
    "too many": DOCUMENT.replace(b"</others>", b"<entry/>" * 5000 + b"</others>", 1),
    "cut off": DOCUMENT[:-9],
    "nothing": b"",
    "something behind": DOCUMENT + b"<x/>",
    "other letters": DOCUMENT.decode().encode("utf-16"),
    "a root of another name": DOCUMENT.replace(b"<BIR xmlns", b"<Bir xmlns", 1)[:-7] + b"</Bir>\n",
}  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_what_stands_elsewhere_is_refused(harm: str) -> None:
    with pytest.raises(BadPacket, match="BAD_XML"):
        cbeff.read(HARM[harm])


@given(st.integers(0, len(DOCUMENT) - 1), st.binary(max_size=6), st.integers(0, 40))
def test_a_harmed_document_is_read_or_refused(at: int, put: bytes, gone: int) -> None:
    try:
        cbeff.read(DOCUMENT[:at] + put + DOCUMENT[at + gone :])
    except BadPacket as refused:
        assert refused.word == "BAD_XML"
