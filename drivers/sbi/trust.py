"""Whether a device's certificate is one of ours: it leads to a pinned anchor, and is valid now. Pure.

Each certificate of the pinned file ends a chain (PROTOCOL.md §3). What a device sends along only links to
one. Nothing is remembered of a device's certificate, so a new one of the same CA goes through as it comes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from drivers.errors import Refused
from drivers.sbi.jws import RSA_BITS_MIN

_HASHES = frozenset({"sha256", "sha384", "sha512"})


class Anchors:
    """The pinned certificates of one PEM file."""

    def __init__(self, pem: bytes) -> None:
        """ValueError with one sentence if ``pem`` holds no certificate, or one that is of no authority."""
        try:
            self._anchors = tuple(x509.load_pem_x509_certificates(pem))
        except ValueError as error:
            raise ValueError("The file of trust holds no certificate.") from error
        if not all(_may_sign(anchor, 0) for anchor in self._anchors):
            raise ValueError("The file of trust holds a certificate that is of no authority.")

    def check(self, certificates: Sequence[x509.Certificate], now_unix_ms: int) -> None:
        """Refused ``key_expired`` if the signer's certificate has run out, ``untrusted`` if it is not ours.

        ``certificates``: the signer's first, then links in any order.
        """
        now = datetime.fromtimestamp(now_unix_ms / 1000, UTC)
        leaf, *links = certificates
        self._climb(leaf, links, now)
        if leaf.not_valid_after_utc < now:
            raise Refused("key_expired", "the device's certificate has run out")
        if leaf.not_valid_before_utc > now:
            raise Refused("untrusted", "the device's certificate is not valid yet")

    def _climb(self, leaf: x509.Certificate, links: list[x509.Certificate], now: datetime) -> None:
        """From the leaf to an anchor, each link used once."""
        at, below = leaf, 0
        while not any(_signed(anchor, at, below, now) for anchor in self._anchors):
            above = next((link for link in links if _signed(link, at, below, now)), None)
            if above is None:
                raise Refused("untrusted", "the certificate leads to no pinned one")
            links = [link for link in links if link is not above]
            at, below = above, below + 1


def _signed(issuer: x509.Certificate, subject: x509.Certificate, below: int, now: datetime) -> bool:
    """Whether ``issuer``, valid now, signed ``subject``; ``below``: authorities between it and the leaf."""
    if not issuer.not_valid_before_utc <= now <= issuer.not_valid_after_utc or not _may_sign(issuer, below):
        return False
    try:
        algorithm = subject.signature_hash_algorithm
        if algorithm is not None and algorithm.name not in _HASHES:
            return False
        subject.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_sign(certificate: x509.Certificate, below: int) -> bool:
    """Whether it is an authority's, for as many further ones as there are below it, with a strong key."""
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        key = certificate.public_key()
    except (ValueError, x509.ExtensionNotFound, UnsupportedAlgorithm):
        return False
    if isinstance(key, RSAPublicKey) and key.key_size < RSA_BITS_MIN:
        return False
    if not basic.ca or (basic.path_length is not None and basic.path_length < below):
        return False
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True
