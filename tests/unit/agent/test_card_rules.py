"""What the drawing process is told with each card, and whose fault is whose."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.printing import studio
from agent.printing.studio import Studio
from domain.policy import DEFAULT, KiaBands
from domain.policy_form import to_json
from domain.words import RefusedByRule
from tests.unit.agent.test_card import ISSUED, child, person


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
    assert real.make(*told, replace(DEFAULT, name="six", kia_bands=KiaBands(photo_from=6))).panels == 5


def test_a_machine_without_memory_is_no_fault_of_the_order() -> None:
    class Full(dict[str, str]):
        def __getitem__(self, name: str) -> str:
            raise MemoryError

    asked = {
        "kind": "ktp",
        "fields": Full(person()),
        "issued_on": ISSUED,
        "duplex": False,
        "policy": to_json(DEFAULT),
    }
    with pytest.raises(MemoryError):
        studio._answer({**asked, "family": "evolis", "model": "primacy2", "ribbon": "ymcko"})
