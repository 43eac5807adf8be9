"""The conformance checks of signature pads, by name, against the simulated pad on every wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from drivers.conformance.signature_pad import CHECKS, TASKS, run_one
from drivers.registry import open_pad
from simulators.topaz.bench import MemoryPad
from simulators.topaz.kinds import KINDS
from tests.conformance.pads import MOVES, Desk, desk
from tests.conformance.person import WIRES

NEED_HANDS = 4


@pytest.fixture(scope="module", params=WIRES)
def wired(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield desk(stack, request.param, tmp_path_factory.mktemp("pad"))


@pytest.mark.parametrize("name", CHECKS)
def test_a_signature_pad_passes(name: str, wired: Desk) -> None:
    result = run_one(name, wired.pad, wired.hands)
    assert result["result"] == "passed", result


def test_without_hands_what_needs_none_is_run_and_the_rest_is_named_though_somebody_signs(
    wired: Desk,
) -> None:
    assert wired.hands.do("sign")
    results = [run_one(name, wired.pad) for name in CHECKS]
    skipped = [each for each in results if each["result"] == "skipped"]
    assert (len(skipped), {each["result"] for each in results}) == (NEED_HANDS, {"passed", "skipped"})
    assert all(each["detail"].startswith("needs hands") for each in skipped)


@pytest.mark.parametrize("model", KINDS)
def test_every_models_signature_lies_on_its_face(model: str) -> None:
    far = MemoryPad(model, hand=True)
    pad = open_pad(f"topaz+memory://desk?model={model}", clock=far, open_stream=far.connect)
    found = pad.sign(10)
    across = [point.x for stroke in found.strokes for point in stroke]
    assert len(found.strokes) >= 2
    assert (max(across) - min(across)) > found.width // 5
    assert max(across) < found.width


def test_the_simulated_person_knows_every_task() -> None:
    assert set(MOVES) == set(TASKS)
