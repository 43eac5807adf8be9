"""What the screen shows, worked out from the journal before any HTML is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agent.config import Config
from agent.keeping import book, report
from agent.printing import jobs
from agent.printing.states import State
from agent.status import Attention, attention, headline, orders, unsent_events
from agent.stock import blanks
from agent.store.sqlite import Reads
from agent.web import words
from agent.web.shelf import Shelf, shelf
from domain.policy import KINDS
from domain.regions import OFFICES, kind
from domain.wita import ZONE, day, day_bounds_ms

QUEUE_SHOWN = 6
DONE_SHOWN = 3
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
_LINES = 500
_LINES_BEFORE = (
    "SELECT seq, at_ms, event, iif(event = 'printed', json_extract(body, '$.kind'), NULL) FROM journal "
    "WHERE seq < coalesce(?, 9223372036854775807) ORDER BY seq DESC LIMIT ?"
)
_TAKEN = (State.UNSURE, State.PRINTING, State.STAGED, State.QUEUED)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list: what, how it is, a remark, and when."""

    name: str
    state: str
    word: str
    remark: str
    at: str


@dataclass(frozen=True, slots=True)
class Stock:
    """Blanks of one kind."""

    kind: str
    on_hand: str
    unsure: int
    used_today: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the templates need, as text."""

    office: str
    station: str
    colour: str
    colour_word: str
    headline: str
    advice: str
    also: tuple[str, ...]
    today: str
    waiting: str
    queue: tuple[Line, ...]
    queue_more: int
    done: tuple[Line, ...]
    printed_today: str
    printer: str
    printer_state: str
    printer_remark: str
    keeping: str
    shelf: Shelf
    stocks: tuple[Stock, ...]
    unsent: str
    link: str
    receipt: str


def look(reads: Reads, config: Config, *, free_bytes: int, now_ms: int, live: Mapping[str, Any]) -> Page:
    """The page as it stands at ``now_ms``; colour and headline from the journal,
    and from a line that is refused."""
    books = report.read(reads, now_ms)
    keeping, link = report.asks(books, {}), live.get("link", {})
    asks = attention(reads, free_bytes=free_bytes, now_ms=now_ms, keeping=keeping, link=link)
    head = headline(asks)
    title, advice = words.HEADLINES[head.word]
    ((has, receipt_ms),) = reads.rows("SELECT seq, at_ms FROM cursor WHERE name = 'hub_has'")
    unsent, _ = unsent_events(reads, has)
    queue = jobs.in_state(reads, *_TAKEN)
    queue.sort(key=lambda job: (_TAKEN.index(job.state), job.queued_ms, job.id))
    printer, remark = _printer(reads, config, live)
    return Page(
        office=f"{kind(config.office).capitalize()} {OFFICES.get(config.office, '')}",
        station=config.name,
        colour=head.colour,
        colour_word=words.COLOURS[head.colour],
        headline=title.format(n=words.number(head.count)),
        advice=advice.format(n=words.number(head.count), cause=_sentence(remark)),
        also=_also(asks),
        today=_date(now_ms),
        waiting=words.number(orders(reads).get("waiting", 0)),
        queue=tuple(_line(job, now_ms) for job in queue[:QUEUE_SHOWN]),
        queue_more=max(0, len(queue) - QUEUE_SHOWN),
        done=tuple(_line(job, now_ms) for job in jobs.last_finished(reads, DONE_SHOWN)),
        printed_today=words.number(_printed_today(reads, now_ms)),
        printer=words.PRINTER.get(printer, printer),
        printer_state=printer,
        printer_remark=remark,
        keeping=_keeping(report.told(books, live.get("printer", {}))) if config.printer else "",
        shelf=shelf(reads, now_ms),
        stocks=tuple(_stock(reads, each, now_ms) for each in KINDS),
        unsent=words.number(unsent),
        link=_link(live),
        receipt=ago(receipt_ms, now_ms),
    )


def _also(asks: list[Attention]) -> tuple[str, ...]:
    """The headlines that stand behind the first one."""
    return tuple(words.HEADLINES[each.word][0].format(n=words.number(each.count)) for each in asks[1:])


def _line(job: jobs.Job, now_ms: int) -> Line:
    cause = words.CAUSES.get(job.cause or "", job.cause or "")
    blank = f"blangko {job.blank}" if job.blank else ""
    remark = " · ".join(part for part in (blank, cause) if part)
    return Line(job.id, job.state, words.STATES[job.state], remark, ago(job.at_ms, now_ms))


def _printer(reads: Reads, config: Config, live: Mapping[str, Any]) -> tuple[str, str]:
    """The printer's state and a remark: as the agent sees it now, else as the journal last told it."""
    if not config.printer:
        return "none", ""
    told = live.get("printer", {})
    last = book.last_printer(reads)
    state = told.get("state") or (last[1] if last else "stopped")
    cause = told.get("cause") if told.get("state") else (last[2] if last else None)
    return str(state), words.CAUSES.get(cause or "", cause or "")


def _keeping(found: Mapping[str, Any]) -> str:
    """What the printer still has, and what it should get; empty where nobody knows."""
    told = [
        words.SUPPLIES[name].format(n=words.number(found[name]["left"]))
        for name in words.SUPPLIES
        if found[name]["left"] is not None
    ]
    told.append(words.CLEANING.get(found["cleaning"]["state"] or "", ""))
    told.append(words.CAUSES.get(found["duty"]["rest"] or "", ""))
    return " · ".join(filter(None, told))


def _link(live: Mapping[str, Any]) -> str:
    state = live.get("link", {}).get("state", "stopped")
    return words.LINK.get(state, words.OFFLINE)


def _stock(reads: Reads, kind_: str, now_ms: int) -> Stock:
    ((unsure,),) = reads.rows("SELECT count(*) FROM blank WHERE kind = ? AND place = 'unsure'", kind_)
    used = _printed_today(reads, now_ms, kind_)
    return Stock(kind_.upper(), words.number(blanks.usable(reads, kind_)), unsure, used)


def _printed_today(reads: Reads, now_ms: int, kind_: str | None = None) -> int:
    """Good cards since midnight by the counter's clock."""
    first, end = day_bounds_ms(day(now_ms))
    came_out, before = 0, None
    while rows := reads.rows(_LINES_BEFORE, before, _LINES):  # from the end: a day is the journal's last part
        came_out += sum(
            event == "printed" and first <= at_ms < end and kind_ in (None, kind)
            for _, at_ms, event, kind in rows
        )
        before = rows[-1][0]
        if rows[-1][1] < first:
            break
    return came_out


def _sentence(remark: str) -> str:
    """A remark as a sentence of its own."""
    return f"{remark[:1].upper()}{remark[1:]}." if remark else "Lihat layar printer."


def _date(at_ms: int) -> str:
    here = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE)
    return f"{here.day} {words.MONTHS[here.month - 1]} {here.year}"


def ago(at_ms: int, now_ms: int) -> str:
    """How long ago, in words; a clock that went back is no reason to speak of the future."""
    if not at_ms:
        return "belum pernah"
    past = max(0, now_ms - at_ms)
    if past < _MINUTE_MS:
        return "baru saja"
    if past < _HOUR_MS:
        return f"{past // _MINUTE_MS} menit lalu"
    if past < 24 * _HOUR_MS:
        return f"{past // _HOUR_MS} jam lalu"
    return f"{past // (24 * _HOUR_MS)} hari lalu"
