"""What a person tells of a printer's keeping: a new ribbon, a cleaning, settings looked at, a test card."""

from __future__ import annotations

from typing import Any

from agent.asking import Args, once, person
from agent.config import Config
from agent.keeping import book, trial
from agent.printing import tally
from agent.store.journal import Journal, Tx
from agent.trouble import Trouble

PRINTS_MAX = 10_000


def ribbon(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """A ribbon for ``prints`` cards was put in. Returns {serial, prints}."""
    prints = int(args["prints"])
    if not 0 < prints <= PRINTS_MAX:
        raise Trouble(f"A ribbon prints 1 to {PRINTS_MAX:,} cards.")

    def work(tx: Tx) -> dict[str, Any]:
        serial, cards = _printer(tx)
        book.new_ribbon(tx, serial, prints, cards)
        return {"serial": serial, "prints": prints}

    return once(journal, args, work)


def cleaned(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The printer was cleaned. Returns {serial}."""

    def work(tx: Tx) -> dict[str, Any]:
        serial, cards = _printer(tx)
        book.cleaned(tx, serial, cards)
        return {"serial": serial}

    return once(journal, args, work)


def settings(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Somebody looked at the settings that changed and found them right. Returns {serial, accepted}."""

    def work(tx: Tx) -> dict[str, Any]:
        serial, _ = _printer(tx)
        changed = book.drifted(tx, serial)
        right = {**(book.kept(tx, serial).settings or {})}
        for name, (_, now) in changed.items():
            right.pop(name, None)
            if now is not None:
                right[name] = now
        if changed:
            book.accept(tx, serial, right)
        return {"serial": serial, "accepted": sorted(changed)}

    return once(journal, args, work)


def ask_test_card(journal: Journal, config: Config, args: Args) -> dict[str, Any]:
    """A test card is printed as soon as nothing else is to be. Returns {serial, asked}.

    ``blank``: the one that is in the feeder next, where no chip reader tells. Raises RefusedByRule
    BLANK_NEEDED, BLANK_NOT_ASKED, BLANK_USED, BLANK_UNKNOWN, SECOND_NEEDED, SECOND_IS_FIRST.
    """
    by, second = person(args, "by"), person(args, "second")

    def work(tx: Tx) -> dict[str, Any]:
        serial, _ = _printer(tx)
        trial.ask(tx, args.get("blank"), has_chip=bool(config.chip), by=by, second=second)
        return {"serial": serial, "asked": True}

    return once(journal, args, work)


def _printer(tx: Tx) -> tuple[str, int | None]:
    """The printer of this station's lane, and its cards as the journal explains them."""
    last = book.last_printer(tx)
    if last is None or not last[0]:
        raise Trouble("No printer has been met here yet.")
    known = tally.known(tx, last[0])
    return last[0], known[0] if known else None
