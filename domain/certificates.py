"""A temporary certificate as one station tells another of it, through the province, when its order moves.

    {"number": "SPECIMEN-64.11-1-2020-00001", "reason": "marriage",
     "issued_on": "2020-05-12", "valid_until": "2020-11-12"}

Nothing of its holder is in it. It stands in the line ``order_returned`` of the one journal and in the line
``order`` of the other's log, both as ``suket``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

_FORMS = {
    "number": re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}"),
    "reason": re.compile(r"[a-z][a-z0-9_]{1,39}"),
    "issued_on": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "valid_until": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


def told(number: str, reason: str, issued_on: str, valid_until: str) -> dict[str, str]:
    """What one says of a certificate; days are WITA."""
    return {"number": number, "reason": reason, "issued_on": issued_on, "valid_until": valid_until}


def read(body: object) -> dict[str, str]:
    """What another said of one, and no more than that. Raises ValueError where it is no certificate."""
    if not isinstance(body, Mapping):
        raise ValueError("a certificate is told as an object")
    found = {}
    for name, form in _FORMS.items():
        value = body.get(name)
        if not isinstance(value, str) or not form.fullmatch(value):
            raise ValueError(f"a certificate's {name} is none")
        found[name] = value
    for name in ("issued_on", "valid_until"):
        date.fromisoformat(found[name])
    return found
