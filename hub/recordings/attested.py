"""Whether the devices' signed words are about the records that they are kept with, and about this sitting.

The JWS comes back byte for byte from its parts and the record, and its signature has to be that of the
certificate inside it; it has to name this sitting's transaction and this part of a person, for registration,
with the quality that was kept. That the certificate is a device provider's was checked where the device stood
(drivers/sbi); the centre, which knows the providers, checks it again.

Each capture of a sitting hangs on the one before it, whatever the device: its hash is the SHA-256 of the hash
before (of nothing at all: its SHA-256) and the record's SHA-256. A capture that was tried again and not kept
leaves a gap, so what hangs on nothing here is no forgery; but never do two hang on one.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from domain.packet import Modality, Part

MARK = "<bioValue>"
RSA_BITS_MIN = 2048
START = sha256(b"").digest()
"""What the first capture of a sitting hangs on."""
_HASH = re.compile(r"[0-9A-Fa-f]{64}")
_FACES = ("", "null")  # what a face's part may be called beside nothing at all
_UNREADABLE = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, UnsupportedAlgorithm,
    x509.InvalidVersion,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """What a device's word tells beside its record. ``at_ms``: when it was taken, Unix, by its own clock;
    ``record``: the record's SHA-256; ``hash``: its place in the sitting's chain."""

    at_ms: float
    record: bytes
    hash: bytes


def attested(part: Part, transaction: str) -> Word | None:
    """The word, if the attestation of ``part`` is a device's signed one about its record, taken in this
    ``transaction``. Never raises."""
    try:
        told = json.loads(part.attestation)
        header, payload, signature = told["header"], told["payload"], told["signature"]
        if payload.count(MARK) != 1 or not _HASH.fullmatch(told["hash"]):
            return None  # as many records as it likes would be put together in memory
        whole = payload.replace(MARK, _url64(part.record)).encode()
        _key(json.loads(_bytes(header))).verify(
            _bytes(signature), f"{header}.{_url64(whole)}".encode(), PKCS1v15(), SHA256()
        )
        said = json.loads(payload)
        if said["transactionId"] != transaction or not _about(said, part):
            return None
        return Word(_moment_ms(said["timestamp"]), sha256(part.record).digest(), bytes.fromhex(told["hash"]))
    except (InvalidSignature, *_UNREADABLE):
        return None


def forked(words: Sequence[Word]) -> bool:
    """Whether two of these captures hang on one, which no sitting does."""
    hung = [before for before in _before(words) if before is not None]
    return len(set(hung)) != len(hung)


def gaps(words: Sequence[Word]) -> bool:
    """Whether a capture hangs on none of the others, and is not the first."""
    return None in _before(words)


def _before(words: Sequence[Word]) -> list[bytes | None]:
    """The hash on which each of them hangs, as far as that capture is here."""
    known = [START, *(word.hash for word in words)]
    return [
        next((before for before in known if sha256(before + word.record).digest() == word.hash), None)
        for word in words
    ]


def _key(header: Any) -> RSAPublicKey:
    """The key of the certificate that the word brings. Raises what _UNREADABLE lists."""
    if header["alg"] != "RS256":
        raise ValueError("another algorithm")
    chain = header["x5c"]
    first = chain if isinstance(chain, str) else chain[0]
    key = x509.load_der_x509_certificate(b64decode(first, validate=True)).public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < RSA_BITS_MIN:
        raise ValueError("another kind of key")
    return key


def _about(told: Any, part: Part) -> bool:
    pictured = Modality.FACE if part.modality is Modality.EXCEPTION_PHOTO else part.modality
    kinds = {pictured.value, part.modality.value}
    name = told.get("bioSubType") or ""
    named = name == part.part or (pictured is Modality.FACE and name in _FACES)
    right = told["bioType"] in kinds and told["purpose"] == "Registration" and told["bioValue"] == MARK
    return bool(named and right and abs(float(told["qualityScore"]) - part.quality) < 1)


def _moment_ms(told: str) -> float:
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError("a moment without a zone")
    return at.timestamp() * 1000


def _url64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
