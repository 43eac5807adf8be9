"""The accidents of a signature pad, by name; ``exchange=N`` is the N-th signature."""

from __future__ import annotations

from simulators.lines import faults
from simulators.lines.faults import Fault

KNOWN = {
    "no_pen": "the pen never comes for this signature",
    "late": "the pen comes for=MS (3000) later",
    "noise": "nonsense bytes between the packets, now and then",
    "lost": "a byte is lost, now and then",
    "nowhere": "points that are none (FFF, FFF) among the others",
    "dot": "only a dot of three points is drawn",
    "pause": "the pen leaves for=MS (800) after the first stroke",
    "no_goodbye": "no packet says that the pen has left",
    "unplug": "the wire is out for=MS (2000), in the middle of the signature",
    "dead": "from here on it says nothing",
}
"""Every accident a technician can order."""


def parse(text: str) -> Fault:
    """Read one; a pad has no instructions to wait for, nor codes to answer. Raises ValueError."""
    return faults.parse(text, KNOWN, frozenset({"for"}))
