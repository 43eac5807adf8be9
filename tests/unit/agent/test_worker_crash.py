"""The agent dies at every single point of one card's life, in memory and in virtual time.

Points are each commit (before, after), each verb of the printer (before it acts, after it acted) and
each panel. After each death a new agent starts on the same disk and the same printer, the world having
gone on without it; what is unsure is settled by the clerk from the trays. The world's own truth is the judge.
Power may fail together with the agent: printer and station then restart both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.printing.states import State
from agent.stock import blanks
from domain.ledger import Place
from tests.unit.agent.office import ORDER, Office, picture
from tests.unit.agent.paper import PANELS, PATIENCE_MS, Killed, Paper

CARDS = 4


class Points:
    """Counts the points by name and occurrence; raises Killed at the chosen one."""

    def __init__(self, kill: tuple[str, int] | None = None) -> None:
        self.kill = kill
        self.seen: Counter[str] = Counter()
        self.order: list[tuple[str, int]] = []
        self.hit = False

    def __call__(self, name: str) -> None:
        self.seen[name] += 1
        point = (name, self.seen[name])
        self.order.append(point)
        if point == self.kill and not self.hit:
            self.hit = True
            raise Killed(f"{name} {self.seen[name]}")


def a_life(
    path: Path, blank_journal: Path, kill: tuple[str, int] | None, *, chip: bool = True, power: bool = False
) -> tuple[Points, Office]:
    """One card's life, cut at ``kill`` and taken up again."""
    points = Points(kill)
    world = Paper(CARDS)
    office = Office(path, blank_journal, world, chip=chip)
    office.take(blanks_count=CARDS, asked=None if chip else "040001")
    world.points = office.journal.points = points
    try:
        office.turns()
    except Killed:
        world.points = lambda name: None
        if power:
            world.power_cut()
        office.restart()
        office.turns()
    world.points = office.journal.points = lambda name: None
    for _ in range(3):
        office.settle_by_hand()
        press(office, chip)
        office.turns()
    return points, office


def press(office: Office, chip: bool) -> None:
    """The clerk presses print again; a job that is there already stays the one."""
    asked = None if chip else next((card.uid for card in office.world.feeder), None)
    office.take(blanks_count=0, asked=asked)


def points_of_a_life(folder: Path, blank_journal: Path, chip: bool) -> list[tuple[str, int]]:
    return a_life(folder / "dry.db", blank_journal, None, chip=chip)[0].order


def truth_agrees(office: Office) -> None:
    """At most one good card, and every blank where the ledger says."""
    world = office.world
    good = world.good(picture(ORDER))
    assert len(good) == 1, f"{len(good)} good cards"
    ledger = blanks.fold(office.journal)
    account = ledger.account("ktp")
    assert not account["unaccounted"]
    assert ledger.names("ktp", Place.CARD) == [good[0].uid]
    spoiled = sorted(c.uid for c in (*world.rejected, *world.output) if c.panels and c is not good[0])
    assert ledger.names("ktp", Place.SPOILED) == spoiled
    clean = [c for c in (*world.feeder, *world.rejected, world.inside) if c is not None and not c.panels]
    assert account["on_hand"] == len(clean)
    assert account["received"] == CARDS == len(clean) + len(spoiled) + 1


@pytest.mark.parametrize("power", [False, True], ids=["agent dies", "power fails for both"])
@pytest.mark.parametrize("chip", [True, False], ids=["chip names", "clerk names"])
def test_killed_at_every_point_one_order_never_becomes_two_good_cards(
    tmp_path: Path, blank_journal: Path, chip: bool, power: bool
) -> None:
    points = points_of_a_life(tmp_path, blank_journal, chip)
    assert len(points) >= (27 if chip else 24)
    for number, point in enumerate(points):
        told, office = a_life(tmp_path / f"{number}.db", blank_journal, point, chip=chip, power=power)
        assert told.hit, point
        try:
            truth_agrees(office)
        except AssertionError as error:
            raise AssertionError(f"killed at {point}: {error}") from error
        # What a clerk took out of the trays is named again, by another press of print.
        named_again = () if chip else (State.CANCELLED,)
        assert office.job(f"{ORDER}-1").state in (State.PRINTED, State.SPOILED, *named_again)
        office.journal.close()


