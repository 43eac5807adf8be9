"""A capture whose pictures only the centre can open. PROTOCOL.md §7. Pure.

The device encrypts to the certificate of the centre's domain; here the answer's form is checked and the whole
is handed on as it came.
"""

import re
from dataclasses import dataclass

from drivers.errors import Unreachable
from drivers.sbi.checks import Asked, Told
from drivers.sbi.groups import Press
from drivers.scanner import Modality

SUB_DEVICE = "0"
_DIGEST = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """One part, encrypted. ``data``: the device's JWS, with the ciphertext, as sent; ``quality``: 0-100.

    ``session_key``: base64url, ``thumbprint``: upper-case SHA-256 of the certificate it is wrapped for.
    """

    modality: Modality
    part: str
    data: str
    hash: str
    session_key: str
    thumbprint: str
    quality: float


def press(modality: Modality, parts: tuple[str, ...], quality: int, timeout_ms: int) -> Press:
    """How parts are asked for; a face has none."""
    return Press(modality, SUB_DEVICE, parts, (), quality, timeout_ms)


def sealed(told: tuple[Told, ...], asked: Asked) -> tuple[Sealed, ...]:
    """The parts in the asked order. ``garbled_reply`` where the key or the hash of one is missing."""
    for one in told:
        element = one.element
        if not (element.session_key and _DIGEST.fullmatch(element.thumbprint)):
            raise Unreachable("garbled_reply", "no key with an encrypted picture")
        if not _DIGEST.fullmatch(element.hash):
            raise Unreachable("garbled_reply", "no hash with an encrypted picture")
    by_part = {one.part: one for one in told}
    return tuple(_sealed(by_part[part], asked) for part in asked.press.parts or ("",))


def _sealed(one: Told, asked: Asked) -> Sealed:
    element = one.element
    return Sealed(
        modality=asked.press.modality,
        part=one.part,
        data=one.jws.text,
        hash=element.hash,
        session_key=element.session_key,
        thumbprint=element.thumbprint.upper(),
        quality=one.quality,
    )
