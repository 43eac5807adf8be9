"""A service in this process with a clock that jumps, asked through its desk; and what a reader of answers
needs.

Nothing of the service is used to check it: the JWS, the schemas and the hash chain are read here anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jsonschema import Draft202012Validator

from simulators.sbi import faults, keys, model, parts
from simulators.sbi.answers import Pen
from simulators.sbi.desk import Desk
from simulators.sbi.faults import Faults
from simulators.sbi.keys import Keys
from simulators.sbi.studio import Studio
from simulators.sbi.subject import Counter, person

VECTORS = Path(__file__).parents[3] / "vectors" / "sbi"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PATHS = {
    "MOSIPDISC": "/device", "SBIDISC": "/device", "MOSIPDINFO": "/info", "SBIINFO": "/info",
    "RCAPTURE": "/capture", "CAPTURE": "/capture",
}  # fmt: skip
CALLS = {
    "MOSIPDISC": "discover", "SBIDISC": "discover", "MOSIPDINFO": "info", "SBIINFO": "info",
    "RCAPTURE": "rcapture", "CAPTURE": "capture",
}  # fmt: skip
LEFT = ("Left IndexFinger", "Left MiddleFinger", "Left RingFinger", "Left LittleFinger")
RIGHT = tuple(part.replace("Left", "Right") for part in LEFT)
THUMBS = ("Left Thumb", "Right Thumb")
IDS = {"Finger": "1", "Iris": "2", "Face": "3"}


class Jump:
    """A clock that stands still until somebody waits; ``held``: then it stands until the test moves it."""

    def __init__(self) -> None:
        self.at_ms = 0
        self.held = False
        self.waiting = threading.Event()

    def now_ms(self) -> int:
        return self.at_ms

    def wall(self) -> datetime:
        return NOW + timedelta(milliseconds=self.at_ms)

    def wait(self, changed: threading.Condition, until_ms: int) -> None:
        self.waiting.set()
        if self.held:
            changed.wait(10)
        else:
            self.at_ms = max(self.at_ms, until_ms)

    def simulated(self, span_ms: int) -> int:
        return span_ms


@lru_cache(maxsize=1)
def some_keys() -> Keys:
    """One set for the whole run: making RSA keys is dear."""
    return keys.make(("1", "2", "3"), NOW)


@lru_cache(maxsize=1)
def some_studio() -> Studio:
    """One for the whole run: growing fingers is dear."""
    return Studio()


class Bench:
    """One service and whoever asks it."""

    def __init__(self, *accidents: str, purpose: str = "Registration", kept: Keys | None = None) -> None:
        self.clock = Jump()
        self.keys = kept or some_keys()
        self.service = model.Service(
            purpose, "Developer", parts.devices(1), Counter(person("3", 1990)),
            Faults(faults.parse(text) for text in accidents),
        )  # fmt: skip
        self.changed = threading.Condition()
        pen = Pen(self.service, self.keys, 4501, os.urandom, some_studio())
        self.desk = Desk(self.service, pen, self.clock, self.changed)

    def ask(self, verb: str, told: Any, path: str | None = None) -> Any:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return json.loads(self.desk.answer(CALLS[verb], path or PATHS[verb], body))

    def capture(self, **changes: Any) -> Any:
        """An RCAPTURE of the left slap, unless told otherwise."""
        return self.ask("RCAPTURE", request(**changes))

    def code(self, **changes: Any) -> str:
        """The code of a capture's only element."""
        (element,) = self.capture(**changes)["biometrics"]
        code: str = element["error"]["errorCode"]
        return code


def request(verb: str = "RCAPTURE", **changes: Any) -> dict[str, Any]:
    """A good request; ``changes`` by field of the request or of bio[0]. None takes a field away."""
    auth = verb == "CAPTURE"
    kind = changes.get("type", "Finger")
    named = {"Finger": LEFT, "Iris": ("Left", "Right"), "Face": ()}[kind if kind in IDS else "Finger"]
    if auth:
        named = named[:2]
    bio = {
        "type": kind, "bioSubType": [*named], "exception": [], "requestedScore": "40",
        "deviceId": IDS.get(kind, "1"),
        "deviceSubId": "0" if auth or kind == "Face" else "3" if kind == "Iris" else "1", "previousHash": "",
    }  # fmt: skip
    told = {
        "env": "Developer", "purpose": "Auth" if auth else "Registration", "specVersion": "0.9.5",
        "timeout": "10000", "captureTime": "2026-01-02T03:04:05Z", "transactionId": "R-64-11-1-1",
    }  # fmt: skip
    if auth:
        del bio["exception"]
        told["domainUri"] = "loket.example"
    for key, value in changes.items():
        (told if key in told else bio)[key] = value
    if "count" not in changes:
        bio["count"] = str(len(bio["bioSubType"]) or 1)
    return {**told, "bio": [bio], "customOpts": {}}


@lru_cache(maxsize=32)
def schema(name: str) -> Draft202012Validator:
    told = json.loads((VECTORS / f"{name}.json").read_text("ascii"))
    Draft202012Validator.check_schema(told)
    return Draft202012Validator(told)


def fits(name: str, told: Any) -> None:
    """Against tests/vectors/sbi/NAME.json; the first thing that does not fit is told."""
    schema(name).validate(told)


def unb64(text: str) -> bytes:
    assert "=" not in text
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def opened(jws: str, *anchors: x509.Certificate) -> dict[str, Any]:
    """The payload of a JWS whose signature fits its own certificate; with anchors, whose chain does as
    well.
    """
    head, payload, signature = jws.split(".")
    header = json.loads(unb64(head))
    fits("jws-header", header)
    leaf = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size >= 2048
    key.verify(unb64(signature), f"{head}.{payload}".encode(), padding.PKCS1v15(), hashes.SHA256())
    if anchors:
        above = next(each for each in anchors if each.subject == leaf.issuer)
        leaf.verify_directly_issued_by(above)
    told: dict[str, Any] = json.loads(unb64(payload))
    return told


def hung_on(previous: str, record: bytes) -> str:
    """The chain as PROTOCOL.md §5.4 tells it, written here once more."""
    before = bytes.fromhex(previous) if previous else hashlib.sha256().digest()
    return hashlib.sha256(before + hashlib.sha256(record).digest()).digest().hex().upper()
