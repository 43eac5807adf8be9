"""Replies that are cut, swapped for noise, doubled or missing, on both wires and at any exchange of a card.

Whatever comes back, the driver ends with a verdict or one of the four errors, and says *printed* only where
the physical truth has one card with this very picture in the tray.
"""

from collections.abc import Callable, Iterable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card_printer import Artefact, Piece, Transport, Verdict
from drivers.errors import DeviceError
from drivers.matica import job
from drivers.matica.job import Plane
from drivers.registry import open_printer
from tests.conformance.wires import MemoryWire

Spoil = Callable[[bytes], bytes]
PLANE = bytes(1036 * 664)


@cache
def the_card() -> Artefact:
    face = tuple(Plane(letter, PLANE) for letter in "ymck")
    return Artefact(job.pack([face]), 4, job.picture([face]))


class Noisy:
    """A wire whose ``nth`` reply is spoiled."""

    def __init__(self, wire: Transport, nth: int, spoil: Spoil) -> None:
        self._wire = wire
        self._left = nth
        self._spoil = spoil

    def exchange(self, data: Iterable[Piece], timeout_s: float) -> bytes:
        reply = self._wire.exchange(data, timeout_s)
        self._left -= 1
        return self._spoil(reply) if self._left == -1 else reply

    def close(self) -> None:
        self._wire.close()


def cut(at: int) -> Spoil:
    return lambda reply: reply[: at % (len(reply) + 1)]


def replaced(noise: bytes) -> Spoil:
    return lambda reply: noise


def flipped(at: int, mask: int) -> Spoil:
    def spoil(reply: bytes) -> bytes:
        spoiled = bytearray(reply)
        if spoiled:
            spoiled[at % len(spoiled)] ^= mask
        return bytes(spoiled)

    return spoil


def doubled(reply: bytes) -> bytes:
    return reply * 2


spoils = st.one_of(
    st.builds(cut, st.integers(0, 200)),
    st.builds(replaced, st.binary(max_size=100)),
    st.builds(flipped, st.integers(0, 200), st.integers(1, 255)),
    st.just(doubled),
)


@pytest.mark.parametrize("model", ["xid580", "xid580 on usb"])
@pytest.mark.parametrize("staged", [False, True], ids=["straight", "staged"])
@settings(max_examples=150)
@given(nth=st.integers(0, 60), spoil=spoils)
def test_no_noise_ends_in_anything_but_a_verdict_or_an_error(
    model: str, staged: bool, nth: int, spoil: Spoil
) -> None:
    wire = MemoryWire(model)
    noisy = Noisy(wire.transport, nth, spoil)
    address = "matica+usb://2166" if "usb" in model else "matica+memory://noise"
    printer = open_printer(address, clock=wire.clock, open_transport=lambda _: noisy)
    verdict = None
    try:
        printer.identify()
        printer.reserve(777)
        before = printer.snapshot()
        if staged:
            printer.stage()
        verdict = printer.print_card(the_card(), before, staged=staged).verdict
    except DeviceError:
        pass
    out = [line["picture"] for line in wire.simulated.truth if line["event"] == "ejected"]
    assert out.count(the_card().sha256) <= 1
    if verdict is Verdict.PRINTED:
        assert out == [the_card().sha256]
    assert verdict is not Verdict.UNTOUCHED
