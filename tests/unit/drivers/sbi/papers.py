"""Keys and certificates of makers that do not exist: a country, a provider, its devices, a stranger."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
DAY = timedelta(days=1)


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@cache
def key(name: str, bits: int = 2048) -> RSAPrivateKey:
    """One key a name, made once a process."""
    return generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Paper:
    """A certificate and its key."""

    cert: x509.Certificate
    key: RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.cert.public_bytes(Encoding.PEM)

    @property
    def x5c(self) -> str:
        return base64.b64encode(self.cert.public_bytes(Encoding.DER)).decode()


def paper(
    name: str,
    by: Paper | None = None,
    *,
    ca: bool = False,
    begins: datetime = NOW - DAY,
    ends: datetime = NOW + DAY,
    bits: int = 2048,
    path_length: int | None = None,
    usage: bool | None = None,
    weak: bool = False,
) -> Paper:
    """A certificate of ``name``, signed by ``by`` or by itself."""
    own = key(name, bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.cert.subject if by else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
    )
    if usage is not None:
        made = made.add_extension(
            x509.KeyUsage(True, False, False, False, False, usage, False, False, False), critical=True
        )
    digest = hashes.SHA224() if weak else hashes.SHA256()
    return Paper(made.sign(by.key if by else own, digest), own)


@cache
def country() -> Paper:
    return paper("SPECIMEN COUNTRY", ca=True)


@cache
def provider() -> Paper:
    return paper("SPECIMEN PROVIDER", country(), ca=True)


@cache
def device() -> Paper:
    return paper("SPECIMEN DEVICE", provider())


@cache
def stranger() -> Paper:
    """A device of a provider that nobody pinned."""
    return paper("STRANGE DEVICE", paper("STRANGE PROVIDER", ca=True))


def jws(payload: object, by: Paper, *links: Paper, **header: object) -> str:
    """Signed as SBI says; ``payload``: an object, or its bytes; ``header``: what is otherwise there."""
    head = {"x5c": [by.x5c, *(link.x5c for link in links)], "alg": "RS256", "typ": "JWT"} | header
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = f"{b64url(json.dumps(head).encode())}.{b64url(body)}"
    return f"{signed}.{b64url(by.key.sign(signed.encode(), PKCS1v15(), hashes.SHA256()))}"
