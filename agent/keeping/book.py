"""What is kept of a printer between starts: when ribbon and cleaning began, and the settings found right.

One row a printer, by serial number, so that one that was lent out and came back is still known. Every change
is a journal line in the same transaction. Cards are counted by the printer's own counter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.store.journal import Tx, body_of, meta, set_meta
from agent.store.sqlite import Reads

Settings = Mapping[str, str]
DRIFTED = "settings_drifted:"  # meta word and serial number: what was told to have changed
RECENT_LINES = 20_000  # of the journal; more than any day's and any run's cards leave behind


@dataclass(frozen=True, slots=True)
class Kept:
    """One printer's row; None where nobody has said."""

    settings: Settings | None = None
    ribbon_prints: int | None = None
    ribbon_cards: int | None = None
    cleaned_cards: int | None = None


def kept(reads: Reads, serial: str) -> Kept:
    """What is known of a printer; an empty one for a printer never met."""
    found = reads.rows(
        "SELECT settings, ribbon_prints, ribbon_cards, cleaned_cards FROM keeping WHERE serial = ?", serial
    )
    if not found:
        return Kept()
    settings, *rest = found[0]
    return Kept(json.loads(settings) if settings is not None else None, *rest)


def accept(tx: Tx, serial: str, settings: Settings) -> None:
    """These settings are the right ones: at first sight, or because somebody looked and said so."""
    told = dict(sorted(settings.items()))
    _set(tx, serial, "settings", json.dumps(told))
    set_meta(tx, DRIFTED + serial, "{}")
    tx.note("settings_seen", serial, {"settings": told})


def compare(tx: Tx, serial: str, settings: Settings) -> None:
    """Note what differs from the accepted settings; the same difference once, and its end."""
    right = kept(tx, serial).settings
    if right is None:
        accept(tx, serial, settings)
        return
    changed = {
        name: [right.get(name), settings.get(name)]
        for name in sorted({*right, *settings})
        if right.get(name) != settings.get(name)
    }
    told = json.dumps(changed)
    if told != meta(tx, DRIFTED + serial, "{}"):
        set_meta(tx, DRIFTED + serial, told)
        tx.note("settings_drifted", serial, {"changed": changed})


def drifted(reads: Reads, serial: str) -> dict[str, list[str | None]]:
    """The settings that are not the accepted ones: name to [was, now]."""
    found: dict[str, list[str | None]] = json.loads(meta(reads, DRIFTED + serial, "{}"))
    return found


def printers_drifted(reads: Reads) -> int:
    """How many printers have settings that nobody has looked at."""
    ((count,),) = reads.rows("SELECT count(*) FROM meta WHERE name GLOB ? AND value <> '{}'", f"{DRIFTED}*")
    return int(count)


def new_ribbon(tx: Tx, serial: str, prints: int, cards: int | None) -> None:
    """A ribbon for ``prints`` cards was put in when the printer had counted ``cards``."""
    _set(tx, serial, "ribbon_prints", prints)
    _set(tx, serial, "ribbon_cards", cards)
    tx.note("ribbon_changed", serial, {"prints": prints, "cards": cards})


def cleaned(tx: Tx, serial: str, cards: int | None) -> None:
    """It was cleaned when it had counted ``cards``."""
    _set(tx, serial, "cleaned_cards", cards)
    tx.note("printer_cleaned", serial, {"cards": cards})


def last_printer(reads: Reads) -> tuple[str, str, str | None] | None:
    """Serial, state and cause of the printer as the journal last told them."""
    found = reads.rows(
        "SELECT subject, body FROM journal WHERE event = 'printer_state' ORDER BY seq DESC LIMIT 1"
    )
    if not found:
        return None
    body = body_of(found[0][1])
    return found[0][0], body["state"], body["cause"]


def fed_ms(reads: Reads, serial: str) -> list[int]:
    """When its last cards were fed, the latest first, as far as the recent journal tells."""
    found = reads.rows(
        "SELECT at_ms FROM (SELECT seq, at_ms, event, body FROM journal ORDER BY seq DESC LIMIT ?) "
        "WHERE event = 'feed_intended' AND json_extract(body, '$.printer') = ? ORDER BY seq DESC",
        *(RECENT_LINES, serial),
    )
    return [at_ms for (at_ms,) in found]


def hot_ms(reads: Reads, serial: str) -> int | None:
    """When it last complained of heat; None if it did not in the recent journal."""
    found = reads.rows(
        "SELECT at_ms FROM (SELECT seq, at_ms, event, subject, body FROM journal ORDER BY seq DESC LIMIT ?) "
        "WHERE event = 'printer_state' AND subject = ? AND json_extract(body, '$.cause') = 'head_hot' "
        "ORDER BY seq DESC LIMIT 1",
        *(RECENT_LINES, serial),
    )
    return int(found[0][0]) if found else None


def printed_ms(reads: Reads, since_ms: int) -> list[int]:
    """When good cards came out here since an instant."""
    found = reads.rows("SELECT at_ms FROM journal WHERE event = 'printed' AND at_ms >= ?", since_ms)
    return [at_ms for (at_ms,) in found]


def _set(tx: Tx, serial: str, column: str, value: Any) -> None:
    tx.execute(
        f"INSERT INTO keeping (serial, {column}, at_ms) VALUES (?, ?, ?) "  # noqa: S608 - our own names
        f"ON CONFLICT (serial) DO UPDATE SET {column} = excluded.{column}, at_ms = excluded.at_ms",
        *(serial, value, tx.at_ms),
    )
