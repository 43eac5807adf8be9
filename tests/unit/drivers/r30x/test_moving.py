"""A module that takes another address while its answer is lost: it is never lost itself."""

from __future__ import annotations

import pytest

from drivers.errors import DeviceError, Unreachable
from drivers.r30x.codec import Kind, pack
from tests.unit.drivers.r30x.scripted import Mangle, Scripted, unharmed
from tests.unit.drivers.r30x.test_line import ANYBODY, SILENT, module_of, once

MOVED = 0x01020304
LOST: dict[str, Mangle] = {
    "lost": SILENT,
    "cut": lambda _, answer: [(0, answer[: len(answer) // 2])],
    "garbled": lambda _, answer: [(0, answer[:-1] + bytes([answer[-1] ^ 1]))],
    "late": lambda _, answer: [(2_000 + 59, answer)],
}


@pytest.mark.parametrize("harm", LOST)
def test_a_module_that_moved_without_being_heard_is_found_at_its_new_address(harm: str) -> None:
    far = Scripted()
    module = module_of(far)
    far.mangle = once(1, LOST[harm])
    module.set_address(MOVED)
    assert (far.address, module.ready().address, far.opened) == (MOVED, MOVED, 1)


@pytest.mark.parametrize("harm", LOST)
def test_a_module_whose_every_answer_is_lost_as_it_moves_is_found_by_the_next_question(harm: str) -> None:
    far = Scripted()
    module = module_of(far)
    far.mangle = LOST[harm]
    with pytest.raises(Unreachable):
        module.set_address(MOVED)
    far.mangle = unharmed
    assert module.ready().address == far.address == MOVED
    module.set_address(ANYBODY)
    assert module.ready().address == far.address == ANYBODY


def test_a_module_that_is_unplugged_as_it_moves_is_found_by_the_next_question() -> None:
    far = Scripted()
    module = module_of(far)

    def unplugged(_number: int, _answer: bytes) -> list[tuple[int, bytes]]:
        far.breaks = True
        return []

    far.mangle = once(1, unplugged)
    with pytest.raises(Unreachable):
        module.set_address(MOVED)
    assert module.ready().address == far.address == MOVED


def test_a_module_that_did_not_hear_that_it_moves_is_told_once_more() -> None:
    far = Scripted()
    module = module_of(far)
    deaf = far.address = 5
    with pytest.raises(Unreachable):
        module.set_address(MOVED)
    far.address = ANYBODY
    assert deaf != module.ready().address == ANYBODY
    module.set_address(MOVED)
    assert module.ready().address == far.address == MOVED


def lost_answer_ms(*, refused: bool) -> int:
    """How long one lost answer takes, after a move that was ``refused`` or never asked for."""
    far = Scripted()
    module = module_of(far)
    module.ready()
    if refused:

        def stays(_number: int, _answer: bytes) -> list[tuple[int, bytes]]:
            far.address = ANYBODY
            return [(0, pack(MOVED, Kind.ACK, b"\x18"))]

        far.mangle = stays
        with pytest.raises(DeviceError):
            module.set_address(MOVED)
    far.mangle = once(len(far.asked) + 1, SILENT)
    begun_ms = far.now
    module.ready()
    return far.now - begun_ms


def test_a_refused_move_is_forgotten() -> None:
    assert lost_answer_ms(refused=True) == lost_answer_ms(refused=False)
