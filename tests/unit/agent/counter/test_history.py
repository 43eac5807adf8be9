"""Whatever clerks do at the counter, in any order: one story in rows, journal and books, one card given."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from agent.counter import announce, handover
from agent.counter.announce import untold
from agent.printing.states import State
from agent.stock import blanks
from agent.store.audit import verify
from agent.trouble import Trouble
from domain.accounts import Place
from domain.policy import REASONS
from domain.words import SENTENCES, RefusedByRule
from tests.unit.agent.counter.shelf import Shelf
from tests.unit.agent.stations import NAME

ACTS_A_DAY = 120
BELONGS = {State.HANDED_OVER: Place.CITIZEN, State.RETURNED: Place.RETURNED}


class Clerks:
    """Clerks who try everything, seeded."""

    def __init__(self, shelf: Shelf, seed: int) -> None:
        self.shelf, self.dice = shelf, random.Random(seed)
        kinds = self.dice.choices(("ktp", "kia"), (5, 1), k=6)
        self.jobs = [
            shelf.card(kind=kind, reason=self.dice.choice(list(REASONS)), tagged=kind == "ktp")
            for kind in kinds
        ]

    def act(self) -> str:
        """One attempt; its word where it was refused."""
        job = self.dice.choice(self.jobs)
        try:
            self.dice.choice((self.give, self.give, self.give, self.settle, self.deliver, self.announce))(job)
        except RefusedByRule as refused:
            return refused.word
        except Trouble:
            return "TROUBLE"
        return "DONE"

    def give(self, job: str) -> None:
        pick = self.dice.choice
        other = self.shelf.blank(pick(self.jobs))
        own = self.shelf.blank(job)
        told: dict[str, Any] = {
            "read": pick((own, own, own, other, None, "04DEADBEEF00")),
            "card": pick((None, own, own, other)),
            "tag": None,
            "finger": pick(("matched", "matched", "mismatch", "unable", None)),
            "channel": pick((None, None, "family", "post", "courier")),
            "proof": pick((None, "R-1")),
            "receiver": pick((None, "child")),
            "old": pick(([], ["none"], ["card"], ["letter"], [f"suket:S-{job}"], [f"card:{other}"])),
        }
        if self.dice.random() < 0.4:
            told |= {"exception": "any_word", "supervisor": pick(("budi", "ani"))}
        self.shelf.give(job, **told)

    def settle(self, job: str) -> None:
        up = self.dice.random() < 0.3
        told = {"job": job, "up": up, "by": "ani", "supervisor": "budi", "reason": "found"}
        handover.withheld(self.shelf.journal, self.shelf.config, told)

    def deliver(self, job: str) -> None:
        back = self.dice.random() < 0.5
        told = {"job": job, "back": back, "proof": None if back else "R-2", "by": "ani"}
        handover.delivered(self.shelf.journal, self.shelf.config, told)

    def announce(self, _job: str) -> None:
        batch = untold(self.shelf.journal, self.shelf.keys.open, NAME, self.shelf.clock.at_ms)
        told = {"batch": batch.name, "jobs": [each.job for each in batch.told], "channels": ["web"]}
        announce.announced(self.shelf.journal, self.shelf.config, told)


@pytest.mark.parametrize("seed", range(12))
def test_any_day_at_the_counter_leaves_one_story(tmp_path: Path, seed: int) -> None:
    shelf = Shelf(tmp_path, chip="vpcd://127.0.0.1:1", reader="zfm+tcp://127.0.0.1:1")
    clerks = Clerks(shelf, seed)
    words = Counter(clerks.act() for _ in range(ACTS_A_DAY))
    assert words["DONE"], words
    assert set(words) - {"DONE", "TROUBLE"} <= set(SENTENCES)
    assert isinstance(verify(shelf.journal), int), "rows and journal tell one story"
    books = blanks.fold(shelf.journal)
    assert all(not figures["unaccounted"] for figures in books.accounts().values())
    for job in clerks.jobs:
        now = shelf.job(job)
        assert books.place(str(now.blank)) is BELONGS.get(now.state, Place.CARD), now.state
    told = [line for line in shelf.journal.entries(0, 10_000) if line.event in ("handed_over", "returned")]
    assert max(Counter(line.subject for line in told).values(), default=1) == 1, "given or sent up once"
    for line in told:
        if line.event == "handed_over":
            assert "mismatch" not in (line.body["chip"], line.body["finger"])
            assert line.body["second"] != line.body["by"]
    shelf.close()


def test_the_days_together_meet_every_end(tmp_path: Path) -> None:
    ends: Counter[State] = Counter()
    for seed in range(6):
        shelf = Shelf(tmp_path / str(seed), chip="vpcd://127.0.0.1:1", reader="zfm+tcp://127.0.0.1:1")
        clerks = Clerks(shelf, seed)
        for _ in range(ACTS_A_DAY):
            clerks.act()
        ends.update(shelf.job(job).state for job in clerks.jobs)
        shelf.close()
    assert {State.HANDED_OVER, State.RETURNED} <= set(ends), ends
