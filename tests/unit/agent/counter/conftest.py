"""The shelf of one station."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.agent.counter.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path / "home", chip="vpcd://127.0.0.1:1", reader="zfm+tcp://127.0.0.1:1")
    yield made
    made.close()
