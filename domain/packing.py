"""A recording as the bytes that are sealed, and back: an uncompressed zip, one byte string for one content.

    manifest.json   who, when, how; the size and SHA-256 of every other member
    manifest.sig    the station's Ed25519 signature over the manifest
    biodata.json    the person
    biometrics.xml  CBEFF with the ISO records and the devices' own signed words
    signature.json  the strokes, or null

``unpack`` believes nothing: what it read has to make the very same bytes again, so that nothing can hide in a
packet, and every ISO record is read. All JSON is canonical. Who the station is, is the caller's key. A packet
that was kept is not judged anew by it: its document may be in another spelling of the same things.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from domain import cbeff, packet_form
from domain.keys import canonical
from domain.packet import PACKET_BYTES_MAX, SEAL_BYTES_MAX, BadPacket, Recording

FORMAT = "loket-packet/1"
MANIFEST, SIGNED = "manifest.json", "manifest.sig"
PACKED_BYTES_MAX = PACKET_BYTES_MAX - SEAL_BYTES_MAX
MEMBERS = {"biodata.json": 64 << 10, "biometrics.xml": PACKED_BYTES_MAX, "signature.json": 2 << 20}
"""The other members in their order, and how large each may be."""
_MANIFEST_BYTES_MAX = 64 << 10
_NAMES = (MANIFEST, SIGNED, *MEMBERS)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip's earliest date: when it was packed is in the manifest
_UNIX, _OWNER_ONLY = 3, 0o600 << 16
_BROKEN_ZIP = (
    zipfile.BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError,
    struct.error, zlib.error,
)  # fmt: skip

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes], bool]


def pack(recording: Recording, sign: Sign) -> bytes:
    """The packet. ``sign``: the station's, 64 bytes over what it is given (domain.keys.SigningKey.sign).

    Raises BadPacket for whatever ``unpack`` would refuse.
    """
    packet_form.check(recording)
    members = _members(recording)
    manifest = _manifest(recording, members)
    packed = _zip({MANIFEST: manifest, SIGNED: sign(_signed(manifest)), **members})
    _bounded({MANIFEST: manifest, **members}, packed)
    return packed


def unpack(data: bytes, verify: Verify, *, kept: bool = False) -> Recording:
    """The recording in a packet. ``verify(signature, message)``: the station's, as VerifyKey.verify.

    ``kept``: it was judged when it came, and only has to open. Raises BadPacket and nothing else:
    NOT_A_PACKET, PACKET_LARGE, BAD_PACKET_SIGNATURE, PACKET_HASH, BAD_MANIFEST, BAD_XML, BAD_ATTESTATION, and
    the words of domain/packet_form.py.
    """
    members = _unzip(data)
    manifest = members[MANIFEST]
    if not verify(members[SIGNED], _signed(manifest)):
        raise BadPacket("BAD_PACKET_SIGNATURE")
    heading = _heading(manifest, members)
    parts, missing = cbeff.read(members["biometrics.xml"])
    biodata, signature = (_json(members[name], "BAD_MANIFEST") for name in ("biodata.json", "signature.json"))
    recording = packet_form.recording(heading, parts, missing, biodata, signature)
    packet_form.check(recording)
    if not kept:
        _same_again(recording, members)
    return recording


def _members(recording: Recording) -> dict[str, bytes]:
    return {
        "biodata.json": canonical(dict(recording.biodata)),
        "biometrics.xml": cbeff.write(recording.parts, recording.missing, recording.ended_ms),
        "signature.json": canonical(recording.signature),
    }


def _manifest(recording: Recording, members: Mapping[str, bytes]) -> bytes:
    told = {name: {"size": len(data), "sha256": sha256(data).hexdigest()} for name, data in members.items()}
    return canonical({"format": FORMAT, "members": told, "recording": packet_form.heading(recording)})


def _same_again(recording: Recording, members: Mapping[str, bytes]) -> None:
    """Raise BadPacket unless ``recording`` makes these members: what was read is all that they hold."""
    made = _members(recording)
    if made["biometrics.xml"] != members["biometrics.xml"]:
        raise BadPacket("BAD_XML")
    made[MANIFEST] = _manifest(recording, made)
    if any(members[name] != data for name, data in made.items()):
        raise BadPacket("BAD_MANIFEST")


def _signed(manifest: bytes) -> bytes:
    return FORMAT.encode() + b"\n" + manifest


def _zip(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=False) as packed:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _OWNER_ONLY
            packed.writestr(entry, data)
    return out.getvalue()


def _unzip(data: bytes) -> dict[str, bytes]:
    if len(data) > PACKED_BYTES_MAX:
        raise BadPacket("PACKET_LARGE")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            if tuple(entry.filename for entry in entries) != _NAMES:
                raise BadPacket("NOT_A_PACKET")
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise BadPacket("NOT_A_PACKET")  # before it is read: what is small must not become large
            members = {entry.filename: packed.read(entry) for entry in entries}
    except _BROKEN_ZIP:
        raise BadPacket("NOT_A_PACKET") from None
    _bounded(members, data)
    if _zip(members) != data:
        raise BadPacket("NOT_A_PACKET")
    return members


def _bounded(members: Mapping[str, bytes], packed: bytes) -> None:
    limits = {MANIFEST: _MANIFEST_BYTES_MAX, SIGNED: _MANIFEST_BYTES_MAX, **MEMBERS}
    if len(packed) > PACKED_BYTES_MAX or any(len(data) > limits[name] for name, data in members.items()):
        raise BadPacket("PACKET_LARGE")


def _heading(manifest: bytes, members: Mapping[str, bytes]) -> Any:
    told = _json(manifest, "BAD_MANIFEST")
    if not isinstance(told, dict) or set(told) != {"format", "members", "recording"}:
        raise BadPacket("BAD_MANIFEST")
    if told["format"] != FORMAT:
        raise BadPacket("BAD_MANIFEST")
    real = {
        name: {"size": len(members[name]), "sha256": sha256(members[name]).hexdigest()} for name in MEMBERS
    }
    if told["members"] != real:
        raise BadPacket("PACKET_HASH")
    return told["recording"]


def _json(data: bytes, word: str) -> Any:
    """A value whose canonical form these bytes are: nothing told twice, nothing hidden."""
    try:
        value = json.loads(data)
        if canonical(value) == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise BadPacket(word)
