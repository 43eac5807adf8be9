"""What is asked of the station about temporary certificates, each one transaction.

The sheet is drawn and sent by the command's own process (agent/counter/suket_press.py), which tells each
step here: the plan it drew, that it is about to send, what the printer answered. So the journal is written
by its one writer, and no picture and nothing of a person ever passes through the running agent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from agent import policies
from agent.asking import Args, once, person, two
from agent.asking import reason as reason_of
from agent.config import Config
from agent.counter import suket
from agent.counter.suket import Event, State
from agent.store import behind
from agent.store.journal import Journal, Tx
from agent.trouble import Trouble
from domain.wita import day
from domain.words import RefusedByRule

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TOLD: dict[str, tuple[Event, str]] = {
    "sent": (Event.SENT, "printer"),
    "unsent": (Event.UNSENT, "cause"),
    "unsure": (Event.UNSURE, "cause"),
    "reported": (Event.REPORTED, "state"),
}


def issue(journal: Journal, config: Config, args: Args) -> dict[str, Any]:
    """Write down the certificate drawn for ``order`` and ``reason``, or in place of ``renews``.

    ``number``, ``issued_on``, ``valid_until``, ``sha256``: as drawn. One in place of another that is valid
    still needs a ``second`` person, as making that one void does. Gives the certificate's JSON. Raises
    RefusedByRule as agent.counter.suket.plan does, SECOND_NEEDED, SECOND_IS_FIRST and JOURNAL_BEHIND_HUB.
    """
    digest, by, second = str(args.get("sha256")), person(args, "by"), person(args, "second")
    seen_by_two = two(by, second)
    if not _SHA256.fullmatch(digest):
        raise Trouble("The sheet's hash is none.")
    if not journal.has_room():
        raise Trouble("The disk is nearly full; no certificate is issued until some space is freed.")

    def work(tx: Tx) -> dict[str, Any]:
        behind.check(tx)
        planned = _planned(tx, config, args)
        drawn = (args.get("number"), args.get("issued_on"), args.get("valid_until"))
        if drawn != (planned.number, planned.issued_on, planned.valid_until):
            raise Trouble("Something changed while the sheet was drawn; ask again.")
        if planned.renews is not None and not seen_by_two:
            _check_ran_out(tx, planned.renews)
        suket.issue(tx, planned, digest, by, second)
        return _told(tx, planned.number)

    return once(journal, args, work)


def _check_ran_out(tx: Tx, number: str) -> None:
    """Raise RefusedByRule SECOND_NEEDED where one person would put a sheet beside one that is valid."""
    rules, today = policies.current(tx, tx.at_ms).suket, day(tx.at_ms)
    if rules.void_needs_second and suket.get(tx, number).valid_until >= today:
        raise RefusedByRule("SECOND_NEEDED", "The old sheet is valid still; two people take it in.")


def _planned(tx: Tx, config: Config, args: Args) -> suket.Plan:
    if args.get("renews") is not None:
        return suket.plan_renewal(tx, config.name, str(args["renews"]), tx.at_ms)
    reason = reason_of(args)
    if reason is None:
        raise RefusedByRule("REASON_NEEDED")
    return suket.plan(tx, config.name, str(args["order"]), reason, tx.at_ms)


def told(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """What became of a sheet: ``what`` is sent, unsent, unsure or reported; ``word``: printer, cause or end.

    Gives the certificate's JSON. Raises RefusedByRule UNKNOWN_SUKET, SUKET_STATE.
    """
    event, field = _TOLD[str(args["what"])]
    word = str(args["word"])

    def work(tx: Tx) -> dict[str, Any]:
        if event is Event.SENT:
            behind.check(tx)
        return _moved(tx, args, event, {field: word})

    return once(journal, args, work)


def confirm(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The clerk holds the sheet and it is good. Raises RefusedByRule UNKNOWN_SUKET, SUKET_STATE."""
    by = person(args, "by")
    return once(journal, args, lambda tx: _moved(tx, args, Event.CONFIRMED, {"by": by}))


def void(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The sheet counts no more: torn, jammed, misprinted, never came out. ``reason`` is needed.

    One that somebody had in hand needs a ``second`` person where the rules say so. Raises RefusedByRule
    UNKNOWN_SUKET, SUKET_STATE, REASON_NEEDED, SECOND_NEEDED, SECOND_IS_FIRST.
    """
    reason, by, second = reason_of(args), person(args, "by"), person(args, "second")
    if reason is None:
        raise RefusedByRule("REASON_NEEDED")
    seen_by_two = two(by, second)

    def work(tx: Tx) -> dict[str, Any]:
        there = suket.get(tx, str(args["number"]))
        rules = policies.current(tx, tx.at_ms).suket
        if there.state is State.CONFIRMED and rules.void_needs_second and not seen_by_two:
            raise RefusedByRule("SECOND_NEEDED")
        return _moved(tx, args, Event.VOID, {"reason": reason, "by": by, "second": second})

    return once(journal, args, work)


def _moved(tx: Tx, args: Args, event: Event, body: Mapping[str, Any]) -> dict[str, Any]:
    number = str(args["number"])
    suket.move(tx, number, event, body)
    return _told(tx, number)


def _told(tx: Tx, number: str) -> dict[str, Any]:
    return suket.get(tx, number).to_json(day(tx.at_ms))
