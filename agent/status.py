"""How the station stands, told from its journal; and the one headline a clerk reads first.

A missing line is no colour: a station without a link is well, and one whose link is up may still need a
person. A line that is refused is another thing: it never comes back by itself. What only the running agent
knows (link and printer at this moment) is laid beside it, or marked ``stopped``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agent import policies, province_clock
from agent.config import Config
from agent.counter import suket
from agent.keeping import book, report
from agent.printing import jobs
from agent.printing.states import State
from agent.recording import book as book_of_recordings
from agent.recording import purge
from agent.stock import blanks
from agent.stock.notices import notices
from agent.store import behind
from agent.store.journal import mark
from agent.store.sqlite import Reads
from domain.wita import ZONE
from domain.words import SENTENCES, sentence

DISK_LOW_BYTES = 256 << 20
SILENT_MS = 7 * 86_400_000  # a week: more than a boat's turn; by then somebody should carry the journal
REFUSED_SHOWN_MS = 3 * 86_400_000
ANSWER_SHOWN_MS = 30 * 86_400_000
_REFUSED = {
    "broker_refused": "The broker does not let this station in; see its name, password and certificate.",
    "fork": "The province holds other lines of this journal than this disk.",
    "fault": "The thread of the line has ended; restart the station and keep its log.",
}
HANDS = frozenset({"needs_hands", "error", "offline"})


@dataclass(frozen=True, slots=True)
class Headline:
    """``colour``: green (go on), amber (soon), red (now). ``word`` names the reason, ``count`` how many."""

    colour: str
    word: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing a person should look at: a stable word, one sentence, and what it is about."""

    word: str
    text: str
    red: bool
    count: int = 1


def stamp(at_ms: int | None) -> str | None:
    """An instant as the counter's clock shows it, ISO 8601 with its offset; None stays None."""
    if not at_ms:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE).isoformat(timespec="milliseconds")


