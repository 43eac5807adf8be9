"""How CAPTURE hides a record from everybody but the domain (PROTOCOL.md §7): AES-256-GCM and RSA-OAEP.
Pure.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
IV_BYTES, AAD_BYTES = 12, 16


def iv_and_aad(timestamp: str, transaction: str) -> tuple[bytes, bytes]:
    """Both from the XOR of the two texts, the shorter with zeros before it."""
    one, other = timestamp.encode(), transaction.encode()
    size = max(len(one), len(other))
    mixed = bytes(a ^ b for a, b in zip(one.rjust(size, b"\0"), other.rjust(size, b"\0"), strict=True))
    return mixed[-IV_BYTES:], mixed[-AAD_BYTES:]


def seal(
    record: bytes, timestamp: str, transaction: str, session_key: bytes, domain: rsa.RSAPublicKey
) -> tuple[bytes, bytes]:
    """The ciphertext with its tag, and the session key wrapped for the domain."""
    iv, aad = iv_and_aad(timestamp, transaction)
    hidden = AESGCM(session_key).encrypt(iv, record, aad)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return hidden, domain.encrypt(session_key, oaep)
