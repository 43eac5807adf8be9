"""Signed words of a device: JWS in its compact form, RS256, the certificate in x5c. PROTOCOL.md §3. Pure.

A signature is proved here; whether its certificate is one of ours is of ``trust``.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from drivers.errors import Refused, Unreachable

ALGORITHM = "RS256"
RSA_BITS_MIN = 2048
CERTIFICATES_MAX = 6
HEADER_BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class Jws:
    """One signed word. ``header`` and ``signature``: base64url as sent; ``payload``: the bytes of the second.

    ``certificates``: the signer's, and what came with it.
    """

    header: str
    payload: bytes
    signature: str
    certificates: tuple[x509.Certificate, ...]

    @property
    def text(self) -> str:
        """As it was sent."""
        return f"{self.header}.{encode(self.payload)}.{self.signature}"


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of base64url without padding; ValueError for any other spelling of them, too."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("no base64url") from error
    if encode(data) != text:
        raise ValueError("base64url in another spelling")
    return data


def read(text: str) -> Jws:
    """A JWS whose signature fits its own certificate.

    Unreachable ``garbled_reply`` if it is none or not the one spelling of its bytes, Refused
    ``bad_signature`` if the signature does not fit or is of a kind nobody agreed on.
    """
    try:
        head, body, signature = text.split(".")
        header, payload, signed = json.loads(decode(head)[:HEADER_BYTES_MAX]), decode(body), decode(signature)
    except (ValueError, RecursionError) as error:
        raise Unreachable("garbled_reply", "no JWS") from error
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM:
        raise Refused("bad_signature", f"not {ALGORITHM}")
    found = Jws(head, payload, signature, _certificates(header.get("x5c")))
    _prove(found, signed)
    return found


def _certificates(told: object) -> tuple[x509.Certificate, ...]:
    """The certificates of x5c, an array or a single text; at least one."""
    texts = [told] if isinstance(told, str) else told
    if not isinstance(texts, list) or not 0 < len(texts) <= CERTIFICATES_MAX:
        raise Refused("bad_signature", "no certificate in x5c")
    try:
        return tuple(x509.load_der_x509_certificate(base64.b64decode(text, validate=True)) for text in texts)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Refused("bad_signature", "x5c cannot be read") from error


def _prove(jws: Jws, signature: bytes) -> None:
    try:
        key = jws.certificates[0].public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused("bad_signature", "no key in the certificate") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < RSA_BITS_MIN:
        raise Refused("bad_signature", f"no RSA key of {RSA_BITS_MIN} bits")
    signed = f"{jws.header}.{encode(jws.payload)}".encode("ascii")
    try:
        key.verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise Refused("bad_signature", "the signature does not fit") from error
