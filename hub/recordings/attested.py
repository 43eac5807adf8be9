"""Whether a device's signed word is about the record that it is kept with.

The JWS comes back byte for byte from its parts and the record, and its signature has to be that of the
certificate inside it; it has to name this part of a person, for registration, with the quality that was kept.
That the certificate is a device provider's was checked where the device stood (drivers/sbi); the
centre, which knows the providers, checks it again.
"""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from domain.packet import Modality, Part

MARK = "<bioValue>"
RSA_BITS_MIN = 2048
_FACES = ("", "null")  # what a face's part may be called beside nothing at all
_UNREADABLE = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, UnsupportedAlgorithm,
    x509.InvalidVersion,
)  # fmt: skip


def attested(part: Part) -> bool:
    """Whether the attestation of ``part`` is a device's signed word about its record. Never raises."""
    try:
        told = json.loads(part.attestation)
        header, payload, signature = told["header"], told["payload"], told["signature"]
        if payload.count(MARK) != 1:
            return False  # as many records as it likes would be put together in memory
        whole = payload.replace(MARK, _url64(part.record)).encode()
        _key(json.loads(_bytes(header))).verify(
            _bytes(signature), f"{header}.{_url64(whole)}".encode(), PKCS1v15(), SHA256()
        )
        return _about(json.loads(payload), part)
    except InvalidSignature:
        return False
    except _UNREADABLE:
        return False


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


def _url64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
