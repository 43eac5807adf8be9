"""What the service says, as JSON values: discovery, information, captures, errors (PROTOCOL.md §4, §5, §7).

The signed word of a device is made here, with every accident that can befall it. Whoever serves hands in the
moment; nothing here has a clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from simulators.sbi import keys, sealing, words
from simulators.sbi.keys import Keys, Signer, b64url
from simulators.sbi.model import Service
from simulators.sbi.parts import Capture, Device, Frame
from simulators.sbi.studio import Studio
from simulators.sbi.words import error

VERSION = "0.9.5"
OTHER_VERSION = "0.9.2"
MAKE = "Loket SPECIMEN"
STATUS_CODES = {words.READY: "0", words.BUSY: "111", words.NOT_READY: "110", words.NOT_REGISTERED: "100"}
NOT_THERE = "106"
NOTHING_THERE = "202"


@dataclass(frozen=True, slots=True)
class Pen:
    """What answers need beside the service: keys, the port, dice, and who makes records."""

    service: Service
    keys: Keys
    port: int
    random_bytes: Callable[[int], bytes]
    studio: Studio

    def discovery(self, kind: str, now_ms: int, at: datetime) -> list[dict[str, Any]]:
        """An array with every device of that type, or one error."""
        there = self.service.there(now_ms)
        fitting = [device for device in there if kind in (words.ALL, device.modality)]
        if not fitting:
            return [{"error": error(NOT_THERE if there else NOTHING_THERE)}]
        return [self._discovered(device, now_ms, at) for device in fitting]

    def information(self, now_ms: int, at: datetime) -> list[dict[str, Any]]:
        """An array with the signed word of every device about itself."""
        told = [self._informed(device, now_ms, at) for device in self.service.there(now_ms)]
        return told or [{"deviceInfo": "", "error": error(NOTHING_THERE)}]

    def captured(self, capture: Capture, frame: Frame, now_ms: int, at: datetime) -> dict[str, Any]:
        """The elements of a capture, each hanging on the one before."""
        has = self._has(capture, now_ms)
        chain = capture.wanted.previous
        if has("chain_broken"):
            chain = hashlib.sha256(b"something else").hexdigest()
        elements, matching = [], capture.wanted.verb == words.CAPTURE
        for place, look in enumerate(frame.looks):
            part = capture.wanted.parts[place] if capture.wanted.parts else ""
            named = look.part if part == words.UNKNOWN else part
            record = self.studio.record(named, look, at, matching=matching)
            chain = chained(chain, record)
            elements.append(self._element(capture, part, record, frame.scores[place], chain, now_ms, at))
        return {"biometrics": elements[:-1] if has("count_differs") and len(elements) > 1 else elements}

    def _has(self, capture: Capture, now_ms: int) -> Callable[[str], bool]:
        return lambda name: self.service.fault(name, now_ms, capture) is not None

    def _discovered(self, device: Device, now_ms: int, at: datetime) -> dict[str, Any]:
        status = self.service.status(device, now_ms)
        registered = status != words.NOT_REGISTERED
        digital = json.dumps(self._digital(device, at)).encode()
        return self._device(device, status) | {
            "digitalId": b64url(digital),
            "purpose": self.service.purpose if registered else "",
            "error": error(STATUS_CODES[status]),
        }

    def _device(self, device: Device, status: str) -> dict[str, Any]:
        return {
            "deviceId": device.id,
            "deviceStatus": status,
            "certification": "L0",
            "serviceVersion": VERSION,
            "deviceSubId": [*device.subs],
            "callbackId": f"http://127.0.0.1:{self.port}/",
            "deviceCode": device.code,
            "specVersion": [words.SPEC],
        }

    def _informed(self, device: Device, now_ms: int, at: datetime) -> dict[str, Any]:
        status = self.service.status(device, now_ms)
        registered = status != words.NOT_REGISTERED
        digital = json.dumps(self._digital(device, at)).encode()
        signer = self.signer(device, now_ms, at)
        spoilt = self.service.fault("wrong_signature", now_ms) is not None
        told = self._device(device, status) | {
            "firmware": VERSION,
            "digitalId": keys.jws(digital, signer) if registered else b64url(digital),
            "env": self.service.env if registered else "None",
            "purpose": self.service.purpose if registered else "",
        }
        payload = json.dumps(told).encode()
        word = keys.jws(payload, signer, spoilt=spoilt) if registered else b64url(payload)
        return {"deviceInfo": word, "error": error(STATUS_CODES[status])}

    def _digital(self, device: Device, at: datetime) -> dict[str, str]:
        return {
            "serialNo": device.serial,
            "make": MAKE,
            "model": device.model,
            "type": device.modality,
            "deviceSubType": device.sub_type,
            "deviceProvider": words.PROVIDER,
            "deviceProviderId": "LOKET.SPECIMEN.SBI",
            "dateTime": moment(at),
        }

    def signer(self, device: Device, now_ms: int, at: datetime, capture: Capture | None = None) -> Signer:
        """Whose key speaks for the device."""
        if self.service.fault("untrusted", now_ms, capture):
            return self.keys.unknown(at)
        if self.service.fault("stale_key", now_ms, capture):
            return self.keys.expired(at)
        return self.keys.devices[device.id]

    def _element(
        self, capture: Capture, part: str, record: bytes, score: float, chain: str, now_ms: int, at: datetime
    ) -> dict[str, Any]:
        wanted, has = capture.wanted, self._has(capture, now_ms)
        device = next(each for each in self.service.devices if each.id == wanted.device)
        signer = self.signer(device, now_ms, at, capture)
        spoilt = has("wrong_signature")
        version = OTHER_VERSION if has("other_version") else words.SPEC
        value = record
        sealed: dict[str, str] = {}
        if wanted.verb == words.CAPTURE:
            value, sealed = self._sealed(record, moment(at), wanted.transaction)
        payload = {
            "digitalId": keys.jws(json.dumps(self._digital(device, at)).encode(), signer),
            "deviceCode": device.code,
            "deviceServiceVersion": VERSION,
            "bioType": wanted.modality,
            **({"bioSubType": part} if part else {}),
            "purpose": wanted.purpose,
            "env": wanted.env,
            **({"domainUri": wanted.domain} if wanted.verb == words.CAPTURE else {}),
            "bioValue": b64url(value),
            "transactionId": "another-transaction" if has("other_transaction") else wanted.transaction,
            "timestamp": moment(at),
            "requestedScore": wanted.requested,
            "qualityScore": f"{min(100.0, max(0.0, score)):.2f}",
        }
        data = keys.jws(json.dumps(payload).encode(), signer, spoilt=spoilt)
        return {"specVersion": version, "data": data, "hash": chain, **sealed, "error": error(words.SUCCESS)}

    def _sealed(self, record: bytes, timestamp: str, transaction: str) -> tuple[bytes, dict[str, str]]:
        certificate = self.keys.domain.certificate
        public = certificate.public_key()
        assert isinstance(public, rsa.RSAPublicKey)  # noqa: S101 - we made it
        session_key = self.random_bytes(sealing.KEY_BYTES)
        hidden, wrapped = sealing.seal(record, timestamp, transaction, session_key, public)
        thumb = certificate.fingerprint(hashes.SHA256()).hex().upper()
        return hidden, {"sessionKey": b64url(wrapped), "thumbprint": thumb}


def refused(verb: str, code: str) -> Any:
    """An error in the shape of the call's own answer."""
    if verb == words.DISCOVER:
        return [{"error": error(code)}]
    if verb == words.INFO:
        return [{"deviceInfo": "", "error": error(code)}]
    if verb == words.STREAM:
        return {"error": error(code)}
    extra = {"sessionKey": "", "thumbprint": ""} if verb == words.CAPTURE else {}
    return {
        "biometrics": [{"specVersion": words.SPEC, "data": "", "hash": "", **extra, "error": error(code)}]
    }


def raw(said: Any) -> bytes:
    """As it goes over the wire."""
    return json.dumps(said).encode()


def chained(previous: str, record: bytes) -> str:
    """The hash of a record that hangs on ``previous`` (hex; empty at the start of a sitting)."""
    before = bytes.fromhex(previous) if previous else hashlib.sha256(b"").digest()
    return hashlib.sha256(before + hashlib.sha256(record).digest()).hexdigest().upper()


def moment(at: datetime) -> str:
    """A UTC moment as the protocol writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
