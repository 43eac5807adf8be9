"""The hands at a signature pad: one JSON object, or one line of words, in; one object out.

    sign            sign 12 (as another person)      hand on|off (whether somebody signs unasked)
    unplug [MS]     plug      fault pause@now        look

A wrong one is answered, never raised. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.lines.hands import heard, order
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
    return order(words, pad.now_ms, faults.parse, lambda fault: clock.strike(pad, fault), pad.faults)


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
    try:
        name, words = heard(told)
        if name not in HANDS:
            raise ValueError(f"no hand is called {name!r}; there are {', '.join(HANDS)}")
        answer = HANDS[name](pad, words)
    except ValueError as wrong:
        return {"error": str(wrong)}
    pad.tell()
    return answer
