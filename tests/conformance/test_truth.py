"""The driver's verdict against the physical truth of a simulated printer, accident by accident.

PRINTED must mean: exactly one card lies in the output tray with this very picture. UNTOUCHED is never said by
``print_card``. Whatever happens, no accident may leave two cards with one picture.
"""

import itertools
from functools import cache

import pytest

from drivers.card_printer import Artefact, Snapshot, Verdict
from drivers.errors import DeviceError, NeedsHands, Unreachable
from drivers.registry import prepare
from tests.conformance.wires import MemoryWire, family_of
from tests.unit.drivers.evolis.vectors import rgb

MOMENTS = ("fed", "chip", "start", "panel", "flip", "eject", "out")
EVOLIS = [
    "feeder_empty@card=1", "feeder_fault@card=1", "double_feed@card=1", "double_feed@card=1,seen=yes",
    "chip_dead@card=1", "hopper_full@card=1", "reject_full@card=1", "counter_lag@card=1",
    "counter_lag@card=1,for=60000", "counter_missing@card=1", "claim_stuck@card=1",
    "counter_lag@card=1,until=poll", "counter_lag@card=1,until=power",
    *(f"job_lost@card=1,at={moment}" for moment in MOMENTS),
    *(f"job_lost@card=1,panel={panel}" for panel in "ymcko"),
    *(f"ribbon_end@card=1,panel={panel}" for panel in "ymcko"),
    *(f"jam@card=1,panel={panel}" for panel in "ymcko"),
    *(f"head_hot@card=1,panel={panel}" for panel in "ymcko"),
    *(f"cover_open@card=1,panel={panel},for=30000" for panel in "ymcko"),
    *(f"{name}@card=1,at={moment}" for name in ("power_cut", "unplug", "jam") for moment in MOMENTS),
    *(f"cover_open@card=1,at={moment}" for moment in MOMENTS),
    *(f"{name}@card=1,panel={panel}" for name in ("power_cut", "unplug") for panel in "ymcko"),
    *(f"unplug@bytes={count}" for count in (1, 200, 400_000, 1_000_000, 2_000_000, 2_140_200, 2_140_360)),
    *(f"power_cut@ms={ms}" for ms in range(500, 20_000, 1500)),
    *(f"reply_garbled@exchange={count}" for count in range(1, 40)),
]  # fmt: skip
MATICA = [
    "feeder_empty@card=1", "feeder_fault@card=1", "double_feed@card=1", "double_feed@card=1,seen=yes",
    "chip_dead@card=1", "job_lost@card=1", "film_end@card=1", "counter_lag@card=1",
    "counter_lag@card=1,for=60000", "counter_lag@card=1,until=poll", "counter_lag@card=1,until=power",
    "counter_missing@card=1",
    *(f"ribbon_end@card=1,panel={panel}" for panel in "ymck"),
    *(f"jam@card=1,panel={panel}" for panel in "ymck"),
    *(f"head_hot@card=1,panel={panel}" for panel in "ymck"),
    "head_hot@card=1,at=transfer",
    *(f"cover_open@card=1,panel={panel},for=30000" for panel in "ymck"),
    *(f"{name}@card=1,at={moment}" for name in ("power_cut", "unplug", "jam", "cover_open")
      for moment in (*MOMENTS, "transfer")),
    *(f"{name}@card=1,panel={panel}" for name in ("power_cut", "unplug") for panel in "ymck"),
    *(f"unplug@bytes={count}" for count in (1, 200, 687_904, 2_000_000, 2_751_900)),
    *(f"power_cut@ms={ms}" for ms in range(500, 36_000, 2500)),
    *(f"reply_garbled@exchange={count}" for count in range(1, 60)),
]  # fmt: skip
FAULTS = [
    *(("primacy2", fault) for fault in EVOLIS),
    *((model, fault) for model in ("xid580", "xid580 on usb") for fault in MATICA),
]
INTERRUPTING = ("unplug", "power_cut", "jam", "cover")


@cache
def the_card(model: str, *, duplex: bool = False) -> Artefact:
    back = rgb("black") if duplex else None
    return prepare(
        family_of(model), model.partition(" on ")[0], RIBBONS[family_of(model)], rgb("front"), back, 1
    )


