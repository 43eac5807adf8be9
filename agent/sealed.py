"""An order's personal part, opened in memory with the station's key and never written anywhere.

Whoever asks holds it for as long as a card is drawn, a screen is shown or a notice is written, and no line
of the journal, the log or a refusal ever repeats it. It is there until the card's end is told and the
province holds that (agent/printing/jobs.py).
"""

from __future__ import annotations

import json
from typing import Any

from agent.store.sqlite import Reads
from domain.keys import CannotOpen, OpenKey, order_info
from domain.words import RefusedByRule


def fields(reads: Reads, key: OpenKey, station: str, order: str) -> dict[str, str]:
    """The personal part of ``order``, by the columns of the province's list.

    Raises RefusedByRule BAD_PAYLOAD, also where it is forgotten by now.
    """
    found = reads.rows(
        "SELECT sealed FROM payload JOIN order_ ON payload_sha256 = sha256 WHERE id = ?", order
    )
    if not found:
        raise RefusedByRule("BAD_PAYLOAD", order)
    try:
        opened: Any = json.loads(key.open(found[0][0], order_info(station, order)))
    except (CannotOpen, ValueError):
        raise RefusedByRule("BAD_PAYLOAD", order) from None
    if not isinstance(opened, dict) or not all(isinstance(value, str) for value in opened.values()):
        raise RefusedByRule("BAD_PAYLOAD", order)
    return opened
