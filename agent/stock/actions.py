"""What a person may ask of the stock: book what came."""

from __future__ import annotations

from typing import Any

from agent.asking import Args, blank, once, paper
from agent.config import Config
from agent.stock import blanks
from agent.store.journal import Journal
from agent.trouble import Trouble
from domain.policy import KINDS
from domain.words import RefusedByRule


def receive_blanks(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Book a ``consignment`` of ``kind``, with ``names`` or by ``count``."""
    consignment, kind = paper(args["consignment"], "A consignment"), str(args["kind"])
    if kind not in KINDS:
        raise RefusedByRule("UNKNOWN_KIND")
    told = args.get("names")
    names = None if told is None else [blank(str(each)) for each in told]
    count = len(names) if names is not None else int(args["count"])
    if count < 1:
        raise Trouble("A consignment holds at least one blank.")
    new = once(journal, args, lambda tx: blanks.receive(tx, consignment, kind, names, count))
    return {"consignment": consignment, "kind": kind, "count": count, "new": new}
