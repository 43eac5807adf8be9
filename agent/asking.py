"""What every action shares: the asker's mark, and the words a person may write.

An action is a plain function ``(journal, config, args) -> JSON object`` that a person may ask of the station.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from agent.config import Config
from agent.store.journal import Journal, Tx, meta, set_meta
from agent.trouble import Trouble
from domain import people
from domain.manifest import blank_name
from domain.words import RefusedByRule

T = TypeVar("T")
Args = Mapping[str, Any]
Action = Callable[[Journal, Config, Args], dict[str, Any]]

LAST_REQUEST = "last_request"
_WORD = re.compile(r"[a-z][a-z0-9_]{1,39}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


def once(journal: Journal, args: Args, work: Callable[[Tx], T]) -> T:
    """``work``'s answer (JSON). The last ``request`` asked again gives the same one and does nothing.

    So that whoever lost the answer, but not the work, may simply ask again.
    """
    request = args.get("request")

    def once(tx: Tx) -> T:
        last = json.loads(meta(tx, LAST_REQUEST, "{}"))
        if request is not None and last.get("request") == request:
            answer: T = last["answer"]
            return answer
        done = work(tx)
        if request is not None:
            set_meta(tx, LAST_REQUEST, json.dumps({"request": request, "answer": done}))
        return done

    return journal.write(once)


def blank(text: str) -> str:
    """A blank's name as written everywhere. Raises Trouble."""
    try:
        return blank_name(text)
    except ValueError as error:
        told = str(error)
        raise Trouble(f"{told[0].upper()}{told[1:]}.") from None


def reason(args: Args, name: str = "reason") -> str | None:
    """The reason among ``args``, a word; None when none was given. Raises Trouble."""
    told = args.get(name)
    if told is not None and (not _WORD.fullmatch(str(told)) or people.holds_nik(str(told))):
        raise Trouble("A reason is one word of small letters, such as smeared or jam; no NIK.")
    return None if told is None else str(told)


def person(args: Args, name: str) -> str | None:
    """The staff mark ``name`` among ``args``; None when none was given. Raises Trouble."""
    told = args.get(name)
    if told is not None and not people.is_mark(str(told)):
        raise Trouble("A person is told by a staff mark: letters, digits, dots and dashes; no NIK.")
    if told is not None and any(people.same(str(told), word) for word in (people.EVIDENCE, people.CLERK)):
        raise Trouble("The journal's own words evidence and clerk are no staff marks.")
    return None if told is None else str(told)


def two(by: str | None, second: str | None) -> bool:
    """Whether two people gave their marks. Raises RefusedByRule SECOND_IS_FIRST where both are one's."""
    if by is None or second is None:
        return False
    if people.same(by, second):
        raise RefusedByRule("SECOND_IS_FIRST")
    return True


def paper(text: object, what: str) -> str:
    """The name of a ``what`` on paper, such as a consignment's. Raises Trouble."""
    if not _NAME.fullmatch(str(text)):
        raise Trouble(f"{what}'s name is letters, digits, dots, slashes and dashes, at most 64.")
    return no_nik(str(text))


def no_nik(text: str) -> str:
    """``text``, unless it holds a NIK: a paper and a shelf have names of their own. Raises Trouble."""
    if people.holds_nik(text):
        raise Trouble("That looks like a NIK; tell the paper's or the place's own name.")
    return text
