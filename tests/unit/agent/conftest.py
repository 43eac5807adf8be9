"""What most of a station's tests begin with: a province and a clock of its own, a printer of paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.agent.office import Office, template
from tests.unit.agent.paper import Paper
from tests.unit.agent.stations import Clock, Province


@pytest.fixture
def province() -> Province:
    return Province()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def blank_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("journal"))


@pytest.fixture
def world() -> Paper:
    return Paper()


@pytest.fixture
def office(tmp_path: Path, blank_journal: Path, world: Paper) -> Office:
    return Office(tmp_path / "journal.db", blank_journal, world)


@pytest.fixture
def clerk_office(tmp_path: Path, blank_journal: Path, world: Paper) -> Office:
    return Office(tmp_path / "journal.db", blank_journal, world, chip=False)
