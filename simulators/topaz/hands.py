"""The hands at a signature pad: one JSON object, or one line of words, in; one object out.

    sign            sign 12 (as another person)      hand on|off (whether somebody signs unasked)
    unplug [MS]     plug      fault pause@now        look

A wrong one is answered, never raised. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.topaz import clock, faults
from simulators.topaz.model import Pad

Answer = dict[str, Any]


def _sign(pad: Pad, words: list[str]) -> Answer:
    pad.sign(int(words[0]) if words else None)
    return _look(pad, [])


def _hand(pad: Pad, words: list[str]) -> Answer:
    if words not in (["on"], ["off"]):
        raise ValueError("hand is on or off")
    pad.hand = words == ["on"]
    return _look(pad, [])


def _unplug(pad: Pad, words: list[str]) -> Answer:
    pad.unplug(int(words[0]) if words else None)
    return _look(pad, [])


def _plug(pad: Pad, words: list[str]) -> Answer:
    pad.plug()
    return _look(pad, [])


def _fault(pad: Pad, words: list[str]) -> Answer:
    text = (words or [""])[0]
    name, _, when = text.partition("@")
    if when == "now" or when.startswith("now,"):
        clock.strike(pad, faults.parse(f"{name}@ms={pad.now_ms}{when[3:]}"))
    else:
        pad.faults.ahead.append(faults.parse(text))
    return {"fault": text}


def _look(pad: Pad, words: list[str]) -> Answer:
    return {
        "plugged": pad.plugged,
        "signing": bool(pad.script),
        "signatures": pad.signatures,
        "hand": pad.hand,
        "signer": pad.signer,
    }


HANDS: Mapping[str, Callable[[Pad, list[str]], Answer]] = {
    "sign": _sign,
    "hand": _hand,
    "unplug": _unplug,
    "plug": _plug,
    "fault": _fault,
    "look": _look,
}


def do(pad: Pad, told: Any) -> Answer:
    """One line of the back door."""
    if isinstance(told, str):
        name, _, rest = told.strip().partition(" ")
    elif isinstance(told, dict) and len(told) == 1:
        ((name, value),) = told.items()
        rest = "" if value is True else str(value)
    else:
        return {"error": "a hand is a line of words, or an object of one word"}
    if name not in HANDS:
        return {"error": f"no hand is called {name!r}; there are {', '.join(HANDS)}"}
    try:
        answer = HANDS[name](pad, rest.split())
    except ValueError as wrong:
        return {"error": str(wrong)}
    pad.tell()
    return answer
