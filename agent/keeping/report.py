"""How a station's printer keeps, for a person: supplies in working days, cleaning, rest, changed settings.

What the printer itself tells comes from the running agent (``live``); the rest is in the station's own
books, so that the answer is useful while the agent is stopped, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from agent import policies
from agent.keeping import book
from agent.keeping.book import Kept
from agent.printing import tally
from agent.stock import blanks
from agent.store.sqlite import Reads
from domain import duty
from domain.policy import KINDS
from domain.supplies import WINDOW_DAYS, by_day, days_left, is_low
from domain.wita import day

DAY_MS = 86_400_000
Asks = list[tuple[str, str, int]]


def collect(reads: Reads, serial: str, live: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
    """The document of ``loket printer --json``. ``live``: the agent's ``printer`` answer, empty when stopped.

    Every ``days`` is working days, None where nobody can say; ``since`` counts cards since the cleaning.
    """
    told: Mapping[str, Any] = live.get("care") or {}
    kept, counted = book.kept(reads, serial), _cards(reads, serial, live)
    cards = by_day(book.printed_ms(reads, now_ms - WINDOW_DAYS * DAY_MS))
    fed_ms = book.fed_ms(reads, serial)
    rules = policies.current(reads, now_ms)
    rest = duty.rest(rules.duty, rules.hot_rest_minutes, fed_ms, book.hot_ms(reads, serial), now_ms)
    return {
        "serial": serial or None,
        "state": live.get("state", "stopped"),
        "cause": live.get("cause"),
        "ribbon": _supply(_ribbon_left(told, kept, counted), cards, now_ms),
        "film": _supply(told.get("film_left"), cards, now_ms),
        "blanks": {kind: _supply(blanks.usable(reads, kind), cards, now_ms) for kind in KINDS},
        "cleaning": {"state": told.get("cleaning"), "since": _since_cleaning(told, kept, counted)},
        "duty": {
            "today": duty.today(fed_ms, now_ms),
            "cards_a_day": rules.duty.cards_a_day or None,
            "rest": rest.cause if rest else None,
            "rest_until_ms": rest.until_ms if rest else None,
        },
        "settings": kept.settings,
        "drifted": book.drifted(reads, serial),
    }


def asks(reads: Reads, found: Mapping[str, Any]) -> Asks:
    """What of it a person should look at: (word, sentence, count)."""
    wanted: Asks = []
    if count := book.printers_drifted(reads):
        wanted.append(
            ("SETTINGS_DRIFTED", "Settings of the printer have changed; see `loket printer`.", count)
        )
    if found["cleaning"]["state"] in ("recommended", "due"):
        wanted.append(("CLEANING", "The printer should be cleaned.", 1))
    low = [name for name in ("ribbon", "film") if is_low(found[name]["days"])]
    low += [
        f"{kind} blanks" for kind in KINDS if _stocks(reads, kind) and is_low(found["blanks"][kind]["days"])
    ]
    if low:
        wanted.append(("SUPPLIES_LOW", f"Order soon: {', '.join(low)}.", len(low)))
    return wanted


def _stocks(reads: Reads, kind: str) -> bool:
    """Whether blanks of this kind ever came here: not every office prints children's cards."""
    return bool(reads.rows("SELECT 1 FROM consignment WHERE kind = ? LIMIT 1", kind))


def _supply(left: int | None, cards: Counter[str], now_ms: int) -> dict[str, Any]:
    return {"left": left, "days": days_left(left, cards, day(now_ms))}


def _cards(reads: Reads, serial: str, live: Mapping[str, Any]) -> int | None:
    """The printer's own count of cards: as it says now, else as far as the journal explains it."""
    counters = live.get("counters") or {}
    if counters.get("cards") is not None:
        return int(counters["cards"])
    known = tally.known(reads, serial)
    return known[0] if known else None


def _ribbon_left(told: Mapping[str, Any], kept: Kept, counted: int | None) -> int | None:
    """The printer's word, or what somebody put in less the cards since; the smaller where both are known."""
    lefts = [told.get("ribbon_left")]
    if kept.ribbon_prints is not None and kept.ribbon_cards is not None and counted is not None:
        lefts.append(max(0, kept.ribbon_prints - (counted - kept.ribbon_cards)))
    return min((left for left in lefts if left is not None), default=None)


def _since_cleaning(told: Mapping[str, Any], kept: Kept, counted: int | None) -> int | None:
    if told.get("since_cleaning") is not None:
        return int(told["since_cleaning"])
    if kept.cleaned_cards is None or counted is None:
        return None
    return max(0, counted - kept.cleaned_cards)