RIBBONS = {"evolis": "ymcko", "matica": "ymck"}
BOTH = pytest.mark.parametrize("model", ["primacy2", "xid580", "xid580 on usb"])


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
@pytest.mark.parametrize(("model", "fault"), FAULTS)
def test_printed_means_that_one_card_came_out_whole(model: str, fault: str, staged: bool) -> None:
    wire, card = MemoryWire(model, faults=[fault]), the_card(model)
    verdict = attempt(wire, card, staged=staged)
    out = pictures(wire)
    assert verdict is not Verdict.UNTOUCHED
    if verdict is Verdict.PRINTED:
        # A second blank that clings to the first is seen by no sensor; it carries no picture.
        assert [picture for picture in out if picture] == [card.sha256]
    wire.clock.sleep_ms(120_000)  # nothing the printer does later makes a second one
    assert pictures(wire).count(card.sha256) <= 1


@pytest.mark.parametrize(("model", "fault"), [each for each in FAULTS if each[1].startswith(INTERRUPTING)])
def test_both_sides_too(model: str, fault: str) -> None:
    wire = MemoryWire(model, faults=[fault.replace("panel=", "face=back,panel=")])
    card = the_card(model, duplex=True)
    if attempt(wire, card, staged=True) is Verdict.PRINTED:
        assert pictures(wire) == [card.sha256]


@pytest.mark.parametrize("staged", [False, True], ids=["straight", "staged"])
def test_a_card_drawn_for_another_ribbon_gets_no_ink_and_is_not_counted_as_printed(staged: bool) -> None:
    wire = MemoryWire(ribbon="k")
    assert attempt(wire, the_card("primacy2"), staged=staged) is not Verdict.PRINTED
    wire.clock.sleep_ms(120_000)
    assert [line["event"] for line in wire.simulated.truth] == ["power_on", *["fed", "chip"] * staged]


@BOTH
def test_without_accidents_every_card_is_printed(model: str) -> None:
    wire = MemoryWire(model)
    one, both = the_card(model), the_card(model, duplex=True)
    for card, staged in itertools.product((one, both), (False, True)):
        assert attempt(wire, card, staged=staged) is Verdict.PRINTED
    assert pictures(wire) == [one.sha256] * 2 + [both.sha256] * 2


def test_a_card_like_the_last_one_is_polled_less_and_seen_as_early() -> None:
    wire = MemoryWire()
    polls, late_ms = [], []
    for _ in range(3):
        before = wire.simulated.face.exchanges
        assert attempt(wire, the_card("primacy2"), staged=False) is Verdict.PRINTED
        polls.append(wire.simulated.face.exchanges - before)
        out = [line["ms"] for line in wire.simulated.truth if line["event"] == "ejected"]
        late_ms.append(wire.clock.now_ms() - out[-1])
    assert polls[0] > 50
    assert polls[1] == polls[2] < 40
    assert max(late_ms) <= 300


def test_a_card_cut_short_teaches_nothing_about_how_long_cards_take() -> None:
    wire = MemoryWire(faults=["jam@card=2,panel=y"])
    assert [attempt(wire, the_card("primacy2"), staged=False) for _ in range(2)] == [
        Verdict.PRINTED,
        Verdict.UNSURE,
    ]
    wire.printer.reserve(777)
    wire.printer.reject()
    before = wire.simulated.face.exchanges
    assert attempt(wire, the_card("primacy2"), staged=False) is Verdict.PRINTED
    assert wire.simulated.face.exchanges - before < 40


@pytest.mark.parametrize(("model", "fault"), FAULTS)
def test_an_error_that_promises_a_blank_card_keeps_its_promise(model: str, fault: str) -> None:
    """NeedsHands and Unreachable from print_card: not one panel is on any card."""
    wire = MemoryWire(model, faults=[fault])
    before: Snapshot | None = None
    try:
        wire.printer.reserve(777)
        before = wire.printer.snapshot()
        wire.printer.stage()
    except DeviceError:
        return
    try:
        wire.printer.print_card(the_card(model), before, staged=True)
    except (NeedsHands, Unreachable):
        wire.clock.sleep_ms(120_000)
        assert [line for line in wire.simulated.truth if line["event"] == "panel"] == []
    except DeviceError:
        return


@pytest.mark.parametrize(("model", "fault"), FAULTS)
def test_a_feed_that_needs_hands_has_moved_nothing(model: str, fault: str) -> None:
    wire = MemoryWire(model, faults=[fault])
    try:
        wire.printer.reserve(777)
        wire.printer.stage()
    except (NeedsHands, Unreachable):
        assert [line for line in wire.simulated.truth if line["event"] == "fed"] == []
    except DeviceError:
        return
