"""The files of one batch of announcements, each for one channel, in a folder only its owner may read.

    wa.jsonl   a JSON object a line, {"to", "text"}: what a WhatsApp gateway takes
    sms.csv    to,text: what an SMS gateway takes        list.pdf   to be pinned up, a page for each village
    web.html   a fragment for the office's page          web.json   the same for a program

The folder appears whole or not at all. It holds phone numbers and masked names, so it is deleted once its
batch is through (``loket announce --done``). Only a command's own process writes it: the PDF is heavy.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from agent.counter.announce import Batch, Told
from agent.trouble import Trouble
from domain import regions
from domain.notices import CARD, Notice, by_village, message
from domain.wita import day
from sync import disk

FILES: dict[str, tuple[str, ...]] = {
    "wa": ("wa.jsonl",),
    "sms": ("sms.csv",),
    "web": ("web.html", "web.json"),
    "list": ("list.pdf",),
}

_PART = ".part"


def write(folder: Path, batch: Batch, office: str, channels: Sequence[str], now_ms: int) -> Path:
    """Write ``batch`` into a folder of its name inside ``folder``; where it is. Raises OSError.

    One that lies there already was never written down, or it would not be the next: it is replaced. It is
    on the disk when this returns.
    """
    place, waiting = folder / batch.name, folder / f"{batch.name}{_PART}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(folder)
    if place.exists():
        remove(place)
    waiting.mkdir(mode=0o700)
    for channel in channels:
        for name in FILES[channel]:
            disk.create(waiting / name, _MAKES[name](batch, office, now_ms))
    disk.sync_folder(waiting)
    disk.name(waiting, place)
    return place


def remove(place: Path) -> list[str]:
    """Delete a batch's folder and the files in it; their names. Raises Trouble where anything else is."""
    known = {name for names in FILES.values() for name in names}
    found = sorted(place.iterdir())
    if strange := [each.name for each in found if each.name not in known]:
        raise Trouble(f"{place} holds {strange[0]}, which is none of a batch's files; nothing was deleted.")
    for each in found:
        each.unlink()
    place.rmdir()
    return [each.name for each in found]


def sweep(folder: Path) -> None:
    """Delete what a power cut left half written, on any day: there are numbers of people in it."""
    for leftover in folder.glob(f"*-*{_PART}"):
        remove(leftover)


def lying(folder: Path) -> list[str]:
    """The batches whose files still lie in ``folder``, the oldest first."""
    return sorted(each.name for each in folder.glob("*-*") if each.is_dir() and not each.suffix)


def without_phone(batch: Batch) -> list[str]:
    """The jobs whose holder no phone message reaches."""
    return [each.job for each in batch.told if each.phone is None]


def _reached(batch: Batch) -> list[tuple[str, Told]]:
    return [(each.phone, each) for each in batch.told if each.phone is not None]


def _wa(batch: Batch, office: str, _now_ms: int) -> bytes:
    lines = (
        json.dumps({"to": phone, "text": message(each.notice, office)}) for phone, each in _reached(batch)
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _sms(batch: Batch, office: str, _now_ms: int) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("to", "text"))
    rows.writerows((phone, message(each.notice, office)) for phone, each in _reached(batch))
    return out.getvalue().encode()


def _notices(batch: Batch) -> list[Notice]:
    return [each.notice for each in batch.told]


def _web_json(batch: Batch, office: str, now_ms: int) -> bytes:
    lists = [
        {
            "district": district,
            "village": village,
            "cards": [
                {"kind": each.kind, "initials": each.initials, "nik": each.nik, "bring": list(each.brings)}
                for each in told
            ],
        }
        for district, village, told in by_village(_notices(batch))
    ]
    document: dict[str, Any] = {"batch": batch.name, "office": office, "date": day(now_ms), "lists": lists}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _web_html(batch: Batch, office: str, now_ms: int) -> bytes:
    parts = [
        '<section class="loket-ready" lang="id">',
        f"<h2>Kartu siap diambil, {escape(regions.heading(office).title())}, {day(now_ms)}</h2>",
    ]
    for district, village, told in by_village(_notices(batch)):
        parts.append(f"<h3>{escape(village)}, {escape(district)}</h3>")
        parts.append("<table><tr><th>Kartu</th><th>Inisial</th><th>NIK</th><th>Yang dibawa</th></tr>")
        parts += [
            f"<tr><td>{CARD[each.kind]}</td><td>{escape(each.initials)}</td><td>{escape(each.nik)}</td>"
            f"<td>{escape(each.to_bring or '-')}</td></tr>"
            for each in told
        ]
        parts.append("</table>")
    parts.append("<p>Gratis. Kartu diambil sendiri; kartu lama ditarik.</p>\n</section>\n")
    return "\n".join(parts).encode()


def _list(batch: Batch, office: str, now_ms: int) -> bytes:
    from agent.papers.notice_list import pdf

    return pdf(batch.name, office, _notices(batch), now_ms)


_MAKES: dict[str, Callable[[Batch, str, int], bytes]] = {
    "wa.jsonl": _wa,
    "sms.csv": _sms,
    "web.json": _web_json,
    "web.html": _web_html,
    "list.pdf": _list,
}
