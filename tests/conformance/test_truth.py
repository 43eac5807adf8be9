"""The driver's verdict against the physical truth of a simulated printer, accident by accident.

PRINTED must mean: exactly one card lies in the output tray with this very picture. UNTOUCHED is never said by
``print_card``. Whatever happens, no accident may leave two cards with one picture.
"""

import itertools

import pytest

from drivers.card_printer import Artefact, Snapshot, Verdict
from drivers.errors import DeviceError, NeedsHands, Unreachable
from drivers.registry import prepare
from tests.conformance.wires import MemoryWire
from tests.unit.drivers.evolis.vectors import rgb

PANELS = "ymcko"
MOMENTS = ("fed", "chip", "start", "panel", "flip", "eject", "out")
FAULTS = [
    "feeder_empty@card=1", "feeder_fault@card=1", "double_feed@card=1", "double_feed@card=1,seen=yes",
    "chip_dead@card=1", "hopper_full@card=1", "reject_full@card=1", "counter_lag@card=1",
    "counter_lag@card=1,for=60000", "counter_missing@card=1", "claim_stuck@card=1",
    "counter_lag@card=1,until=poll", "counter_lag@card=1,until=power",
    *(f"job_lost@card=1,at={moment}" for moment in MOMENTS),
    *(f"job_lost@card=1,panel={panel}" for panel in PANELS),
    *(f"ribbon_end@card=1,panel={panel}" for panel in PANELS),
    *(f"jam@card=1,panel={panel}" for panel in PANELS),
    *(f"head_hot@card=1,panel={panel}" for panel in PANELS),
    *(f"cover_open@card=1,panel={panel},for=30000" for panel in PANELS),
    *(f"{name}@card=1,at={moment}" for name in ("power_cut", "unplug", "jam") for moment in MOMENTS),
    *(f"cover_open@card=1,at={moment}" for moment in MOMENTS),
    *(f"{name}@card=1,panel={panel}" for name in ("power_cut", "unplug") for panel in PANELS),
    *(f"unplug@bytes={count}" for count in (1, 200, 400_000, 1_000_000, 2_000_000, 2_140_200, 2_140_360)),
    *(f"power_cut@ms={ms}" for ms in range(500, 20_000, 1500)),
    *(f"reply_garbled@exchange={count}" for count in range(1, 40)),
]  # fmt: skip


def the_card(*, duplex: bool) -> Artefact:
    back = rgb("black") if duplex else None
    return prepare("evolis", "primacy2", "ymcko", rgb("front"), back, 1)


SIMPLEX, DUPLEX = the_card(duplex=False), the_card(duplex=True)


def attempt(wire: MemoryWire, card: Artefact, *, staged: bool) -> Verdict | None:
    """One attempt as the worker makes it; None if it ended in an error."""
    try:
        wire.printer.reserve(777)
        before = wire.printer.snapshot()
        if staged:
            wire.printer.stage()
        return wire.printer.print_card(card, before, staged=staged).verdict
    except DeviceError:
        return None


def pictures(wire: MemoryWire) -> list[str | None]:
    return [line["picture"] for line in wire.simulated.truth if line["event"] == "ejected"]


@pytest.mark.parametrize("staged", [False, True], ids=["straight", "staged"])
@pytest.mark.parametrize("fault", FAULTS)
def test_printed_means_that_one_card_came_out_whole(fault: str, staged: bool) -> None:
    wire = MemoryWire(faults=[fault])
    verdict = attempt(wire, SIMPLEX, staged=staged)
    out = pictures(wire)
    assert verdict is not Verdict.UNTOUCHED
    if verdict is Verdict.PRINTED:
        # A second blank that clings to the first is seen by no sensor; it carries no picture.
        assert [picture for picture in out if picture] == [SIMPLEX.sha256]
    wire.clock.sleep_ms(120_000)  # nothing the printer does later makes a second one
    assert pictures(wire).count(SIMPLEX.sha256) <= 1


@pytest.mark.parametrize(
    "fault", [f for f in FAULTS if f.startswith(("unplug", "power_cut", "jam", "cover"))]
)
def test_both_sides_too(fault: str) -> None:
    wire = MemoryWire(faults=[fault.replace("panel=", "face=back,panel=")])
    if attempt(wire, DUPLEX, staged=True) is Verdict.PRINTED:
        assert pictures(wire) == [DUPLEX.sha256]


@pytest.mark.parametrize("staged", [False, True], ids=["straight", "staged"])
def test_a_card_drawn_for_another_ribbon_gets_no_ink_and_is_not_counted_as_printed(staged: bool) -> None:
    wire = MemoryWire(ribbon="k")
    assert attempt(wire, SIMPLEX, staged=staged) is not Verdict.PRINTED
    wire.clock.sleep_ms(120_000)
    assert [line["event"] for line in wire.simulated.truth] == ["power_on", *["fed", "chip"] * staged]


def test_without_accidents_every_card_is_printed() -> None:
    wire = MemoryWire()
    for card, staged in itertools.product((SIMPLEX, DUPLEX), (False, True)):
        assert attempt(wire, card, staged=staged) is Verdict.PRINTED
    assert pictures(wire) == [SIMPLEX.sha256] * 2 + [DUPLEX.sha256] * 2


def test_a_card_like_the_last_one_is_polled_less_and_seen_as_early() -> None:
    wire = MemoryWire()
    polls, late_ms = [], []
    for _ in range(3):
        before = wire.simulated.face.exchanges
        assert attempt(wire, SIMPLEX, staged=False) is Verdict.PRINTED
        polls.append(wire.simulated.face.exchanges - before)
        out = [line["ms"] for line in wire.simulated.truth if line["event"] == "ejected"]
        late_ms.append(wire.clock.now_ms() - out[-1])
    assert polls[0] > 50
    assert polls[1] == polls[2] < 40
    assert max(late_ms) <= 300


def test_a_card_cut_short_teaches_nothing_about_how_long_cards_take() -> None:
    wire = MemoryWire(faults=["jam@card=2,panel=y"])
    assert [attempt(wire, SIMPLEX, staged=False) for _ in range(2)] == [Verdict.PRINTED, Verdict.UNSURE]
    wire.printer.reserve(777)
    wire.printer.reject()
    before = wire.simulated.face.exchanges
    assert attempt(wire, SIMPLEX, staged=False) is Verdict.PRINTED
    assert wire.simulated.face.exchanges - before < 40


@pytest.mark.parametrize("fault", FAULTS)
def test_an_error_that_promises_a_blank_card_keeps_its_promise(fault: str) -> None:
    """NeedsHands and Unreachable from print_card: not one panel is on any card."""
    wire = MemoryWire(faults=[fault])
    before: Snapshot | None = None
    try:
        wire.printer.reserve(777)
        before = wire.printer.snapshot()
        wire.printer.stage()
    except DeviceError:
        return
    try:
        wire.printer.print_card(SIMPLEX, before, staged=True)
    except (NeedsHands, Unreachable):
        wire.clock.sleep_ms(120_000)
        assert [line for line in wire.simulated.truth if line["event"] == "panel"] == []
    except DeviceError:
        return


@pytest.mark.parametrize("fault", FAULTS)
def test_a_feed_that_needs_hands_has_moved_nothing(fault: str) -> None:
    wire = MemoryWire(faults=[fault])
    try:
        wire.printer.reserve(777)
        wire.printer.stage()
    except (NeedsHands, Unreachable):
        assert [line for line in wire.simulated.truth if line["event"] == "fed"] == []
    except DeviceError:
        return
