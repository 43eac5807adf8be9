"""Which sub-device sees which parts of a person. PROTOCOL.md §4.3 and §5.1. Pure."""

from dataclasses import dataclass

from drivers.errors import Refused
from drivers.scanner import IRISES, LEFT_SLAP, RIGHT_SLAP, THUMBS, Modality, Wanted

SUB_DEVICES: dict[tuple[Modality, frozenset[str]], str] = {
    (Modality.FINGER, frozenset(LEFT_SLAP)): "1",
    (Modality.FINGER, frozenset(RIGHT_SLAP)): "2",
    (Modality.FINGER, frozenset(THUMBS)): "3",
    (Modality.IRIS, frozenset(IRISES)): "3",
    (Modality.FACE, frozenset()): "0",
}


@dataclass(frozen=True, slots=True)
class Press:
    """One capture in the words of a request; ``parts`` and ``exceptions`` as bioSubType and exception."""

    modality: Modality
    sub_id: str
    parts: tuple[str, ...]
    exceptions: tuple[str, ...]
    quality: int
    timeout_ms: int

    @property
    def count(self) -> int:
        """How many pictures come."""
        return max(1, len(self.parts))


def sub_device(modality: Modality, parts: tuple[str, ...]) -> str:
    """The sub-device that sees ``parts``; Refused ``bad_command`` if they are no group."""
    found = SUB_DEVICES.get((modality, frozenset(parts)))
    if found is None:
        raise Refused("bad_command", "these parts are not captured in one press")
    return found


def seeing(modality: Modality, parts: tuple[str, ...]) -> str:
    """The sub-device that sees at least ``parts``; Refused ``bad_command`` if there is none."""
    for (kind, group), sub_id in SUB_DEVICES.items():
        if kind is modality and group.issuperset(parts) and bool(parts) is bool(group):
            return sub_id
    raise Refused("bad_command", "these parts are not seen at once")


def press(wanted: Wanted) -> Press:
    """How ``wanted`` is asked for; Refused ``bad_command`` if no device could do that in one press."""
    group = () if wanted.modality is Modality.FACE else wanted.parts + wanted.missing
    sub_id = sub_device(wanted.modality, group)
    whole = len(set(group)) == len(group)
    some = bool(wanted.parts) is not (wanted.modality is Modality.FACE)
    if not (whole and some and 0 <= wanted.quality <= 100 and wanted.timeout_ms > 0):
        raise Refused("bad_command", "nobody can capture that")
    return Press(wanted.modality, sub_id, wanted.parts, wanted.missing, wanted.quality, wanted.timeout_ms)
