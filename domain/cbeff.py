"""The recorded parts of a person as CBEFF XML (ISO/IEC 19785-3), the way MOSIP's packets hold them.

One outer BIR; in it one BIR a part, its ISO record in BDB; a missing finger or iris is a BIR without BDB. The
order of elements is the schema's strict sequence. ``SB`` holds what the device signed, as a JWS without its
payload; the payload without the record is the entry PAYLOAD, so that whoever has the BIR can put the device's
own signed word together again. Entries of our own beside MOSIP's: DEVICE_SCORE (the schema's score is a whole
number), HASH (the device's chain), PERMANENT (of a missing part), EXCEPTION_PHOTO (the schema knows no other
than faces). There is no SDK_SCORE: no second opinion on quality is asked.
Source: mosip/documentation docs/mosip-cbeff.xsd; biometric fact sheet §1.15.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from domain.iso19794 import BadRecord, single
from domain.packet import FINGERS, IRISES, BadPacket, Missing, Modality, Part
from domain.xml_tree import Children, Node, parse

NAMESPACE = "http://standards.iso.org/iso-iec/19785/-3/ed-2/"
FORMAT_OWNER = "257"
"""ISO/IEC JTC 1/SC 37 among CBEFF's registered organisations; MOSIP's bio-utils names the same number."""
FORMAT_TYPES = {Modality.FINGER: "7", Modality.FACE: "8", Modality.IRIS: "9", Modality.EXCEPTION_PHOTO: "8"}
"""SC 37's numbers for images of fingers, faces and irises, as MOSIP's bio-utils names them (CbeffConstant);
7 is in a published sample too. 2 would be finger minutiae, which no packet holds."""
SPEC_VERSION = "0.9.5"
PARTS_MAX = 32

_VERSION = [("Major", "1"), ("Minor", "1")]
_ALGORITHM = [("Organization", "HMAC"), ("Type", "SHA-256")]
_ATTESTED = ("header", "payload", "signature", "hash")
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_FLAG = {True: "true", False: "false"}
_TRUTH = {text: flag for flag, text in _FLAG.items()}

_Element = tuple[str, Any]
"""(name, text or elements); an entry's name is ``entry KEY``."""


def write(parts: Iterable[Part], missing: Iterable[Missing], made_ms: int) -> bytes:
    """The document. ``made_ms``: Unix ms. Raises BadPacket BAD_ATTESTATION for what cannot be told in it."""
    birs = [_part(part) for part in parts] + [_missing(each) for each in missing]
    info = [("Integrity", "false"), ("CreationDate", _date(made_ms))]
    root = [("Version", _VERSION), ("CBEFFVersion", _VERSION), ("BIRInfo", info), *birs]
    text: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n', f'<BIR xmlns="{NAMESPACE}">']
    _print(root, text)
    return "".join([*text, "</BIR>\n"]).encode()


def _print(elements: list[_Element], text: list[str]) -> None:
    for name, inside in elements:
        tag, _, key = name.partition(" ")
        text.append(f"<{tag} key={quoteattr(key)}>" if key else f"<{tag}>")
        if isinstance(inside, str):
            text.append(escape(inside, {"\r": "&#13;"}))  # a parser would make another line end of it
        else:
            _print(inside, text)
        text.append(f"</{tag}>")


def _part(part: Part) -> _Element:
    shown = "Face" if part.modality is Modality.EXCEPTION_PHOTO else part.modality.value
    attested = _attested(part.attestation)
    others = {
        "EXCEPTION": "false",
        "RETRIES": str(part.attempts),
        "FORCE_CAPTURED": _FLAG[part.forced],
        "DEVICE_SCORE": repr(float(part.quality)),
        "SPEC_VERSION": SPEC_VERSION,
        **({"EXCEPTION_PHOTO": "true"} if part.modality is Modality.EXCEPTION_PHOTO else {}),
        **({"PAYLOAD": attested["payload"], "HASH": attested["hash"]} if attested else {}),
    }
    quality = [("Algorithm", _ALGORITHM), ("Score", str(min(100, max(0, round(part.quality)))))]
    blocks = [("BDB", _base64(part.record))]
    if attested:
        blocks.append(("SB", _base64(f"{attested['header']}..{attested['signature']}".encode())))
    about = _about(part.modality, shown, part.part, _captured(part.record))
    return _bir([*about, ("Quality", quality)], blocks, others)


def _missing(each: Missing) -> _Element:
    modality = Modality.IRIS if each.part in IRISES else Modality.FINGER
    others = {"EXCEPTION": "true", "PERMANENT": _FLAG[each.permanent], "SPEC_VERSION": SPEC_VERSION}
    return _bir(_about(modality, modality.value, each.part, None), [], others)


def _bir(about: list[_Element], blocks: list[_Element], others: Mapping[str, str]) -> _Element:
    entries = [(f"entry {key}", text) for key, text in others.items()]
    head: list[_Element] = [("Version", _VERSION), ("CBEFFVersion", _VERSION)]
    told = [("BIRInfo", [("Integrity", "false")]), ("BDBInfo", about), *blocks, ("others", entries)]
    return ("BIR", head + told)


