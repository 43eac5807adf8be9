"""The back door's language, as all devices on a line hear it: a word and what follows it. Pure.

A hand is a line (``sign 12``) or an object of one word (``{"sign": 12}``, ``{"plug": true}``), and an
accident may be ordered for this very moment (``fault dead@now,for=500``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.lines.faults import Fault, Faults


def heard(told: Any) -> tuple[str, list[str]]:
    """The word and the words behind it. ValueError for what is no hand."""
    if isinstance(told, str):
        name, _, rest = told.strip().partition(" ")
    elif isinstance(told, dict) and len(told) == 1:
        ((name, value),) = told.items()
        rest = "" if value is True else str(value)
    else:
        raise ValueError("a hand is a line of words, or an object of one word")
    return name, rest.split()


def order(
    words: list[str],
    now_ms: int,
    parse: Callable[[str], Fault],
    strike: Callable[[Fault], None],
    faults: Faults,
) -> dict[str, Any]:
    """The hand ``fault``: one for now strikes, any other is kept in ``faults``. ValueError as ``parse``."""
    text = (words or [""])[0]
    name, _, when = text.partition("@")
    if when == "now" or when.startswith("now,"):
        strike(parse(f"{name}@ms={now_ms}{when[3:]}"))
    else:
        faults.add(parse(text))
    return {"fault": text}
