"""Which body belongs to a NIK: the one seed from which fingers, irises and face of a person are made. Pure.

Every simulator that meets the same person asks here, so that the finger on the recording station's scanner is
the finger that is laid on the counter's reader months later.
"""

from __future__ import annotations

import hashlib

SEED_BYTES = 6


def biometric_seed(nik: str) -> int:
    """A seed below 2**48, the same for a NIK everywhere; it tells nothing of the NIK."""
    return int.from_bytes(hashlib.sha256(f"loket body {nik}".encode()).digest()[:SEED_BYTES], "big")