def _about(modality: Modality, shown: str, part: str, captured_ms: int | None) -> list[_Element]:
    return [
        ("Format", [("Organization", FORMAT_OWNER), ("Type", FORMAT_TYPES[modality])]),
        *([] if captured_ms is None else [("CreationDate", _date(captured_ms))]),
        ("Type", shown),
        *([("Subtype", part)] if part else []),
        ("Level", "Raw"),
        ("Purpose", "Enroll"),
    ]


def _captured(record: bytes) -> int | None:
    try:
        return single(record).captured_ms
    except BadRecord:
        return None


def _date(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _attested(attestation: bytes) -> dict[str, str]:
    """The four texts of an attestation; none for an empty one. Raises BadPacket."""
    if not attestation:
        return {}
    try:
        told = json.loads(attestation)
    except (ValueError, RecursionError):
        raise BadPacket("BAD_ATTESTATION") from None
    if not isinstance(told, dict) or set(told) != set(_ATTESTED):
        raise BadPacket("BAD_ATTESTATION")
    if any(not isinstance(text, str) or _NOT_IN_XML.search(text) for text in told.values()):
        raise BadPacket("BAD_ATTESTATION")
    if "." in told["header"] or not (told["header"] + told["signature"]).isascii():
        raise BadPacket("BAD_ATTESTATION")
    return told


def read(data: bytes) -> tuple[tuple[Part, ...], tuple[Missing, ...]]:
    """What ``write`` was given; an attestation comes back as the SBI driver writes it.

    Raises BadPacket BAD_XML.
    """
    root = parse(data, NAMESPACE)
    if root.name != "BIR":
        raise BadPacket("BAD_XML")
    inside = Children(root)
    _head(inside)
    inside.one("BIRInfo")
    birs = inside.many("BIR")
    inside.end()
    if len(birs) > PARTS_MAX:
        raise BadPacket("BAD_XML")
    told = [_read_bir(bir) for bir in birs]
    parts = tuple(each for each in told if isinstance(each, Part))
    return parts, tuple(each for each in told if isinstance(each, Missing))


def _head(inside: Children) -> None:
    for name in ("Version", "CBEFFVersion"):
        version = Children(inside.one(name))
        if [version.one(number).text for number in ("Major", "Minor")] != ["1", "1"]:
            raise BadPacket("BAD_XML")
        version.end()


def _read_bir(bir: Node) -> Part | Missing:
    inside = Children(bir)
    _head(inside)
    inside.one("BIRInfo")
    about, block, signed = inside.one("BDBInfo"), inside.maybe("BDB"), inside.maybe("SB")
    others = _others(inside.one("others"))
    inside.end()
    modality, part = _read_about(about, others)
    if others.get("EXCEPTION") == "true":
        if block is not None or signed is not None or part not in (*FINGERS, *IRISES):
            raise BadPacket("BAD_XML")
        return Missing(part, _truth(others.get("PERMANENT")))
    if block is None:
        raise BadPacket("BAD_XML")
    attempts, quality = others.get("RETRIES", ""), others.get("DEVICE_SCORE", "")
    if not re.fullmatch(r"[1-9][0-9]{0,2}", attempts):
        raise BadPacket("BAD_XML")
    forced, record = _truth(others.get("FORCE_CAPTURED")), _bytes(block)
    return Part(modality, part, record, _score(quality), int(attempts), forced, _attestation(signed, others))


def _read_about(about: Node, others: Mapping[str, str]) -> tuple[Modality, str]:
    inside = Children(about)
    form = Children(inside.one("Format"))
    owner, number = form.one("Organization").text, form.one("Type").text
    inside.maybe("CreationDate")
    shown, subtype = inside.one("Type").text, inside.maybe("Subtype")
    level, purpose = inside.one("Level").text, inside.one("Purpose").text
    inside.maybe("Quality")
    inside.end()
    try:
        modality = Modality(shown)
    except ValueError:
        raise BadPacket("BAD_XML") from None
    if modality is Modality.FACE and others.get("EXCEPTION_PHOTO") == "true":
        modality = Modality.EXCEPTION_PHOTO
    if (owner, number, level, purpose) != (FORMAT_OWNER, FORMAT_TYPES[modality], "Raw", "Enroll"):
        raise BadPacket("BAD_XML")
    return modality, subtype.text if subtype else ""


def _others(node: Node) -> dict[str, str]:
    inside = Children(node)
    entries = [(entry.attributes.get("key", ""), entry.text) for entry in inside.many("entry")]
    inside.end()
    told = dict(entries)
    if len(told) != len(entries):
        raise BadPacket("BAD_XML")
    return told


def _truth(text: str | None) -> bool:
    if text not in _TRUTH:
        raise BadPacket("BAD_XML")
    return _TRUTH[text]


def _score(text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        raise BadPacket("BAD_XML") from None
    if not 0 <= score <= 100 or repr(score) != text:
        raise BadPacket("BAD_XML")
    return score


def _bytes(node: Node) -> bytes:
    try:
        return b64decode(node.text, validate=True)
    except ValueError:
        raise BadPacket("BAD_XML") from None


def _attestation(signed: Node | None, others: Mapping[str, str]) -> bytes:
    if signed is None:
        return b""
    header, dots, signature = _bytes(signed).decode("ascii", "replace").partition("..")
    if not dots or "PAYLOAD" not in others or "HASH" not in others:
        raise BadPacket("BAD_XML")
    told = {"header": header, "payload": others["PAYLOAD"], "signature": signature, "hash": others["HASH"]}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
