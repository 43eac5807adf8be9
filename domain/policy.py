"""Which order is printed first, and which may be printed at all.

The order of reasons is the one the offices were given in 2020, with the province's own rule on
top: whoever's marital status changed and whose new family card is done gets the card at once.
"""

from __future__ import annotations

KINDS = ("ktp", "kia")
PRINT_READY = "PRR"

REASONS: dict[str, str] = {
    "status_change": "marital status changed and the new family card is done: printed at once",
    "first_card": "the person's first card",
    "disaster": "victim of a disaster",
    "suket_prr": "holds a temporary certificate and is print-ready",
    "suket_replacement": "holds a temporary certificate for a lost or damaged card",
    "data_change": "other changed data",
}
_RANK = {reason: rank for rank, reason in enumerate(REASONS)}


def priority(reason: str, requested: str, order: str) -> tuple[int, str, str]:
    """Sort key of an order: the reason's rank, then the older request, then the name."""
    return _RANK[reason], requested, order


def rank(reason: str) -> int:
    """The reason's place in the queue, 0 first."""
    return _RANK[reason]
