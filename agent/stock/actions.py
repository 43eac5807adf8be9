"""What a person may ask of the stock: book what came and went, count it, and destroy what is bad."""

from __future__ import annotations

from typing import Any

from agent.asking import Args, blank, no_nik, once, paper, person, two
from agent.asking import reason as reason_of
from agent.config import Config
from agent.stock import blanks, burning, consignments, counting, losses
from agent.store.journal import Journal, Tx
from agent.trouble import Trouble
from domain.policy import KINDS
from domain.regions import OFFICES
from domain.words import RefusedByRule

Answer = dict[str, Any]


def receive_blanks(journal: Journal, _config: Config, args: Args) -> Answer:
    """Book a ``consignment`` of ``kind``, with ``names`` or by ``count``.

    ``differs`` in the answer is how it differs from what was announced; None where it does not.
    """
    consignment, kind = paper(args["consignment"], "A consignment"), _kind(args)
    names, count = _blanks_of(args)
    new = once(journal, args, lambda tx: blanks.receive(tx, consignment, kind, names, count))
    differs = consignments.difference(journal, consignment)
    return {"consignment": consignment, "kind": kind, "count": count, "new": new, "differs": differs}


def send_blanks(journal: Journal, config: Config, args: Args) -> Answer:
    """Book a ``consignment`` of ``kind`` on its way ``to`` a station or the province."""
    consignment, kind = paper(args["consignment"], "A consignment"), _kind(args)
    (names, count), to = _blanks_of(args), str(args["to"])
    new = once(
        journal,
        args,
        lambda tx: consignments.send(tx, consignment, kind, names, count, to, config.name),
    )
    return {"consignment": consignment, "kind": kind, "count": count, "to": to, "new": new}


def count_blanks(journal: Journal, _config: Config, args: Args) -> Answer:
    """Write a count of two people, then tell what was expected: {kind, counted, expected, missing, found}."""
    kind, (names, counted) = _kind(args), _blanks_of(args, least=0)
    by, second = _two(args)

    def work(tx: Tx) -> Answer:
        counting.count(tx, kind, counted, names, by, second)
        found = counting.last(tx, kind)
        return {} if found is None else found[1]

    return once(journal, args, work)


def spoil_blank(journal: Journal, _config: Config, args: Args) -> Answer:
    """A ``blank`` of no job is bad, for a ``reason``."""
    name, reason, (by, second) = blank(str(args["blank"])), _reason(args), _people(args)
    kind = _kind(args) if args.get("kind") else None
    new = once(journal, args, lambda tx: losses.spoil(tx, name, kind, reason, by, second))
    return {"blank": name, "place": "spoiled", "new": new}


def lose_blanks(journal: Journal, _config: Config, args: Args) -> Answer:
    """A ``blank``, or ``count`` unnamed ones by the report ``minutes``, cannot be found, for a ``reason``."""
    reason, (by, second) = _reason(args), _people(args)
    kind = _kind(args) if args.get("kind") else None
    if args.get("count") is None:
        name = blank(str(args["blank"]))
        new = once(journal, args, lambda tx: losses.lose(tx, name, kind, reason, by, second))
        return {"blank": name, "place": "lost", "new": new}
    minutes, (_, count) = paper(args.get("minutes"), "A report"), _blanks_of(args)
    if second is None:
        raise RefusedByRule("SECOND_NEEDED")
    its, seen_by = kind or KINDS[0], second
    new = once(journal, args, lambda tx: losses.lose_count(tx, minutes, its, count, reason, by, seen_by))
    return {"minutes": minutes, "kind": its, "count": count, "place": "lost", "new": new}


def void_card(journal: Journal, _config: Config, args: Args) -> Answer:
    """An old or bad ``card`` came into our hands; ``why`` it is void, and the ``job`` that replaces it."""
    name, why, by = blank(str(args["card"])), str(args["why"]), person(args, "by")
    if why not in losses.WHY:
        raise Trouble(f"A card is void for one of: {', '.join(losses.WHY)}.")
    kind = _kind(args) if args.get("kind") else None
    job = None if args.get("job") is None else paper(args["job"], "A job")
    new = once(journal, args, lambda tx: losses.void(tx, name, kind, why, job, by))
    return {"card": name, "place": "void", "new": new}


def destroy_blanks(journal: Journal, config: Config, args: Args) -> Answer:
    """Burn ``names``, or all that is spoiled or void, before ``witnesses``; the ``minutes`` as written."""
    minutes, by = paper(args["minutes"], "Minutes"), person(args, "by")
    told = args.get("names")
    names = None if told is None else [blank(str(each)) for each in told]
    witnesses = [str(person({"witness": each}, "witness")) for each in args.get("witnesses") or ()]
    place = no_nik(str(args.get("place") or OFFICES.get(config.office, config.office)))[:80]
    return once(journal, args, lambda tx: burning.destroy(tx, minutes, names, witnesses, place, by))


def _kind(args: Args) -> str:
    kind = str(args["kind"])
    if kind not in KINDS:
        raise RefusedByRule("UNKNOWN_KIND")
    return kind


def _blanks_of(args: Args, least: int = 1) -> tuple[list[str] | None, int]:
    """The names among ``args`` and how many they are, or None and the count. Raises Trouble."""
    told = args.get("names")
    names = None if told is None else [blank(str(each)) for each in told]
    count = len(names) if names is not None else int(args["count"])
    if count < least:
        raise Trouble("A consignment holds at least one blank.")
    return names, count


def _reason(args: Args) -> str:
    reason = reason_of(args)
    if reason is None:
        raise RefusedByRule("REASON_NEEDED")
    return reason


def _people(args: Args) -> tuple[str | None, str | None]:
    by, second = person(args, "by"), person(args, "second")
    two(by, second)
    return by, second


def _two(args: Args) -> tuple[str, str]:
    """Two different people. Raises RefusedByRule SECOND_NEEDED, SECOND_IS_FIRST."""
    by, second = _people(args)
    if by is None or second is None:
        raise RefusedByRule("SECOND_NEEDED")
    return by, second
