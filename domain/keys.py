"""Signing and sealing, the same on both ends.

Ed25519 signs orders and batches. HPKE (RFC 9180) with the hybrid ML-KEM-768 + X25519 and AES-256-GCM
seals an order's personal part to one station, and a recording to the hub: whoever copies a disk or a
line today cannot open it with tomorrow's machine. ``info`` binds a sealed thing to what it is for;
opening it under another name fails. Keys travel and rest as base64 text.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_MLKEM_PUBLIC_BYTES = 1184
_MLKEM_SEED_BYTES, _X25519_BYTES = 64, 32


class CannotOpen(Exception):
    """A sealed thing does not open: another key, another purpose, or changed bytes."""


class VerifyKey:
    """Checks signatures of one signer."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._key = Ed25519PublicKey.from_public_bytes(b64decode(text, validate=True))

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether ``signature`` (64 bytes) is this signer's over ``message``."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """Signs as one signer; ``text`` is the secret, base64."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._key = Ed25519PrivateKey.from_private_bytes(b64decode(text, validate=True))

    @classmethod
    def generate(cls) -> SigningKey:
        """A new signer."""
        return cls(b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode())

    def public(self) -> VerifyKey:
        """What others check this signer by."""
        return VerifyKey(b64encode(self._key.public_key().public_bytes_raw()).decode())

    def sign(self, message: bytes) -> bytes:
        """64 bytes over ``message``."""
        return self._key.sign(message)


class SealKey:
    """Seals to one receiver; ``text`` is the public key, base64."""

    def __init__(self, text: str) -> None:
        self.text = text
        raw = b64decode(text, validate=True)
        self._key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC_BYTES:]),
        )

    def seal(self, plaintext: bytes, info: bytes) -> bytes:
        """Ciphertext, 1,136 bytes longer than ``plaintext``, bound to ``info``."""
        return _SUITE.encrypt(plaintext, self._key, info)


class OpenKey:
    """Opens what was sealed to it; ``text`` is the secret, base64.

    The key is made when something is opened: that takes 2 MB, which a station that waits need not carry.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._raw = b64decode(text, validate=True)
        if len(self._raw) != _MLKEM_SEED_BYTES + _X25519_BYTES:
            raise ValueError("a secret key is of another length")

    @classmethod
    def generate(cls) -> OpenKey:
        """A new receiver."""
        raw = (
            MLKEM768PrivateKey.generate().private_bytes_raw()
            + X25519PrivateKey.generate().private_bytes_raw()
        )
        return cls(b64encode(raw).decode())

    def public(self) -> SealKey:
        """What others seal to."""
        mlkem, x25519 = self._halves()
        raw = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        return SealKey(b64encode(raw).decode())

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """The plaintext. Raises CannotOpen when key, ``info`` or a single bit differs."""
        try:
            return _SUITE.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("the sealed part does not open") from error

    @cached_property
    def _key(self) -> MLKEM768X25519PrivateKey:
        return MLKEM768X25519PrivateKey(*self._halves())

    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        seed, rest = self._raw[:_MLKEM_SEED_BYTES], self._raw[_MLKEM_SEED_BYTES:]
        return MLKEM768PrivateKey.from_seed_bytes(seed), X25519PrivateKey.from_private_bytes(rest)


def canonical(value: Any) -> bytes:
    """One byte string for one JSON value: sorted keys, no spaces, UTF-8, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def order_info(station: str, order: str) -> bytes:
    """What an order's sealed part is bound to."""
    return b"loket-order/1|" + station.encode() + b"|" + order.encode()


def order_bytes(station: str, order: str, body: dict[str, Any]) -> bytes:
    """What the hub signs of an order: all of its body but the signature and the bulky payload,

    which is bound by its ``payload_sha256``.
    """
    told = {name: value for name, value in body.items() if name not in ("signature", "payload")}
    return b"loket-order/1\n" + canonical({"station": station, "order": order, "body": told})


def signed(hub: VerifyKey, station: str, subject: str, body: Mapping[str, Any]) -> bool:
    """Whether the hub signed this line of a station's order log for that station: ``body["signature"]``."""
    try:
        signature = b64decode(body["signature"], validate=True)
        said = order_bytes(station, subject, dict(body))
    except (TypeError, ValueError):  # also what no canonical JSON can say, and so nobody signed
        return False
    return hub.verify(signature, said)