def test_a_death_with_the_card_at_the_station_wastes_nothing_and_asks_nobody(
    tmp_path: Path, blank_journal: Path
) -> None:
    for number, point in enumerate([("chip", 1), ("staged", 1)]):
        _, office = a_life(tmp_path / f"{number}.db", blank_journal, point)
        assert "unsure" not in office.events(), point
        assert not office.world.rejected
        assert office.job(f"{ORDER}-1").blank == "040001"
        assert len(office.world.output) == 1
        assert len(office.world.output[0].panels) == PANELS


@pytest.mark.parametrize("point", [("print", 1), ("sending", 1)])
def test_a_death_past_the_intent_to_print_never_goes_on_by_itself(
    tmp_path: Path, blank_journal: Path, point: tuple[str, int]
) -> None:
    """The dead process's bytes may still reach the printer: the card waits for a person's eyes."""
    _, office = a_life(tmp_path / "cut.db", blank_journal, point)
    assert office.events("unsure", "printed") == ["unsure", "printed"]
    assert [card.uid for card in office.world.output] == ["040001"], "clean, so the clerk put it back"


def hang(world: Paper, for_ms: int, then: BaseException | None) -> Callable[[], None]:
    """The cover opens as the job arrives and is closed ``for_ms`` later: then the printer prints."""

    def goes_on() -> None:
        world.hands, world.hanging = None, False
        assert world.inside is not None
        world.inside.panels += [picture(ORDER)] * PANELS
        world.panels += PANELS
        world.out(world.output)

    def points(name: str) -> None:
        if name == "claimed" and not world.hanging:
            world.hands, world.hanging = "cover_open", True
            world.later(for_ms, goes_on)
            if then is not None:
                raise then

    world.points = points
    return goes_on


def test_a_job_that_hangs_longer_than_anyone_waits_is_still_not_settled(
    tmp_path: Path, blank_journal: Path
) -> None:
    world = Paper(CARDS)
    office = Office(tmp_path / "hangs.db", blank_journal, world)
    office.take(blanks_count=CARDS)
    hang(world, PATIENCE_MS + 100_000, None)
    while world.now_ms < PATIENCE_MS + 90_000:
        world.wait(max(office.worker.turn(), 1))
        assert office.job(f"{ORDER}-1").state in (State.QUEUED, State.PRINTING)
    office.turns()
    assert office.job(f"{ORDER}-1").state is State.PRINTED
    truth_agrees(office)


def test_a_job_that_hangs_in_the_printer_is_never_settled_behind_its_back(
    tmp_path: Path, blank_journal: Path
) -> None:
    """The cover opens as the job arrives, and the agent dies: closed a while later, the printer prints."""
    world = Paper(CARDS)
    office = Office(tmp_path / "hangs.db", blank_journal, world)
    office.take(blanks_count=CARDS)

    goes_on = hang(world, 400_000, Killed())
    with pytest.raises(Killed):
        office.turns()
    world.wakes = [wake for wake in world.wakes if wake[1] == goes_on]  # the stream came whole
    world.points = lambda name: None
    office.restart()
    while world.now_ms < 380_000:
        assert office.job(f"{ORDER}-1").state is State.PRINTING
        world.wait(max(office.worker.turn(), 1))
    assert office.lane.seen.cause == "cover_open", "what it waits for, not that it waits"
    office.turns()
    assert office.job(f"{ORDER}-1").state is State.PRINTED
    truth_agrees(office)


def test_a_death_before_anything_moved_asks_nobody(tmp_path: Path, blank_journal: Path) -> None:
    for number, point in enumerate([("reserve", 1), ("reserved", 1), ("stage", 1)]):
        _, office = a_life(tmp_path / f"{number}.db", blank_journal, point)
        assert "unsure" not in office.events(), point
        assert office.events("printed") == ["printed"]
