"""A policy as JSON, and whether it is one: {"name", "from", "rules"}.

``rules`` holds the fields of domain.policy.Policy that differ from 2020, parts as objects of their own. It
is kept and signed as told, not filled up, so that a program of another version reads the same rules. One
that it does not know is refused, never passed over: an office must not follow half a policy unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date
from typing import Any

from domain.policy import DEFAULT, Policy
from domain.words import RefusedByRule

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
HEAD = ("name", "effective")
WORDS_MAX = 40


def from_json(told: Any) -> Policy:
    """The policy of {"name", "from", "rules"}. Raises RefusedByRule BAD_POLICY naming the field."""
    if not isinstance(told, Mapping) or set(told) != {"name", "from", "rules"}:
        raise _bad("a policy has exactly name, from and rules")
    return made(told["name"], told["from"], told["rules"])


def made(name: Any, effective: Any, rules: Any) -> Policy:
    """The same from its three parts."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _bad("name is letters, digits, dots and dashes, at most 64")
    if not _is_day(effective):
        raise _bad("from is no date YYYY-MM-DD")
    found = Policy(name=name, effective=effective, **_part(Policy, rules, "rules"))
    if found.kia_bands.photo_from > found.kia_bands.until:
        raise _bad("kia_bands.photo_from lies after kia_bands.until")
    if name == DEFAULT.name and replace(found, effective=DEFAULT.effective) != DEFAULT:
        raise _bad(f"{name} is the name of the rules that hold where nothing else is told")
    return found


def check(told: Any) -> None:
    """Raise RefusedByRule BAD_POLICY unless ``told`` is a policy."""
    from_json(told)


def to_json(policy: Policy, *, whole: bool = True) -> dict[str, Any]:
    """{"name", "from", "rules"}: ``whole`` with every rule, else with those that differ from 2020."""
    told, usual = asdict(policy), asdict(DEFAULT)
    rules = {name: value for name, value in told.items() if name not in HEAD}
    return {"name": policy.name, "from": policy.effective, "rules": _plain(rules, {} if whole else usual)}


def _plain(told: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Lists for tuples, and nothing that is as usual."""
    plain: dict[str, Any] = {}
    for name, value in told.items():
        if name not in usual or value != usual[name]:
            part = isinstance(value, dict)
            plain[name] = _plain(value, usual.get(name, {})) if part else value
            plain[name] = list(value) if isinstance(value, tuple) else plain[name]
    return plain


def _part(kind: type[Any], told: Any, where: str) -> dict[str, Any]:
    """The told fields of one part of a policy, each checked."""
    if not isinstance(told, Mapping):
        raise _bad(f"{where} is no object of rules")
    known = {each.name: each for each in fields(kind) if each.name not in HEAD}
    found: dict[str, Any] = {}
    for name, value in told.items():
        if name not in known:
            raise _bad(f"this program knows no rule {name!r} in {where}")
        path = name if where == "rules" else f"{where}.{name}"
        usual = known[name].default
        if is_dataclass(usual) and not isinstance(usual, type):
            found[name] = type(usual)(**_part(type(usual), value, path))
        else:
            found[name] = _checked(known[name].metadata, usual, value, path)
    return found


def _checked(bounds: Mapping[str, Any], usual: Any, value: Any, path: str) -> Any:
    """One plain rule's value: a number, a yes or no, a word of a few, or a list of words."""
    if isinstance(usual, bool):
        if not isinstance(value, bool):
            raise _bad(f"{path} is neither true nor false")
        return value
    if isinstance(usual, int):
        least, most = bounds["least"], bounds["most"]
        if type(value) is not int or not least <= value <= most:
            raise _bad(f"{path} is no whole number from {least} to {most}")
        return value
    if isinstance(usual, str):
        if value not in bounds["one_of"]:
            raise _bad(f"{path} is none of {', '.join(bounds['one_of'])}")
        return value
    return _word_list(value, bounds["known"], bounds["all_of"], path)


def _word_list(value: Any, known: tuple[str, ...], all_of: bool, path: str) -> tuple[str, ...]:
    plain = isinstance(value, list | tuple) and len(value) <= WORDS_MAX
    if not plain or not all(isinstance(each, str) and _WORD.fullmatch(each) for each in value):
        raise _bad(f"{path} is no list of words")
    if len(set(value)) != len(value):
        raise _bad(f"{path} names a word twice")
    if known and not set(value) <= set(known):
        raise _bad(f"{path} may only name {', '.join(known)}")
    if all_of and set(value) != set(known):
        raise _bad(f"{path} has to name each of {', '.join(known)}")
    return tuple(value)


def _is_day(told: Any) -> bool:
    try:
        return isinstance(told, str) and bool(_DAY.fullmatch(told)) and bool(date.fromisoformat(told))
    except ValueError:
        return False


def _bad(sentence: str) -> RefusedByRule:
    return RefusedByRule("BAD_POLICY", f"{sentence[0].upper()}{sentence[1:]}.")
