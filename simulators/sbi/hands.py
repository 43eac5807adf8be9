"""The technician's hands and the person before the devices, as words: one line in, one JSON object out.

    subject 12 | subject NIK    another person steps up          place
    auto|nothing|right|left|thumbs|eyes|face missing Left LittleFinger   a finger the person has not
    whole      all fingers are there again remove                      hands off, eyes away             wipe
         glass and lenses are clean unplug [Finger|Iris|Face]   pull the cable                   plug
         put every cable in
    clock +400                  the PC's clock is off (s)        rotate     other device keys of the same CA
    fault NAME@WHEN[,…]         order an accident                cure [NAME…]   take accidents away
    look                        what is so
The same may be said as {"subject": 12} or {"rotate": true}, as at the other simulators.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from simulators.sbi import faults, words
from simulators.sbi.desk import Desk
from simulators.sbi.subject import person

Hand = Callable[[Desk, str], None]


def _subject(desk: Desk, rest: str) -> None:
    counter = desk.service.counter
    counter.subject = person(rest)
    counter.place("auto", desk.clock.now_ms())


def _place(desk: Desk, rest: str) -> None:
    desk.service.counter.place(rest, desk.clock.now_ms())


def _missing(desk: Desk, rest: str) -> None:
    if rest not in (*words.FINGERS, *words.EYES):
        raise ValueError("a part is written as in SBI, such as Left LittleFinger")
    who = desk.service.counter.subject
    desk.service.counter.subject = replace(who, missing=who.missing | {rest})


def _whole(desk: Desk, rest: str) -> None:
    desk.service.counter.subject = replace(desk.service.counter.subject, missing=frozenset())
    desk.service.faults.cure("missing")


def _unplug(desk: Desk, rest: str) -> None:
    _order(desk, f"unplug@now,of={rest}" if rest else "unplug@now")


def _clock(desk: Desk, rest: str) -> None:
    desk.service.faults.cure("clock")
    _order(desk, f"clock@now,by={rest}")


def _order(desk: Desk, rest: str) -> None:
    desk.service.faults.add(faults.parse(rest, desk.clock.now_ms()))


def _cure(desk: Desk, rest: str) -> None:
    desk.service.faults.cure(*rest.split())


HANDS: Mapping[str, Hand] = {
    "subject": _subject,
    "place": _place,
    "remove": lambda desk, rest: _place(desk, "nothing"),
    "missing": _missing,
    "whole": _whole,
    "wipe": lambda desk, rest: _cure(desk, "dirty"),
    "unplug": _unplug,
    "plug": lambda desk, rest: _cure(desk, "unplug"),
    "clock": _clock,
    "rotate": lambda desk, rest: desk.pen.keys.rotate(desk.clock.wall()),
    "fault": _order,
    "cure": _cure,
    "look": lambda desk, rest: None,
}
STILL = ("look", "clock", "rotate")
"""Hands that change nothing before the lens."""


def do(desk: Desk, line: str) -> dict[str, Any]:
    """One line; a wrong one is answered, never raised."""
    try:
        word, rest = _said(line)
        hand = HANDS[word]
        with desk.changed:
            hand(desk, rest)
            if word not in STILL:
                desk.service.counter.moved_ms = desk.clock.now_ms()
            desk.changed.notify_all()
            return look(desk)
    except KeyError:
        return {"error": "no such hand", "hands": sorted(HANDS)}
    except ValueError as wrong:
        return {"error": str(wrong)}


def look(desk: Desk) -> dict[str, Any]:
    """What is so; of the person only what a technician sees."""
    service, now_ms = desk.service, desk.clock.now_ms()
    there = service.there(now_ms)
    return {
        "devices": {device.modality: service.status(device, now_ms) for device in there},
        "placed": dict(service.counter.placed),
        "missing": sorted(service.counter.subject.missing),
        "counts": dict(service.counts),
    }


def _said(line: str) -> tuple[str, str]:
    """The word and the rest, of either form. ValueError where it is neither."""
    line = line.strip()
    if line.startswith("{"):
        told = json.loads(line)
        if len(told) != 1:
            raise ValueError("one hand at a time, please")
        ((word, value),) = told.items()
        return word, "" if value is True else str(value)
    word, _, rest = line.partition(" ")
    return word, rest.strip()
