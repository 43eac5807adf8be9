"""The accidents of a finger module, by name (`simulators.lines.faults` says how one is written)."""

from __future__ import annotations

from simulators.lines import faults
from simulators.lines.faults import Fault

KNOWN = {
    "noise": "some nonsense bytes before the answer (at=data: before the data)",
    "ready": "the byte 55 before the answer, as when the power dips (at=data: before the data)",
    "bad_checksum": "the acknowledge's checksum is wrong (at=data: that of the middle data packet)",
    "late": "the answer comes for=MS (1500) later",
    "split": "the answer comes in pieces with for=MS (60) between them (at=data: one pause in the data)",
    "silent": "the work is done, the answer never comes",
    "short": "the second half of the answer is lost (at=data: a data packet is lost)",
    "code": "nothing is done, the answer is code=HEX (fe)",
    "busy": "nothing is done, the answer is 0e to a download, fe to all else",
    "flash": "nothing is done, the answer is 18: the flash cannot be written",
    "full": "nothing is done, the answer is 1f: the library is full",
    "sensor": 'the sensor takes no picture (29), for=MS or until {"sensor": "whole"}',
    "absent": "the finger is off the glass for=MS (2000)",
    "wet": "the finger is wet from now on",
    "dry": "the finger is dry from now on",
    "partial": "only the tip of the finger is on the glass from now on",
    "moving": "the finger does not lie still from now on: no picture (03)",
    "power_cut": "no power for=MS (1000), before the work (at=answer: after it; at=data: amid the data)",
    "unplug": "the wire is out for=MS (2000); moments as power_cut",
    "dead": "it never says anything again, whatever is done to its power",
}
"""Every accident a technician can order."""


def parse(text: str) -> Fault:
    """Read one. Raises ValueError."""
    return faults.parse(text, KNOWN)
