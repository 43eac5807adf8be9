"""From a job to its card: the opened payload is drawn by the rules of the card's day of issue."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import keys
from agent.config import Config
from agent.home import Home
from agent.printing import jobs
from agent.printing.drawing import Drawing
from agent.printing.lane import Lane
from agent.store.journal import Journal
from domain.keys import order_bytes, order_info
from domain.words import SENTENCES, RefusedByRule
from drivers.card_printer import Artefact
from tests.unit.agent.paper import Paper, PaperPrinter
from tests.unit.agent.stations import NAME, Province, make_home, open_at, take
from tests.unit.agent.test_card import person

CONFIG = Config("64.11", 1, printer="evolis+memory://paper", ribbon="ymcko")
YOUNG = {"birthdate": "2003-05-22", "nik": "6411036205039007", "marital": "BELUM KAWIN"}  # 17 tomorrow


@pytest.fixture
def home(tmp_path: Path, province: Province) -> Home:
    return make_home(tmp_path / "home", province)


@pytest.fixture
def journal(home: Home) -> Iterator[Journal]:
    made = open_at(home)
    yield made
    made.close()


@pytest.fixture
def drawing(home: Home, journal: Journal) -> Iterator[Drawing]:
    world = Paper()
    world.model = "primacy2"
    lane = Lane(PaperPrinter(world), None, journal, lambda: 0)
    lane.status()
    made = Drawing(journal, CONFIG, keys.load(home.keys_path).open, lane)
    yield made
    made.close()


def draw(
    journal: Journal, home: Home, province: Province, drawing: Drawing, kind: str, **changed: str
) -> Artefact:
    told = json.dumps(person(**changed)).encode()
    sealed = keys.load(home.keys_path).open.public().seal(told, order_info(NAME, "O-1"))
    take(journal, province, province.order("O-1", kind=kind, sealed=sealed))
    job = jobs.get(journal, journal.write(lambda tx: jobs.queue(tx, "O-1")))
    assert job is not None
    return drawing.draw(job)


def rule(journal: Journal, province: Province, name: str, begins: str, **rules: Any) -> None:
    body: dict[str, Any] = {"from": begins, "rules": rules}
    body["signature"] = b64encode(province.key.sign(order_bytes(NAME, name, body))).decode()
    take(journal, province, province.entry("policy", name, body))


@pytest.mark.parametrize(
    ("kind", "changed", "word"),
    [
        ("ktp", YOUNG, "TOO_YOUNG"),
        ("kia", YOUNG | {"marital": "KAWIN"}, "KIA_MARRIED"),
        ("kia", YOUNG | {"birthdate": "2003-05-21"}, "TOO_OLD"),
        ("kia", {"birthdate": "2015-05-21", "marital": "BELUM KAWIN", "photo": ""}, "BAD_PHOTO"),
    ],
)
def test_whoever_may_not_hold_such_a_card_today_gets_none_whatever_the_province_sent(
    journal: Journal,
    home: Home,
    province: Province,
    drawing: Drawing,
    kind: str,
    changed: dict[str, str],
    word: str,
) -> None:
    with pytest.raises(RefusedByRule) as caught:
        draw(journal, home, province, drawing, kind, **changed)
    assert caught.value.word == word
    assert word in SENTENCES


def test_the_policy_of_the_day_of_issue_decides(
    journal: Journal, home: Home, province: Province, drawing: Drawing
) -> None:
    rule(journal, province, "tomorrow", "2020-05-22", first_card_print_age=40)
    rule(journal, province, "today", "2020-05-21", first_card_print_age=16)
    assert draw(journal, home, province, drawing, "ktp", **YOUNG).panels == 5
