"""A station with a printer of paper, for the worker's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.agent.office import Office, template
from tests.unit.agent.paper import Paper


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
