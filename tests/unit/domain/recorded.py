"""Recorded people of straw: ISO records written here by hand, pictures of a few bytes, nobody's."""

from __future__ import annotations

import json
import struct
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from domain.keys import canonical
from domain.packet import FINGERS, IRISES, Missing, Modality, Part, Rechecked, Recording, transaction

JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
STATION, ID, NIK, NAME = "64.11-1", "R-64.11-1-000001", "6411015205039001", "SPECIMEN ANI"
DAY_MS = 1_589_243_025_006
BIODATA = {"nik": NIK, "name": NAME, "birthdate": "2003-05-12", "sex": "P"}
STROKES: dict[str, Any] = {
    "width": 2000, "height": 600, "dpi": 410,
    "strokes": [[[0, 10, 20, 300], [10, 11, 22, 310]], [[90, 5, 5, 1]]],
}  # fmt: skip


def picture(seed: str, size: int = 400) -> bytes:
    """Bytes that begin like JPEG 2000 and are like no others."""
    dice = sha256(seed.encode()).digest()
    return JP2 + (dice * (size // 32 + 1))[:size]


def representation(inside: bytes, quality: int, *, certified: bool = False) -> bytes:
    moment = struct.pack(">HBBBBBH", 2020, 5, 12, 0, 23, 45, 6)
    marks = b"\x01" + struct.pack(">HB", 7, 1) if certified else b""
    told = moment + struct.pack(">BHHB", 0, 7, 7, 1) + struct.pack(">BHH", quality, 7, 1) + marks + inside
    return struct.pack(">I", len(told) + 4) + told


def record(magic: bytes, tail: bytes, *inside: bytes, certified: bool = False) -> bytes:
    """``tail``: what stands behind the flag of certification in the general header."""
    held = b"".join(representation(each, 80, certified=certified) for each in inside)
    total = 15 + len(tail) + len(held)
    return magic + struct.pack(">IHB", total, len(inside), certified) + tail + held


def finger(position: int, image: bytes, **other: Any) -> bytes:
    told = {"scale": 1, "dpi": 500, "depth": 8, "code": 5, "kind": 0, "width": 400, "height": 500} | other
    dpi, down = told["dpi"], other.get("down", told["dpi"])
    head = struct.pack(
        ">BBBHHHHBBBHHI",
        *(position, 0, told["scale"], dpi, down, dpi, down, told["depth"], told["code"], told["kind"]),
        *(told["width"], told["height"], len(image)),
    )
    return record(b"FIR\x00020\x00", b"\x01", head + image + other.get("behind", b""))


def iris(eye: int, image: bytes, **other: Any) -> bytes:
    told = {"kind": 2, "form": 0x0A, "properties": 0x45, "width": 640, "height": 480, "px": 230} | other
    head = struct.pack(
        ">HBBBBHHB", 1, eye, told["kind"], told["form"], told["properties"], told["width"], told["height"], 8
    )
    rest = struct.pack(">3H6HI", 0, 0xFFFF, 0xFFFF, 320, 320, 240, 240, told["px"], told["px"], len(image))
    return record(b"IIR\x00020\x00", b"\x01", head + rest + image)


def face(image: bytes, **other: Any) -> bytes:
    told = {"kind": 1, "code": 2, "width": 480, "height": 640, "landmarks": 1} | other
    head = struct.pack(">H", told["landmarks"]) + bytes(15) + bytes(8 * told["landmarks"])
    rest = struct.pack(
        ">BBHHBHBBI", told["kind"], told["code"], told["width"], told["height"], 0, 0, 0, 1, len(image)
    )
    return record(b"FAC\x00030\x00", b"\x00\x00", head + rest + image)


@lru_cache(maxsize=1)
def device() -> tuple[rsa.RSAPrivateKey, bytes]:
    """A scanner's key and its certificate, DER."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SPECIMEN SCANNER")])
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, begun, begun + timedelta(days=9000))
    return key, made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def url64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def link(before: str, held: bytes) -> str:
    """A record's place in the chain of its sitting, behind ``before``; empty: it is the first."""
    return sha256((bytes.fromhex(before) or sha256(b"").digest()) + sha256(held).digest()).hexdigest().upper()


def attestation(
    modality: Modality,
    part: str,
    held: bytes,
    quality: float,
    alg: str = "RS256",
    before: str = "",
    **other: Any,
) -> bytes:
    """The device's signed word about a record, as a scanner's driver keeps it."""
    kind = Modality.FACE if modality is Modality.EXCEPTION_PHOTO else modality
    told = {"bioType": kind.value, "bioSubType": part, "purpose": "Registration", "env": "Developer"}
    told |= {"bioValue": "<bioValue>", "qualityScore": f"{quality:.2f}", "timestamp": "2020-05-12T00:23:45Z"}
    told |= {"transactionId": transaction(ID)}
    told = {name: text for name, text in (told | other).items() if text}
    key, certificate = device()
    header = url64(canonical({"alg": alg, "typ": "JWT", "x5c": [b64encode(certificate).decode()]}))
    payload = json.dumps(told)
    whole = payload.replace("<bioValue>", url64(held)).encode()
    signed = key.sign(f"{header}.{url64(whole)}".encode(), padding.PKCS1v15(), hashes.SHA256())
    kept = {"header": header, "payload": payload, "signature": url64(signed), "hash": link(before, held)}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def part(modality: Modality, name: str, held: bytes, quality: float = 71.5, **other: Any) -> Part:
    return Part(modality, name, held, quality, 1, False, attestation(modality, name, held, quality, **other))


def taken(whole: Iterable[Part], id: str = ID, **other: Any) -> tuple[Part, ...]:
    """The same parts as one sitting's: its transaction, its chain, each told anew by the device."""
    made: list[Part] = []
    before = ""
    for each in whole:
        told = {"transactionId": transaction(id)} | other
        made.append(part(each.modality, each.part, each.record, each.quality, before=before, **told))
        before = link(before, each.record)
    return tuple(made)


@lru_cache(maxsize=64)
def parts(seed: str = "ani", size: int = 400, id: str = ID) -> tuple[Part, ...]:
    """Ten fingers, two irises, a face, taken in one sitting."""
    fingers = [
        (Modality.FINGER, name, finger(place, picture(f"{seed} {name}", size)))
        for place, name in enumerate(FINGERS, start=1)
    ]
    irises = [
        (Modality.IRIS, name, iris(eye, picture(f"{seed} {name}", size)))
        for eye, name in enumerate(IRISES, start=1)
    ]
    every = (*fingers, *irises, (Modality.FACE, "", face(picture(f"{seed} face", size))))
    return taken((Part(*told, 71.5, 1, False, b"") for told in every), id)


def somebody(size: int = 400, **other: Any) -> Recording:
    """A whole recording; ``other``: fields that differ. Its devices tell its own transaction."""
    held = parts(size=size, id=other.get("id", ID))
    whole = Recording(
        *(ID, STATION, DAY_MS, DAY_MS + 240_000, "store_and_forward", "", BIODATA, held, ()),
        *(STROKES, Rechecked.MATCH, True, {"by": "ani", "second": None}, ("outreach",)),
        ({"modality": "Finger", "model": "SIM", "serial": "S1", "firmware": "1"},),
    )
    return replace(whole, **other)


def without(whole: Recording, *names: str, permanent: bool = True) -> Recording:
    """The same person without these fingers or irises, a photo that shows it, and somebody who saw to it."""
    held = tuple(each for each in whole.parts if each.part not in names)
    photo = Part(
        Modality.EXCEPTION_PHOTO,
        "",
        face(picture("hands"), kind=0, width=640, height=480),
        71.5,
        1,
        False,
        b"",
    )
    return replace(
        whole,
        parts=taken((*held, photo), whole.id),
        missing=tuple(Missing(name, permanent) for name in names),
        staff={"by": "ani", "second": "budi"},
    )
