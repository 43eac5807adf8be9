"""One suite, two engines: every test that asks for ``db`` runs on both."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from hub import schema
from hub.database import Database, open_database
from tests import witness
from tests.unit.hub import postgres

_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    programs = Path(witness.program("initdb", "postgresql")).resolve().parent
    with postgres.cluster(programs) as url:
        yield url


@pytest.fixture(params=["embedded", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database's address."""
    if request.param == "embedded":
        return str(tmp_path / "hub.db")
    server: str = request.getfixturevalue("server")
    name = f"hub{next(_numbers)}"
    admin = open_database(server)
    admin.create(f"CREATE SCHEMA {name}")  # a database of its own would cost half a second each
    admin.close()
    return f"{server}&options=-csearch_path%3D{name}"


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    """A database with the hub's tables."""
    opened = open_database(url)
    schema.create(opened, now_ms=0)
    yield opened
    opened.close()
