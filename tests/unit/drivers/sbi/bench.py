"""A scripted SBI service on a real socket, below the HTTP library; each test changes what it answers.

It knows nothing of the driver: answers are put together here from the protocol page.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from drivers.address import parse
from drivers.errors import DeviceError
from drivers.sbi.line import HttpLine
from drivers.sbi.scanner import SbiScanner
from drivers.sbi.trust import Anchors
from drivers.scanner import LEFT_SLAP, RIGHT_SLAP, Modality, Wanted
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.papers import NOW_MS, Paper, b64url, jws
from tests.unit.drivers.sbi.service import serving

MAGIC = {"Finger": b"FIR\x00020\x00", "Iris": b"IIR\x00020\x00", "Face": b"FAC\x00030\x00"}
SUCCESS = {"errorCode": "0", "errorInfo": "Success"}
ISO_NOW = "2026-01-02T03:04:05Z"
TRANSACTION = "3273-0001-a"
RIGHT = Wanted(Modality.FINGER, RIGHT_SLAP, (), 40, 10_000)
LEFT_WITHOUT_LITTLE = Wanted(Modality.FINGER, LEFT_SLAP[:3], LEFT_SLAP[3:], 40, 10_000)
FACE = Wanted(Modality.FACE, (), (), 60, 5_000)
JPEG = b"\xff\xd8 SPECIMEN \xff\xd9"

Change = Callable[[Any], Any]


def record(kind: str, part: str) -> bytes:
    body = f"SPECIMEN {part}".encode()
    return MAGIC[kind] + (12 + len(body)).to_bytes(4, "big") + body


@dataclass(frozen=True)
class Made:
    """A device as the service has it."""

    id: str
    kind: str
    sub_ids: tuple[str, ...]
    status: str = "Ready"
    purpose: str = "Registration"
    certification: str = "L0"
    code: str = ""
    serial: str = ""
    make: str = "SPECIMEN"
    signer: Paper = field(default_factory=papers.device)
    identity_signer: Paper | None = None
    when: str = ISO_NOW

    @property
    def digital_id(self) -> dict[str, str]:
        sub = {"Finger": "Slap", "Iris": "Double", "Face": "Full face"}[self.kind]
        return {
            "serialNo": self.serial or f"SIM-{self.id}",
            "make": self.make,
            "model": f"{self.kind} One",
            "type": self.kind,
            "deviceSubType": sub,
            "deviceProvider": "Loket SPECIMEN",
            "deviceProviderId": "SPEC",
            "dateTime": self.when,
        }

    @property
    def word(self) -> str:
        return jws(self.digital_id, self.identity_signer or self.signer)


SLAP = Made("2", "Finger", ("1", "2", "3"))
IRIS = Made("5", "Iris", ("1", "2", "3"))
CAMERA = Made("7", "Face", ("0",))


class Script:
    """What a service answers. ``change``: what to do to a piece of an answer before it is sent, by its name:
    ``payload``, ``data``, ``element``, ``elements``, ``answer`` (bytes), ``found``, ``info``, ``word``.
    """

    def __init__(self, *devices: Made) -> None:
        self.devices = list(devices or (SLAP, IRIS, CAMERA))
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.change: dict[str, Change] = {}
        self.error: dict[str, str] = {}
        self.verbs_of_1 = False
        self.frames: list[bytes] = [JPEG, JPEG + b"2", JPEG + b"3"]
        self.stays = threading.Event()
        self.stays.set()

    def bodies(self, verb: str) -> list[dict[str, Any]]:
        return [body for said, _, body in self.asked if said == verb]

    def changed(self, name: str, value: Any) -> Any:
        return self.change[name](value) if name in self.change else value

    def discovery(self, asked: dict[str, Any]) -> Any:
        fitting = [one for one in self.devices if asked["type"] in ("Biometric Device", one.kind)]
        if not fitting:
            return [{"error": {"errorCode": "106", "errorInfo": "none"}}]
        return [self.changed("found", self._found(one)) for one in fitting]

    def _found(self, one: Made) -> dict[str, Any]:
        code = {"Ready": "0", "Busy": "111", "Not Ready": "110", "Not Registered": "100"}[one.status]
        return {
            "deviceId": one.id,
            "deviceStatus": one.status,
            "certification": one.certification,
            "serviceVersion": "0.9.5",
            "deviceSubId": list(one.sub_ids),
            "callbackId": "http://127.0.0.1:1/",
            "digitalId": b64url(json.dumps(one.digital_id).encode()),
            "deviceCode": one.code or f"code-{one.id}",
            "specVersion": ["0.9.5"],
            "purpose": one.purpose,
            "error": {"errorCode": code, "errorInfo": "Success" if code == "0" else "no"},
        }

    def information(self, _: dict[str, Any]) -> Any:
        return [{"deviceInfo": self._word(one), "error": SUCCESS} for one in self.devices]

    def _word(self, one: Made) -> str:
        told = self._found(one) | {"digitalId": one.word, "firmware": "1.2", "env": "Developer"}
        del told["error"]
        word = jws(self.changed("info", told), one.signer)
        return str(self.changed("word", word))

    def capture(self, asked: dict[str, Any]) -> Any:
        bio = asked["bio"][0]
        if "capture" in self.error:
            told = {"errorCode": self.error["capture"], "errorInfo": "SPECIMEN NAME"}
            return {"biometrics": [{"specVersion": "0.9.5", "data": "", "hash": "", "error": told}]}
        one = next(device for device in self.devices if device.id == bio["deviceId"])
        previous, elements = bio["previousHash"], []
        for part in self.changed("parts", bio["bioSubType"] or [None]):
            element, previous = self._element(one, asked, part, previous)
            elements.append(element)
        return {"biometrics": self.changed("elements", elements)}

    def _element(self, one: Made, asked: dict[str, Any], part: str | None, previous: str) -> Any:
        iso = self.changed("record", record(one.kind, part or "face"))
        payload = {
            "digitalId": one.word,
            "deviceCode": one.code or f"code-{one.id}",
            "deviceServiceVersion": "0.9.5",
            "bioType": one.kind,
            "purpose": asked["purpose"],
            "env": asked["env"],
            "bioValue": b64url(iso),
            "transactionId": asked["transactionId"],
            "timestamp": ISO_NOW,
            "requestedScore": asked["bio"][0]["requestedScore"],
            "qualityScore": "61.50",
        }
        if part is not None:
            payload["bioSubType"] = part
        payload = self.changed("payload", payload)
        after = hashlib.sha256(bytes.fromhex(previous) if previous else b"").digest()
        before = bytes.fromhex(previous) if previous else after
        digest = hashlib.sha256(before + hashlib.sha256(iso).digest()).hexdigest().upper()
        word = self.changed("data", jws(payload, one.signer))
        element = {"specVersion": "0.9.5", "data": word, "hash": digest, "error": SUCCESS}
        if asked["purpose"] == "Auth":
            element |= {"sessionKey": b64url(b"wrapped"), "thumbprint": "AB" * 32}
        return self.changed("element", element), digest


class Clock:
    """Time passes when somebody sleeps."""

    def __init__(self) -> None:
        self.ms = 0
        self.on_sleep: Callable[[], None] = lambda: None

    def now_ms(self) -> int:
        return self.ms

    def sleep_ms(self, ms: int) -> None:
        self.ms += ms
        self.on_sleep()


@dataclass
class Bench:
    """A scanner of ours, the service it asks, and the time as the station knows it."""

    script: Script
    clock: Clock
    scanner: SbiScanner
    port: int
    now_ms: int = NOW_MS

    def made(self, place: int, **what: Any) -> None:
        """Change a device of the service."""
        self.script.devices[place] = replace(self.script.devices[place], **what)


@contextmanager
def bench(*devices: Made, script: Script | None = None, pem: bytes = b"") -> Iterator[Bench]:
    script = script or Script(*devices)
    clock = Clock()
    with serving(script) as port:
        address = parse(f"sbi://127.0.0.1:{port}")
        anchors = Anchors(pem or papers.country().pem + papers.provider().pem)
        told = Bench(script, clock, None, port)  # type: ignore[arg-type]
        told.scanner = SbiScanner(
            HttpLine("127.0.0.1"), address, anchors, now_unix_ms=lambda: told.now_ms, clock=clock
        )
        try:
            yield told
        finally:
            told.scanner.close()


def fails(scanner: SbiScanner, cause: str, wanted: Wanted = RIGHT) -> DeviceError:
    """A capture that raises ``cause``."""
    with pytest.raises(DeviceError) as error:
        scanner.capture(wanted)
    assert error.value.cause == cause
    return error.value
