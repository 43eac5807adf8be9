"""A service with a slap scanner, an iris camera and a face camera, and a sitting that has begun."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.drivers.sbi.bench import TRANSACTION, Bench, bench


@pytest.fixture
def told() -> Iterator[Bench]:
    with bench() as made:
        made.scanner.begin(TRANSACTION)
        yield made
