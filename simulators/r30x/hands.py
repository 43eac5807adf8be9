"""The technician's hands at a finger module: one JSON object, or one line of words, in; one object out.

    finger 7:1 wet turn=20      the right index finger (1 of 0-9) of person 7, wet, turned
    finger NIK:1,6              both index fingers of the person of that NIK, in turn
    no-finger                   away 1500 (comes back after so many ms)      steady on
    wet  dry  partial  noisy  moving  clean  turn=20 area=0.5    the same finger, laid otherwise
    unplug  plug  power cut|on|off  sensor broken|whole  fault NAME@now  look

``{"finger": "7:1 wet"}`` and so on are the same. A wrong one is answered, never raised. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from simulators.lines.hands import heard, order
from simulators.people.whose_finger import biometric_seed
from simulators.r30x import accidents, faults
from simulators.r30x.glass import LAID, Finger
from simulators.r30x.model import Module

Answer = dict[str, Any]
FINGERS = range(10)
NIK_DIGITS = 16
_MEASURES = ("wet", "area", "turn", "noise")


def _laid(words: list[str]) -> dict[str, float | bool]:
    how: dict[str, float | bool] = {}
    for word in words:
        name, equals, number = word.partition("=")
        if equals and name in _MEASURES:
            how[name] = float(number)
        elif not equals and name in LAID:
            how |= LAID[name]
        else:
            raise ValueError(f"a finger lies {', '.join(LAID)}, {'=, '.join(_MEASURES)}=, not {word!r}")
    return how


def _finger(module: Module, words: list[str]) -> Answer:
    person, _, told = (words or [""])[0].partition(":")
    indices = told.split(",")
    if not person.isdecimal() or not all(each.isdecimal() and int(each) in FINGERS for each in indices):
        raise ValueError("finger needs PERSON:INDEX, with an index of 0-9")
    seed = biometric_seed(person) if len(person) == NIK_DIGITS else int(person)
    how = _laid(words[1:])
    module.glass.lay(*(Finger(seed, int(each)).laid(**how) for each in indices))
    return _look(module, [])


def _no_finger(module: Module, words: list[str]) -> Answer:
    module.glass.lay(None)
    return _look(module, [])


def _otherwise(module: Module, words: list[str]) -> Answer:
    if module.glass.finger is None:
        raise ValueError("no finger lies there")
    module.glass.lay(module.glass.finger.laid(**_laid(words)))
    return _look(module, [])


def _away(module: Module, words: list[str]) -> Answer:
    module.glass.away(module.now_ms + int(words[0]))
    return {"away": int(words[0])}


def _steady(module: Module, words: list[str]) -> Answer:
    module.glass.steady = _one_of(words, "on", "off") == "on"
    return {"steady": module.glass.steady}


def _unplug(module: Module, words: list[str]) -> Answer:
    module.unplug(int(words[0]) if words else None)
    return {"plugged": False}


def _plug(module: Module, words: list[str]) -> Answer:
    module.plug()
    return {"plugged": True}


def _power(module: Module, words: list[str]) -> Answer:
    what = _one_of(words, "cut", "on", "off")
    if what == "on":
        module.power_on()
    else:
        module.power_off(accidents.POWER_MS if what == "cut" else None)
    return {"power": module.powered}


def _sensor(module: Module, words: list[str]) -> Answer:
    module.blind = _one_of(words, "broken", "whole") == "broken"
    return {"sensor": words[0]}


def _fault(module: Module, words: list[str]) -> Answer:
    return order(
        words, module.now_ms, faults.parse, lambda fault: accidents.strike(module, fault), module.faults
    )


def _look(module: Module, words: list[str]) -> Answer:
    finger = module.glass.finger
    return {
        "finger": None if finger is None else asdict(finger),
        "power": module.powered,
        "plugged": module.plugged,
        "exchanges": module.exchanges,
        "slots": sorted(module.flash.library),
    }


def _one_of(words: list[str], *known: str) -> str:
    if len(words) != 1 or words[0] not in known:
        raise ValueError(f"that is one of {', '.join(known)}")
    return words[0]


HANDS: Mapping[str, Callable[[Module, list[str]], Answer]] = {
    "finger": _finger,
    "no-finger": _no_finger,
    "away": _away,
    "steady": _steady,
    "unplug": _unplug,
    "plug": _plug,
    "power": _power,
    "sensor": _sensor,
    "fault": _fault,
    "look": _look,
}


def do(module: Module, told: Any) -> Answer:
    """One line of the back door."""
    try:
        name, words = heard(told)
        if name in HANDS:
            answer = HANDS[name](module, words)
        elif name.partition("=")[0] in {*LAID, *_MEASURES}:
            answer = _otherwise(module, [name, *words])
        else:
            raise ValueError(f"no hand is called {name!r}; there are {', '.join([*HANDS, *LAID])}")
    except (ValueError, IndexError) as wrong:
        return {"error": str(wrong)}
    module.tell()
    return answer
