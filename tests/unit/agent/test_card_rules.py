"""The drawing process follows the rules it is told with each card."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.printing.studio import Studio
from domain.policy import DEFAULT, KiaBands
from domain.words import RefusedByRule
from tests.unit.agent.test_card import ISSUED, child


@pytest.fixture(scope="module")
def real() -> Iterator[Studio]:
    one = Studio()
    yield one
    one.close()


def test_the_child_draws_by_the_rules_it_is_told(real: Studio) -> None:
    small = child() | {"birthdate": "2021-01-15", "photo": ""}
    told = ("kia", small, ISSUED, "evolis", "primacy2", "ymcko", False)
    with pytest.raises(RefusedByRule) as caught:
        real.make(*told)
    assert caught.value.word == "BAD_PHOTO"
    assert real.make(*told, replace(DEFAULT, kia_bands=KiaBands(photo_from=6))).panels == 5
