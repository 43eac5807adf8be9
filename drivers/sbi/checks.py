"""Whether an answer may be used: every check of PROTOCOL.md §6, each with its own word. Pure.

Nothing is taken from an answer before all of it has passed. The order is from the outside in: who signed,
for whom, when, what, and last how it hangs together.
"""

from dataclasses import dataclass

from drivers.errors import NeedsHands, Refused, Unreachable
from drivers.sbi import attestation, chain, jws
from drivers.sbi.groups import Press
from drivers.sbi.jws import Jws
from drivers.sbi.messages import AUTH, Element, fields, text, texts, unix_ms
from drivers.sbi.trust import Anchors
from drivers.sbi.verbs import SPEC
from drivers.scanner import Modality, Sample, ScannerIdentity
from drivers.shown import shown

CLOCK_MS = 5 * 60_000
ISO_MAGIC = {
    Modality.FINGER: b"FIR\x00020\x00",
    Modality.IRIS: b"IIR\x00020\x00",
    Modality.FACE: b"FAC\x00030\x00",
}
_TYPES = {
    "Finger": Modality.FINGER,
    "Iris": Modality.IRIS,
    "Face": Modality.FACE,
    "ExceptionPhoto": Modality.FACE,
}


@dataclass(frozen=True, slots=True)
class Device:
    """A device that proved who it is. ``told_ms``: its clock when it did, unix, None if it told none.

    ``serial``: as it was told, to know it again by; ``identity`` has the texts as they may be shown.
    """

    id: str
    serial: str
    code: str
    certification: str
    env: str
    purpose: str
    status: str
    sub_ids: tuple[str, ...]
    provider: str
    identity: ScannerIdentity
    told_ms: int | None

    def does(self, modality: Modality, sub_id: str, purpose: str) -> bool:
        """Whether it captures these parts for this purpose; authentication leaves the sub-device open."""
        sees = purpose == AUTH or sub_id in self.sub_ids
        return sees and (self.identity.modality, self.purpose) == (modality, purpose)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer must answer to."""

    press: Press
    device: Device
    purpose: str
    transaction: str


@dataclass(frozen=True, slots=True)
class Told:
    """One element whose signature, device and question are right; the record is not looked at yet."""

    jws: Jws
    part: str
    value: bytes
    quality: float
    element: Element


def device_of(word: str, anchors: Anchors, now_unix_ms: int) -> Device:
    """The device behind a deviceInfo. Raises what makes it unusable."""
    if "." not in word:
        raise Refused("not_registered", "its word is not signed")
    told = fields(signed(word, anchors, now_unix_ms).payload)
    who = fields(signed(text(told, "digitalId"), anchors, now_unix_ms).payload)
    modality = _TYPES.get(text(who, "type"))
    if modality is None or not text(told, "deviceId"):
        raise Unreachable("garbled_reply", "the device's word names no device")
    if SPEC not in texts(told, "specVersion"):
        raise Refused("other_version", f"it does not speak {SPEC}")
    return Device(
        id=text(told, "deviceId"),
        serial=text(who, "serialNo"),
        code=text(told, "deviceCode"),
        certification=text(told, "certification"),
        env=text(told, "env"),
        purpose=text(told, "purpose"),
        status=text(told, "deviceStatus"),
        sub_ids=texts(told, "deviceSubId"),
        provider=text(who, "deviceProvider"),
        identity=ScannerIdentity(
            modality,
            shown(f"{text(who, 'make')} {text(who, 'model')}"),
            shown(text(who, "serialNo")),
            shown(text(told, "firmware")),
        ),
        told_ms=unix_ms(text(who, "dateTime")),
    )


def signed(word: str, anchors: Anchors, now_unix_ms: int) -> Jws:
    """A JWS by a certificate that is one of ours, now."""
    found = jws.read(word)
    anchors.check(found.certificates, now_unix_ms)
    return found


def samples(told: tuple[Told, ...], asked: Asked, previous: str) -> tuple[tuple[Sample, ...], str]:
    """The samples of a registration's answer in the asked order, and the sitting's last hash.

    ``garbled_reply`` for a record that is none, ``chain_broken`` where a hash does not follow ``previous``.
    """
    modality = asked.press.modality
    for one in told:
        if not _is_record(one.value, modality):
            raise Unreachable("garbled_reply", "the record is no ISO record of its kind")
    last = chain.last_of(previous, ((one.value, one.element.hash) for one in told))
    if last is None:
        raise Unreachable("chain_broken", "a hash does not follow the one before")
    by_part = {
        one.part: Sample(
            modality,
            one.part,
            one.value,
            one.quality,
            attestation.attest(one.jws, one.value, one.element.hash),
        )
        for one in told
    }
    return tuple(by_part[part] for part in asked.press.parts or ("",)), last


def answer(
    elements: tuple[Element, ...], asked: Asked, anchors: Anchors, now_unix_ms: int, pc_unix_ms: int
) -> tuple[Told, ...]:
    """Every element, in the order of the answer, after all checks but those of record and chain."""
    told = tuple(_told(element, asked, anchors, now_unix_ms, pc_unix_ms) for element in elements)
    if sorted(one.part for one in told) != sorted(asked.press.parts or ("",)):
        raise Unreachable("count_differs", f"{len(told)} came, {asked.press.count} were asked")
    return told


def _told(element: Element, asked: Asked, anchors: Anchors, now_unix_ms: int, pc_unix_ms: int) -> Told:
    if element.spec != SPEC:
        raise Refused("other_version", f"the answer is not of {SPEC}")
    word = signed(element.data, anchors, now_unix_ms)
    told = fields(word.payload)
    who = fields(signed(text(told, "digitalId"), anchors, now_unix_ms).payload)
    device = asked.device
    if (text(who, "serialNo"), text(told, "deviceCode")) != (device.serial, device.code):
        raise Unreachable("other_device", "another device signed than was asked")
    if text(told, "transactionId") != asked.transaction:
        raise Unreachable("other_transaction", "an answer to another question")
    at = unix_ms(text(told, "timestamp"))
    if at is None or (text(told, "purpose"), text(told, "env")) != (asked.purpose, device.env):
        raise Unreachable("garbled_reply", "no timestamp, or another purpose or env than asked")
    if clock_off(at, now_unix_ms, pc_unix_ms):
        raise NeedsHands("clock_off", f"{abs(at - now_unix_ms) // 1000} s from ours")
    if _TYPES.get(text(told, "bioType")) is not asked.press.modality:
        raise Unreachable("count_differs", "another kind than asked")
    return Told(word, _part(told, asked.press.modality), _value(told), _quality(told), element)


def clock_off(told_ms: int, *clocks_unix_ms: int) -> bool:
    """Whether a device's clock is too far from the province's and from the PC's, which a service may take."""
    return all(abs(told_ms - clock_ms) > CLOCK_MS for clock_ms in clocks_unix_ms)


def _part(told: dict[str, object], modality: Modality) -> str:
    part = text(told, "bioSubType")
    return "" if modality is Modality.FACE and part == "null" else part


def _value(told: dict[str, object]) -> bytes:
    try:
        value = jws.decode(text(told, "bioValue").rstrip("="))
    except ValueError as error:
        raise Unreachable("garbled_reply", "the record is no base64url") from error
    if not value:
        raise Unreachable("garbled_reply", "an empty record")
    return value


def _quality(told: dict[str, object]) -> float:
    score = text(told, "qualityScore")
    whole, point, rest = score.partition(".")
    digits = score.isascii() and whole.isdigit() and len(whole) <= 3 and (not point or rest.isdigit())
    if not digits or float(score) > 100:
        raise Unreachable("garbled_reply", "no score")
    return float(score)


def _is_record(record: bytes, modality: Modality) -> bool:
    return record[:8] == ISO_MAGIC[modality] and int.from_bytes(record[8:12], "big") == len(record)
