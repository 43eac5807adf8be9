"""How a station's printer keeps, for a person: supplies in working days, cleaning, rest, changed settings.

What is in the station's own books is read once (``read``); what the printer itself tells comes from the
running agent (``live``) and is laid beside it by a pure function, so that the answer is useful while the
agent is stopped, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
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
from domain.wita import DAY_MS, day

Asks = list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Books:
    """What the station knows of its printer by itself. ``serial`` is empty before any printer was met.

    ``counted``: the printer's cards as the journal explains them; ``printed``: good cards by WITA day;
    ``usable``: blanks by kind; ``stocked``: the kinds that ever came here; ``drifted_printers``: how many
    printers have settings that nobody looked at.
    """

    serial: str
    kept: Kept
    counted: int | None
    printed: Counter[str]
    usable: Mapping[str, int]
    stocked: frozenset[str]
    fed_today: int
    cards_a_day: int
    rest: duty.Rest | None
    drifted: Mapping[str, list[str | None]]
    drifted_printers: int
    today: str


def read(reads: Reads, now_ms: int) -> Books:
    """The books of the printer that the journal told of last, at ``now_ms``."""
    last = book.last_printer(reads)
    serial = last[0] if last else ""
    known, fed_ms = tally.known(reads, serial), book.fed_ms(reads, serial)
    rules = policies.current(reads, now_ms)
    return Books(
        serial=serial,
        kept=book.kept(reads, serial),
        counted=known[0] if known else None,
        printed=by_day(book.printed_ms(reads, now_ms - WINDOW_DAYS * DAY_MS)),
        usable={kind: blanks.usable(reads, kind) for kind in KINDS},
        stocked=frozenset(kind for (kind,) in reads.rows("SELECT DISTINCT kind FROM consignment")),
        fed_today=duty.today(fed_ms, now_ms),
        cards_a_day=rules.duty.cards_a_day,
        rest=duty.rest(rules.duty, rules.hot_rest_minutes, fed_ms, book.hot_ms(reads, serial), now_ms),
        drifted=book.drifted(reads, serial),
        drifted_printers=book.printers_drifted(reads),
        today=day(now_ms),
    )


def told(books: Books, live: Mapping[str, Any]) -> dict[str, Any]:
    """The document of ``loket printer --json``. ``live``: the agent's ``printer`` answer, empty when stopped.

    Every ``days`` is working days, None where nobody can say; ``since`` counts cards since the cleaning.
    """
    care: Mapping[str, Any] = live.get("care") or {}
    now = (live.get("counters") or {}).get("cards")
    counted = books.counted if now is None else int(now)
    return {
        "serial": books.serial or None,
        "state": live.get("state", "stopped"),
        "cause": live.get("cause"),
        "ribbon": _supply(books, _ribbon_left(care, books.kept, counted)),
        "film": _supply(books, care.get("film_left")),
        "blanks": {kind: _supply(books, left) for kind, left in books.usable.items()},
        "cleaning": {
            "state": care.get("cleaning"),
            "since": _since_cleaning(care, books.kept, counted),
        },
        "duty": {
            "today": books.fed_today,
            "cards_a_day": books.cards_a_day or None,
            "rest": books.rest.cause if books.rest else None,
            "rest_until_ms": books.rest.until_ms if books.rest else None,
        },
        "settings": books.kept.settings,
        "drifted": books.drifted,
    }


def asks(books: Books, live: Mapping[str, Any]) -> Asks:
    """What of it a person should look at: (word, sentence, count). Nothing before a printer was met."""
    found = told(books, live)
    wanted: Asks = []
    if not books.serial:
        return wanted
    if books.drifted_printers:
        text = "Settings of the printer have changed; see `loket printer`."
        wanted.append(("SETTINGS_DRIFTED", text, books.drifted_printers))
    if found["cleaning"]["state"] in ("recommended", "due"):
        wanted.append(("CLEANING", "The printer should be cleaned.", 1))
    low = [name for name in ("ribbon", "film") if is_low(found[name]["days"])]
    # Not every office prints children's cards: a kind that never came here is not missed.
    low += [
        f"{kind} blanks" for kind in KINDS if kind in books.stocked and is_low(found["blanks"][kind]["days"])
    ]
    if low:
        wanted.append(("SUPPLIES_LOW", f"Order soon: {', '.join(low)}.", len(low)))
    return wanted


def _supply(books: Books, left: int | None) -> dict[str, Any]:
    return {"left": left, "days": days_left(left, books.printed, books.today)}


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