def collect(
    reads: Reads, config: Config, *, free_bytes: int, now_ms: int, live: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The document of ``loket status --json``. ``live``: agent.control.Live's answer, None when stopped."""
    has = mark(reads, "hub_has")
    ((receipt_ms,),) = reads.rows("SELECT at_ms FROM cursor WHERE name = 'hub_has'")
    told = live or {}
    keeping = report.asks(report.read(reads, now_ms), told.get("printer", {}))
    asks = attention(reads, free_bytes=free_bytes, now_ms=now_ms, keeping=keeping, link=told.get("link", {}))
    head = headline(asks)
    return {
        "office": config.office,
        "station": config.station,
        "epoch": epoch(reads),
        "headline": {"colour": head.colour, "word": head.word},
        "link": {
            "state": "stopped",
            **told.get("link", {}),
            "last_receipt_at": stamp(receipt_ms),
            "hub_has": has.seq,
        },
        "unsent": _unsent(reads, has.seq),
        "printer": {"state": "stopped", "cause": None, "counters": None, **told.get("printer", {})},
        "jobs": jobs.counts(reads),
        "orders": orders(reads),
        "blanks": blanks.account(reads),
        "clock": {"skew_s": None, **told.get("clock", {})},
        "disk": {"free_bytes": free_bytes},
        "attention": [{"word": each.word, "text": each.text, "count": each.count} for each in asks],
    }


def epoch(reads: Reads) -> int | None:
    """The latest epoch this station wrote in; None before its first line."""
    found = reads.rows("SELECT epoch FROM journal ORDER BY seq DESC LIMIT 1")
    return found[0][0] if found else None


def orders(reads: Reads) -> dict[str, int]:
    """How many orders are in each state."""
    return dict(reads.rows("SELECT state, count(*) FROM order_ GROUP BY state ORDER BY state"))


def unsent_events(reads: Reads, hub_has: int) -> tuple[int, int | None]:
    """How many lines the province does not have, and when the oldest was written."""
    ((count, oldest_ms),) = reads.rows(
        "SELECT (SELECT count(*) FROM journal WHERE seq > ?1), "
        "(SELECT at_ms FROM journal WHERE seq > ?1 ORDER BY seq LIMIT 1)",
        hub_has,
    )
    return count, oldest_ms


def _unsent(reads: Reads, hub_has: int) -> dict[str, Any]:
    """Lines that the province does not have and packets without its receipt; the oldest of all of them."""
    events, event_ms = unsent_events(reads, hub_has)
    ((packets, packet_ms),) = reads.rows(
        "SELECT count(*), min(sealed_ms) FROM recording WHERE state = 'sealed'"
    )
    oldest_ms = min((ms for ms in (event_ms, packet_ms) if ms is not None), default=None)
    return {"events": events, "recordings": packets, "oldest_at": stamp(oldest_ms)}


def attention(
    reads: Reads, *, free_bytes: int, now_ms: int, keeping: report.Asks, link: Mapping[str, Any]
) -> list[Attention]:
    """What a person should look at, the most pressing first.

    ``keeping``: what the printer's keeping asks; ``link``: how the running agent's line is, if one runs.
    """
    found = [Attention(behind.WORD, sentence(behind.WORD), red=True)] if behind.is_behind(reads) else []
    if province_clock.wrong(reads, now_ms):
        found.append(Attention("CLOCK_WRONG", sentence("CLOCK_WRONG"), red=True))
    found += [*_about_cards(reads), *_about_printer(reads)]
    if free_bytes < DISK_LOW_BYTES:
        found.append(Attention("DISK_LOW", "The disk is nearly full; free some space.", red=True))
    found += [
        *_about_refusal(link),
        *_about_link(reads, now_ms),
        *_about_packets(reads, now_ms),
        *_about_papers(reads),
        *_about_answers(reads, now_ms),
    ]
    found += [Attention(word, text, red=False, count=count) for word, text, count in keeping]
    return sorted(found, key=lambda each: not each.red)


def _about_cards(reads: Reads) -> list[Attention]:
    found = []
    if unsure := jobs.counts(reads).get(State.UNSURE, 0):
        found.append(Attention("UNSURE", sentence("LANE_CLOSED"), red=True, count=unsure))
    if held := jobs.counts(reads).get(State.WITHHELD, 0):
        text = "Withheld cards wait for a supervisor; see `loket withheld --help`."
        found.append(Attention("WITHHELD", text, red=False, count=held))
    found += [Attention(*notice) for notice in notices(reads)]
    waiting = dict(
        reads.rows("SELECT kind, count(*) FROM order_ WHERE state IN ('waiting', 'taken') GROUP BY kind")
    )
    for kind, count in waiting.items():
        if not blanks.usable(reads, kind):
            found.append(
                Attention("NO_BLANKS", f"Orders wait and no {kind} blank is left.", red=False, count=count)
            )
    return found


def _about_printer(reads: Reads) -> list[Attention]:
    last = book.last_printer(reads)
    if last is None or last[1] not in HANDS:
        return []
    return [Attention("PRINTER", f"The printer needs hands: {last[2] or last[1]}.", red=False)]


def _about_refusal(link: Mapping[str, Any]) -> list[Attention]:
    """A province or a broker that does not take this station: no waiting helps."""
    if link.get("state") != "refused":
        return []
    cause = str(link.get("cause"))
    why = _REFUSED.get(cause) or SENTENCES.get(cause.upper(), "Ask the province.")
    text = f"The line to the province is refused ({cause}). {why}"
    return [Attention("LINK_REFUSED", text, red=False)]


def _about_link(reads: Reads, now_ms: int) -> list[Attention]:
    found = []
    _, oldest_ms = unsent_events(reads, mark(reads, "hub_has").seq)
    if oldest_ms is not None and now_ms - oldest_ms > SILENT_MS:
        days = (now_ms - oldest_ms) // 86_400_000
        text = f"The province has had nothing from here for {days} days."
        found.append(Attention("LONG_UNSENT", text, red=False, count=days))
    refused = dict(
        reads.rows(
            "SELECT event, count(*) FROM journal WHERE event IN ('order_refused', 'policy_refused') "
            "AND at_ms > ? GROUP BY event",
            now_ms - REFUSED_SHOWN_MS,
        )
    )
    if count := refused.get("order_refused"):
        text = "Orders from the province were refused; the province sees which."
        found.append(Attention("ORDERS_REFUSED", text, red=False, count=count))
    if count := len(policies.not_followed(reads, now_ms)) or refused.get("policy_refused"):
        text = (
            "Rules from the province were not taken here, the ones before hold; this program may be too old."
        )
        found.append(Attention("POLICY_REFUSED", text, red=False, count=count))
    return found


def _about_packets(reads: Reads, now_ms: int) -> list[Attention]:
    """Recordings nobody else has, that the province cannot use, or whose files do not fit the journal."""
    found, files = [], purge.read(reads)
    if files.missing:
        text = "Sealed recordings without a receipt are not on this disk any more; restore them."
        found.append(Attention("RECORDINGS_MISSING", text, red=True, count=files.missing))
    ((late, refused),) = reads.rows(
        "SELECT (SELECT count(*) FROM recording WHERE state = 'sealed' AND sealed_ms < ?1), "
        "(SELECT count(*) FROM recording WHERE state = 'rejected' AND at_ms > ?1)",
        now_ms - SILENT_MS,
    )
    for count, word, text in (
        (late, "RECORDINGS_UNSENT", "Sealed recordings have waited for the province for a week."),
        (refused, "RECORDINGS_REJECTED", "The province could not use recordings; see `loket recordings`."),
        (files.unclaimed, "RECORDINGS_UNCLAIMED", "Sealed files lie here that the journal does not know."),
    ):
        if count:
            found.append(Attention(word, text, red=False, count=count))
    return found


def _about_answers(reads: Reads, now_ms: int) -> list[Attention]:
    """Answers of the centre after which somebody has to see to the person, for a month."""
    told = book_of_recordings.to_see_to(reads, now_ms - ANSWER_SHOWN_MS)
    return [
        Attention(word, text, red=False, count=told[word])
        for word, text in (
            ("RECORD_AGAIN", "The centre could not use recordings; these people have to be recorded again."),
            ("RECORDING_DUPLICATE", "The centre knows these people from before; find out with them."),
            ("RECORDING_ODD", "Answers of the centre do not follow the ones before; ask the province."),
        )
        if told[word]
    ]


def _about_papers(reads: Reads) -> list[Attention]:
    """Certificates whose sheet may exist and that nobody has told of yet."""
    count = suket.unsettled(reads)
    if not count:
        return []
    text = "Certificates were printed and nobody confirmed the sheet or made it void."
    return [Attention("SUKET_UNSETTLED", text, red=False, count=count)]


def headline(asks: list[Attention]) -> Headline:
    """The one thing to say first."""
    if not asks:
        return Headline("green", "READY")
    return Headline("red" if asks[0].red else "amber", asks[0].word, asks[0].count)
