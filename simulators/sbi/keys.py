"""The keys of the service: country's CA, provider's CA, one key a device, and the domain that CAPTURE seals
to.

Made once and kept in one file under ``--state``, so that a start is fast and an anchor that somebody pinned
stays good. ``rotate`` gives every device another key of the same provider. A stranger's chain is at hand as
well, for the accident that somebody else signs.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from simulators.kept import kept_in
from simulators.sbi.words import PROVIDER

KEY_BITS = 2048
DEVICE_DAYS, CA_DAYS = 30, 3650
EARLY = timedelta(days=1)
FILE = "sbi-keys.json"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate as it goes into x5c."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as a person pins it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(slots=True)
class Keys:
    """Every key of one service. ``devices`` by device id."""

    country: Signer
    provider: Signer
    domain: Signer
    devices: dict[str, Signer] = field(default_factory=dict)
    stale: Signer | None = None
    stranger: Signer | None = None

    def anchors(self) -> bytes:
        """What an agent pins: the country's CA and the provider's, as PEM."""
        return self.country.pem + self.provider.pem

    def rotate(self, now: datetime) -> None:
        """Another key for every device."""
        for name in self.devices:
            self.devices[name] = _issue(f"SPECIMEN device {name}", self.provider, now, DEVICE_DAYS)

    def expired(self, now: datetime) -> Signer:
        """A device key whose certificate ran out yesterday."""
        if self.stale is None:
            self.stale = _issue("SPECIMEN device", self.provider, now - timedelta(days=DEVICE_DAYS + 2), 31)
        return self.stale

    def unknown(self, now: datetime) -> Signer:
        """A device key under a CA that nobody pinned."""
        if self.stranger is None:
            self.stranger = _issue(
                "SPECIMEN device", _ca("Somebody else SPECIMEN", None, now), now, DEVICE_DAYS
            )
        return self.stranger


def make(devices: tuple[str, ...], now: datetime) -> Keys:
    """All of them, fresh."""
    country = _ca("Loket country CA SPECIMEN", None, now)
    provider = _ca(PROVIDER, country, now)
    domain = _issue("Loket domain SPECIMEN", country, now, CA_DAYS)
    keys = Keys(country, provider, domain, dict.fromkeys(devices, provider))
    keys.rotate(now)
    return keys


def kept(folder: Path, devices: tuple[str, ...], now: datetime) -> Keys:
    """Those under ``folder``, made when there are none; devices whose certificates ran out get others.

    ValueError if the file is none of ours.
    """
    path = folder / FILE
    if path.exists():
        with kept_in(path):
            keys = _read(json.loads(path.read_text("ascii")), devices)
        if any(signer.certificate.not_valid_after_utc < now for signer in keys.devices.values()):
            keys.rotate(now)
    else:
        keys = make(devices, now)
    save(keys, folder)
    return keys


def save(keys: Keys, folder: Path) -> None:
    """Keep them under ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {"country": keys.country, "provider": keys.provider, "domain": keys.domain}
    named |= {f"device {name}": signer for name, signer in keys.devices.items()}
    told = {name: [_pem(signer.key), signer.pem.decode()] for name, signer in named.items()}
    half = folder / f"{FILE}.half"
    half.write_text(json.dumps(told), "ascii")
    half.replace(folder / FILE)


def jws(payload: bytes, signer: Signer, *, spoilt: bool = False) -> str:
    """RS256, compact, with the certificate in x5c. ``spoilt``: one bit of the signature is another."""
    header = {"x5c": [base64.b64encode(signer.der).decode()], "alg": "RS256", "typ": "JWT"}
    said = f"{b64url(json.dumps(header).encode())}.{b64url(payload)}"
    signature = bytearray(signer.key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))
    signature[-1] ^= spoilt
    return f"{said}.{b64url(bytes(signature))}"


def b64url(raw: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _ca(name: str, above: Signer | None, now: datetime) -> Signer:
    return _issue(name, above, now, CA_DAYS, signs_others=True)


def _issue(
    name: str, above: Signer | None, now: datetime, days: int, *, signs_others: bool = False
) -> Signer:
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, PROVIDER),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=not signs_others, key_cert_sign=signs_others, crl_sign=signs_others,
        content_commitment=False, key_encipherment=not signs_others, data_encipherment=False,
        key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    start = now.astimezone(UTC).replace(microsecond=0) - EARLY
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.certificate.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=signs_others, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(above.key if above else key, hashes.SHA256())
    )
    return Signer(key, certificate)


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _read(told: Mapping[str, list[str]], names: tuple[str, ...]) -> Keys:
    signers = {}
    for name, (key_pem, certificate_pem) in told.items():
        key = serialization.load_pem_private_key(key_pem.encode(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("the keys of the service are RSA keys")
        signers[name] = Signer(key, x509.load_pem_x509_certificate(certificate_pem.encode()))
    devices = {name: signers[f"device {name}"] for name in names}
    return Keys(signers["country"], signers["provider"], signers["domain"], devices)
