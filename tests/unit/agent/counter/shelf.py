"""A station with cards on its shelf: real orders with sealed parts, printed by journal lines alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from agent import keys
from agent.config import Config
from agent.counter import handover
from agent.printing import jobs, tagging
from agent.printing.states import Event
from agent.stock import blanks
from domain.accounts import Place
from domain.keys import order_info
from domain.words import RefusedByRule
from tests.unit.agent.stations import NAME, Clock, Province, make_home, open_at, take

NIK, NAME_OF = "6411014503019001", "ARDANU AWANGGU SPECIMEN"
PHONE = "+628009000017"
FEED = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}
ARTEFACT = "ab" * 32
EXCUSE = {"exception": "no_reader", "supervisor": "budi"}


class Shelf:
    """One station; ``card`` puts a ready card on its shelf and says the job's id."""

    def __init__(self, root: Path, **config: Any) -> None:
        self.province = Province()
        self.home = make_home(root, self.province, **config)
        self.config: Config = self.home.config()
        self.keys = keys.load(self.home.keys_path)
        self.clock = Clock()
        self.journal = open_at(self.home, clock=self.clock)
        self.journal.write(lambda tx: blanks.receive(tx, "C-1", "ktp", None, 900))
        self.journal.write(lambda tx: blanks.receive(tx, "C-2", "kia", None, 900))
        self.number = 0

    def close(self) -> None:
        self.journal.close()

    def order(self, order: str, *, kind: str = "ktp", reason: str = "first_card", **fields: str) -> None:
        personal = {
            "nik": NIK, "name": NAME_OF, "phone": PHONE, "village": "DESA CONTOH 1",
            "district": "KECAMATAN CONTOH 01",
        } | fields  # fmt: skip
        told = json.dumps({name: value for name, value in personal.items() if value})
        sealed = self.keys.open.public().seal(told.encode(), order_info(NAME, order))
        take(self.journal, self.province, self.province.order(order, kind=kind, reason=reason, sealed=sealed))

    def move(self, job: str, event: Event, **body: Any) -> None:
        self.journal.write(lambda tx: jobs.move(tx, job, event, body))

    def printed(self, order: str = "", *, tagged: bool = False, **more: Any) -> str:
        self.number += 1
        order = order or f"O-{self.number}"
        self.order(order, **more)
        return self.print(order, blank_of(order), tagged=tagged)

    def print(self, order: str, blank: str, *, tagged: bool = False) -> str:
        job = self.journal.write(lambda tx: jobs.queue(tx, order))
        self.move(job, Event.FEED_INTENDED, **FEED)
        self.move(job, Event.STAGED, blank=blank, witness="chip")
        if tagged:
            tag = tagging.told(tagging.tag_of(job, ARTEFACT))
            self.move(job, Event.CHIP_INTENDED, blank=blank, tag=tag)
            self.move(job, Event.CHIP_WRITTEN, blank=blank, tag=tag)
        self.move(job, Event.PRINT_INTENDED, blank=blank, panels=5, artefact=ARTEFACT, **FEED)
        self.move(job, Event.PRINTED, blank=blank, by="evidence")
        return job

    def card(self, order: str = "", *, shelf: str = "A-1", **more: Any) -> str:
        job = self.printed(order, **more)
        return self.verify(job, shelf)

    def verify(self, job: str, shelf: str = "A-1") -> str:
        blank = self.job(job).blank
        self.move(job, Event.VERIFIED, blank=blank, by="ani")
        self.move(job, Event.READY, blank=blank, shelf=shelf)
        return job

    def job(self, job: str) -> jobs.Job:
        found = jobs.get(self.journal, job)
        assert found is not None
        return found

    def blank(self, job: str) -> str:
        return str(self.job(job).blank)

    def give(self, job: str, **told: Any) -> dict[str, Any]:
        """Hand over with everything right unless ``told`` otherwise; None takes a thing away."""
        args = {"job": job, "read": self.blank(job), "tag": "", "finger": "matched", "by": "ani"} | told
        return handover.hand_over(
            self.journal, self.config, {name: value for name, value in args.items() if value is not None}
        )

    def line(self, event: str) -> Mapping[str, Any]:
        """The body of the last journal line of ``event``."""
        return [each.body for each in self.journal.entries(0, 10_000) if each.event == event][-1]

    def told(self, *words: str) -> list[str]:
        return [each.event for each in self.journal.entries(0, 10_000) if each.event in words]


def blank_of(order: str) -> str:
    return f"04{sha256(order.encode()).hexdigest()[:12].upper()}"


def refused(shelf: Shelf, job: str, **told: Any) -> str:
    """The word with which a hand-over is refused."""
    with pytest.raises(RefusedByRule) as caught:
        shelf.give(job, **told)
    return caught.value.word


def place(shelf: Shelf, name: str) -> Place | None:
    """Where a blank or a card is, by the station's books."""
    found = blanks.find(shelf.journal, name)
    return found.place if found else None
