"""The hash chain that makes all captures of one sitting a whole. PROTOCOL.md §5.4. Pure."""

import hashlib
import hmac
from collections.abc import Iterable

START = ""
"""What the first capture of a sitting hangs on."""
_HEX = 64


def link(previous: str, record: bytes) -> str:
    """The hash of ``record`` after ``previous``, both 64 hexadecimal digits; upper case.

    ValueError if ``previous`` is neither that nor START.
    """
    if previous and len(previous) != _HEX:
        raise ValueError("a hash has 64 digits")
    return _sha256(_before(previous) + hashlib.sha256(record).digest()).hex().upper()


def last_of(previous: str, links: Iterable[tuple[bytes, str]]) -> str | None:
    """The last hash of an answer's (record, hash) pairs, in its order; None if one does not follow."""
    for record, told in links:
        previous = link(previous, record)
        if not hmac.compare_digest(previous.encode(), told.upper().encode(errors="replace")):
            return None
    return previous


def _before(previous: str) -> bytes:
    return bytes.fromhex(previous) if previous else _sha256(b"")


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
