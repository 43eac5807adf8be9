"""What a request asks, and what is wrong with it: JSON in, a value or an error code out. Pure.

The checks stand in the order of drivers/sbi/PROTOCOL.md §5.1; the first that fails is the answer. What
depends on the devices at this moment (is it there, is it ready) is asked of the model in the middle of that
order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulators.sbi import words
from simulators.sbi.words import FACE

TRANSACTION = re.compile(r"[a-zA-Z0-9-]{4,50}")
HASH = re.compile(r"[0-9A-Fa-f]{64}")
SCORE = re.compile(r"100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?")
TIMEOUT_MS_MAX = 600_000
STREAM_MS = 300_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """One capture. ``parts`` in the order of the answer; a face has none. ``requested``: the score as
    text.
    """

    verb: str
    modality: str
    parts: tuple[str, ...]
    exceptions: tuple[str, ...]
    requested: str
    device: str
    sub: str
    timeout_ms: int
    transaction: str
    env: str
    purpose: str
    previous: str
    domain: str

    @property
    def score(self) -> float:
        """The score that ends the capture at once."""
        return float(self.requested)


class Wrong(Exception):
    """A request that is answered with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Place:
    """What the checks ask of the service. ``device(id, type, verb)`` answers None or a code, for §5.1's
    middle.
    """

    env: str
    device: Callable[[str, str, str], str | None]


def read_json(body: bytes) -> dict[str, Any]:
    """The object of a body; nothing at all is an empty one. Raises Wrong 101."""
    try:
        told = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Wrong("101") from None
    if not isinstance(told, dict):
        raise Wrong("101")
    return told


def discovery(told: dict[str, Any]) -> str:
    """The type that is looked for. Raises Wrong 501 or 502."""
    kind = told.get("type")
    if not isinstance(kind, str) or not kind:
        raise Wrong("501")
    if kind not in (words.ALL, *words.PARTS):
        raise Wrong("502")
    return kind


def streaming(told: dict[str, Any]) -> tuple[str, str, int]:
    """Device, sub-device and milliseconds. Raises Wrong 604, 609 or 610."""
    device, sub = _text(told.get("deviceId")), _text(told.get("deviceSubId")) or "0"
    if not device:
        raise Wrong("604")
    span = _number(told["timeout"]) if told.get("timeout") not in (None, "") else STREAM_MS
    if span is None:
        raise Wrong("610")
    if span == 0:
        raise Wrong("609")
    return device, sub, min(span, TIMEOUT_MS_MAX)


def capture(verb: str, told: dict[str, Any], place: Place) -> Wanted:
    """A capture that may begin. Raises Wrong with the first code that applies."""
    bio = _first(told)
    auth = verb == words.CAPTURE
    transaction = _text(told.get("transactionId"))
    kind, device = _text(bio.get("type")), _text(bio.get("deviceId"))
    if not TRANSACTION.fullmatch(transaction):
        raise Wrong("112")
    if told.get("env") != place.env:
        raise Wrong("115")
    if told.get("purpose") != (words.AUTH if auth else words.REGISTRATION):
        raise Wrong("121")
    if not device:
        raise Wrong("804" if auth else "704")
    if kind not in words.PARTS:
        raise Wrong("114")
    if code := place.device(device, kind, verb):
        raise Wrong(code)
    parts, exceptions = _parts(bio, kind, auth=auth)
    _fit(bio, kind, parts, exceptions, auth=auth)
    previous = bio.get("previousHash") or ""
    if not isinstance(previous, str) or (previous and not HASH.fullmatch(previous)):
        raise Wrong("123")
    sub = _text(bio.get("deviceSubId"))
    group = words.GROUPS.get((kind, sub), ())
    return Wanted(
        verb=verb,
        modality=kind,
        parts=tuple(sorted(parts, key=group.index)) if not auth else parts,
        exceptions=exceptions,
        requested=_score(bio),
        device=device,
        sub=sub,
        timeout_ms=_timeout(told),
        transaction=transaction,
        env=place.env,
        purpose=told["purpose"],
        previous=previous,
        domain=_text(told.get("domainUri")),
    )


def _first(told: dict[str, Any]) -> dict[str, Any]:
    """bio[0], which alone is honoured. Raises Wrong 101 where the shape or the version is another."""
    bio = told.get("bio")
    if not isinstance(bio, list) or not bio or not isinstance(bio[0], dict):
        raise Wrong("101")
    if told.get("specVersion") != words.SPEC:
        raise Wrong("101")
    first: dict[str, Any] = bio[0]
    return first


def _parts(bio: dict[str, Any], kind: str, *, auth: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is wanted and what is missing, each a known word. Raises Wrong 119 or 117."""
    known = {*words.FINGERS, *words.EYES}
    parts, exceptions = _texts(bio.get("bioSubType"), "119"), _texts(bio.get("exception"), "117")
    if any(part not in known | {words.UNKNOWN} for part in parts):
        raise Wrong("119")
    if any(part not in known for part in exceptions):
        raise Wrong("117")
    if auth and exceptions:
        raise Wrong("122")
    return parts, exceptions


def _fit(
    bio: dict[str, Any], kind: str, parts: tuple[str, ...], exceptions: tuple[str, ...], *, auth: bool
) -> None:
    """Parts, exceptions and count against the sub-device. Raises Wrong 708, 118, 122, 116 or 109."""
    sub, count = _text(bio.get("deviceSubId")), _number(bio.get("count"))
    group = words.PARTS[kind] if auth else words.GROUPS.get((kind, sub))
    if group is None or (auth and sub != "0"):
        raise Wrong("810" if auth else "708")
    if kind != FACE and not set(exceptions) <= set(group):
        raise Wrong("118")
    fitting = {*group, words.UNKNOWN} if auth and kind != FACE else {*group}
    named = [part for part in (*parts, *exceptions) if part != words.UNKNOWN]
    if not set(parts) <= fitting or len(set(named)) < len(named):
        raise Wrong("122")
    if count is None:
        raise Wrong("116")
    wanted = 1 if kind == FACE else len(parts)
    whole = wanted <= words.AUTH_MOST[kind] if auth else kind == FACE or {*parts, *exceptions} == {*group}
    if not whole or count != wanted or wanted == 0:
        raise Wrong("109")


def _timeout(told: dict[str, Any]) -> int:
    span = _number(told.get("timeout"))
    if span is None:
        raise Wrong("101")
    return min(span, TIMEOUT_MS_MAX)


def _score(bio: dict[str, Any]) -> str:
    told = _text(bio.get("requestedScore"))
    if not SCORE.fullmatch(told):
        raise Wrong("101")
    return told


def _texts(told: Any, code: str) -> tuple[str, ...]:
    """An array of texts; left out it is empty. Raises Wrong ``code``."""
    if told is None:
        return ()
    if not isinstance(told, list) or any(not isinstance(part, str) for part in told):
        raise Wrong(code)
    return tuple(told)


def _text(told: Any) -> str:
    return told if isinstance(told, str) else ""


def _number(told: Any) -> int | None:
    """A whole number written as text, not below zero."""
    return int(told) if isinstance(told, str) and re.fullmatch(r"[0-9]{1,9}", told) else None
