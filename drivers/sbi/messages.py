"""Requests and answers of SBI as values. PROTOCOL.md §4, §5, §7, §8. Pure.

Written strictly (every value a text, nothing that the schemas do not know), read leniently (a number where a
text is due). What has not the shape of an answer at all is ``garbled_reply``; what an answer says is judged
elsewhere.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from drivers.errors import DeviceError, Unreachable
from drivers.sbi.codes import SUCCESS, error_of
from drivers.sbi.groups import Press
from drivers.sbi.jws import decode
from drivers.sbi.verbs import SPEC, Call

ANY = "Biometric Device"
REGISTRATION, AUTH = "Registration", "Auth"
DEVICES_MAX, ELEMENTS_MAX = 16, 10
NOBODY = frozenset({"106", "202"})
"""Codes of a discovery that say: there is no such device."""
Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Found:
    """A device as discovery tells of it, unproved. ``type``: of its digital id."""

    id: str
    code: str
    certification: str
    status: str
    purpose: str
    type: str
    sub_ids: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Element:
    """One part of a capture's answer; ``data`` is a JWS. The last two are of authentication only."""

    spec: str
    data: str
    hash: str
    session_key: str
    thumbprint: str


# -- what is written -----------------------------------------------------------------------------------


def discovery(kind: str) -> bytes:
    """Asks for devices of one kind, or ANY."""
    return _json({"type": kind})


def information() -> bytes:
    """Asks each device for its signed word."""
    return _json({})


def capture(
    press: Press,
    device_id: str,
    *,
    purpose: str,
    env: str,
    transaction: str,
    now_unix_ms: int,
    previous: str = "",
    domain_uri: str = "",
) -> bytes:
    """Asks for one capture. ``previous``: the hash it hangs on; ``domain_uri``: of authentication only."""
    bio: dict[str, object] = {
        "type": press.modality.value,
        "count": str(press.count),
        "bioSubType": list(press.parts),
        "requestedScore": str(press.quality),
        "deviceId": device_id,
        "deviceSubId": press.sub_id,
        "previousHash": previous,
    }
    if purpose == REGISTRATION:
        bio["exception"] = list(press.exceptions)
    body: dict[str, object] = {
        "env": env,
        "purpose": purpose,
        "specVersion": SPEC,
        "timeout": str(press.timeout_ms),
        "captureTime": moment(now_unix_ms),
        "transactionId": transaction,
        "bio": [bio],
    }
    if domain_uri:
        body["domainUri"] = domain_uri
    return _json(body)


def preview(device_id: str, sub_id: str, timeout_ms: int) -> bytes:
    """Asks for pictures until ``timeout_ms`` have passed."""
    return _json({"deviceId": device_id, "deviceSubId": sub_id, "timeout": str(timeout_ms)})


def moment(unix_ms: int) -> str:
    """A time as SBI writes it, in whole seconds."""
    return datetime.fromtimestamp(unix_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# -- what is read --------------------------------------------------------------------------------------


def found(raw: bytes) -> tuple[Found, ...]:
    """The devices of a discovery's answer; none where the service says that there is none.

    Raises the answer's own error where it names no device but tells of another trouble.
    """
    devices = [_found(entry) for entry in _objects(_read(raw), DEVICES_MAX)]
    for device in devices:
        if not device.id and device.error not in NOBODY | {SUCCESS, "100"}:
            raise error_of(device.error, Call.DISCOVERY)
    return tuple(device for device in devices if device.id or device.error == "100")


def words(raw: bytes) -> tuple[tuple[str, str], ...]:
    """(deviceInfo, error code) of every device of an information's answer."""
    entries = _objects(_read(raw), DEVICES_MAX)
    return tuple((text(entry, "deviceInfo"), error(entry)) for entry in entries)


def elements(raw: bytes, call: Call, provider: str) -> tuple[Element, ...]:
    """The parts of a capture's answer. Raises the first error in it: of a capture all is well, or nothing."""
    answer = _read(raw)
    if not isinstance(answer, dict):
        raise Unreachable("garbled_reply", "no answer to a capture")
    entries = _objects(answer.get("biometrics"), ELEMENTS_MAX)
    for entry in entries:
        if error(entry) != SUCCESS:
            raise error_of(error(entry), call, provider)
    return tuple(_element(entry) for entry in entries)


def preview_error(raw: bytes, provider: str) -> DeviceError:
    """What a service said instead of pictures."""
    answer = _read(raw)
    entries = answer.get("biometrics", answer) if isinstance(answer, dict) else answer
    first = entries[0] if isinstance(entries, list) and entries else entries
    if not isinstance(first, dict):
        raise Unreachable("garbled_reply", "no answer to a stream")
    return error_of(error(first), Call.PREVIEW, provider)


def fields(payload: bytes) -> dict[str, object]:
    """The object in a payload; ``garbled_reply`` if it is none."""
    told = _read(payload)
    if not isinstance(told, dict):
        raise Unreachable("garbled_reply", "a payload that is no object")
    return told


def text(of: Fields, name: str) -> str:
    """A field as text, a number too; "" where there is none."""
    value = of.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def texts(of: Fields, name: str) -> tuple[str, ...]:
    """A field of several texts; one alone is read as one of them."""
    value = of.get(name)
    several = value if isinstance(value, list) else [value]
    return tuple(text({"": one}, "") for one in several if one is not None)


def error(of: Fields) -> str:
    """The error code of an entry; "" where it tells none."""
    told = of.get("error")
    return text(told, "errorCode") if isinstance(told, dict) else ""


def unix_ms(told: str) -> int | None:
    """A moment as it was told, or None if it is none with a zone."""
    try:
        at = datetime.fromisoformat(told)
        return None if at.tzinfo is None else round(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _found(entry: Fields) -> Found:
    try:
        who = fields(decode(text(entry, "digitalId").rstrip("=")))
    except (ValueError, Unreachable):
        who = {}
    return Found(
        id=text(entry, "deviceId"),
        code=text(entry, "deviceCode"),
        certification=text(entry, "certification"),
        status=text(entry, "deviceStatus"),
        purpose=text(entry, "purpose"),
        type=text(who, "type"),
        sub_ids=texts(entry, "deviceSubId"),
        error=error(entry),
    )


def _element(entry: Fields) -> Element:
    names = ("specVersion", "data", "hash", "sessionKey", "thumbprint")
    return Element(*(text(entry, name) for name in names))


def _objects(told: object, most: int) -> list[dict[str, object]]:
    if not isinstance(told, list) or len(told) > most:
        raise Unreachable("garbled_reply", "no list of answers")
    objects = [entry for entry in told if isinstance(entry, dict)]
    if len(objects) != len(told):
        raise Unreachable("garbled_reply", "an answer that is no object")
    return objects


def _read(raw: bytes) -> object:
    try:
        told: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreachable("garbled_reply", "no JSON") from error
    return told


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")
