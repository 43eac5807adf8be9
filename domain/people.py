"""Staff marks: how a person of the house is told, and when two marks are one person's.

Nobody is told by name or NIK: a mark is a word of the office's own. Where the rules ask for two people, a
second mark that differs from the first in its case or its dots alone is the first one again. What marks an
office gave to whom is its own list; nobody here can tell that two different words are one person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain import nik

RELATIVES = ("spouse", "parent", "child", "sibling", "guardian", "relative")
"""Who of a holder's family collects a card: words, so that no name is written."""

EVIDENCE, CLERK = "evidence", "clerk"
"""Who did it where no person gave a mark: the counters of a printer; a clerk, whoever it was. No marks."""

_MARK = re.compile(r"(?=[._-]*[A-Za-z0-9])[A-Za-z0-9._-]{1,40}")
_SIXTEEN = re.compile(r"(?<!\d)\d{16}(?!\d)")
_BETWEEN = re.compile(r"(?<=\d)[ ._/-]+(?=\d)")


def is_mark(text: str) -> bool:
    """Whether ``text`` may stand for a person: letters, digits, dots and dashes, at most 40, and no NIK."""
    return bool(_MARK.fullmatch(text)) and not holds_nik(text)


def same(first: str, second: str) -> bool:
    """Whether two marks are one person's."""
    return _plain(first) == _plain(second)


def count(marks: Iterable[str]) -> int:
    """How many people these marks are."""
    return len({_plain(mark) for mark in marks})


def holds_nik(text: str) -> bool:
    """Whether ``text`` holds sixteen digits in a row, or a NIK written with dots or dashes in it."""
    return bool(_SIXTEEN.search(text)) or holds_person(text)


def holds_person(text: str) -> bool:
    """Whether a NIK by its own rules stands in ``text``, for where other long numbers are usual."""
    return any(map(_is_nik, _SIXTEEN.findall(_BETWEEN.sub("", text))))


def _plain(mark: str) -> str:
    return "".join(sign for sign in mark.casefold() if sign.isalnum())


def _is_nik(digits: str) -> bool:
    try:
        nik.parse(digits)
    except ValueError:
        return False
    return True
