"""Spoilt replies of both families through the drivers' judgement: never a crash, never a false "printed".

Two ways. *Judged*: a card's way is left after any of its exchanges, and the evidence at that moment is asked
for again and again through the dice. *Lived*: every reply of a whole card's way may be spoilt, and the world
goes on as the driver then says. The physical truth of the world behind the dice is the judge. Every seed
replays.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from random import Random

import pytest

from drivers.card_printer import Snapshot, Verdict
from drivers.errors import DeviceError
from tests.unit.drivers.fuzzed_worlds import Bench, worlds
from tests.unit.drivers.fuzzing import CutHere

WORLDS = worlds()
Verdicts = Counter[Verdict | None]
"""None: one of the four errors instead of a verdict."""
SHARES = (0.03, 0.15, 0.6)
EVIDENCE_SHARES = (0.2, 0.35, 0.7)
JUDGEMENTS = 25
IN_CI = {"judged": 90_000, "lived": 10_000}
LONG_PARTS, LONG = 20, {"judged": 45_000, "lived": 5_000}


def lived(seed: int) -> tuple[int, Verdicts]:
    """One card's whole way through the dice; how many replies were spoilt, and the verdict."""
    dice = Random(seed)
    bench = Bench(dice.choice(WORLDS), dice)
    verdict = None
    try:
        bench.wire.share = dice.choice(SHARES) if dice.random() < 0.1 else 0.0
        bench.printer.identify()
        bench.printer.reserve(777)
        bench.wire.share = 0.0
        before = bench.reserve()
        bench.wire.share = dice.choice(SHARES)
        if bench.world.staged:
            bench.printer.stage()
        verdict = bench.printer.print_card(bench.artefact, before, staged=bench.world.staged).verdict
    except DeviceError:
        pass
    bench.wire.share = 0.0
    assert verdict is not Verdict.PRINTED or bench.good() == 1, f"seed {seed}: {bench.world}"
    assert verdict is not Verdict.UNTOUCHED, f"seed {seed}: {bench.world}"
    assert bench.good() <= 1, f"seed {seed}: {bench.world}"
    return bench.wire.fuzzed, Counter([verdict])


def judged(seed: int) -> tuple[int, Verdicts]:
    """A card's way left after some exchange, and its evidence through the dice, many times."""
    dice = Random(seed)
    world = dice.choice(WORLDS)
    bench = Bench(world, dice)
    before = begun(bench, dice.randint(1, 60))
    verdicts: Verdicts = Counter()
    if before is None:
        return 0, verdicts
    for _ in range(JUDGEMENTS):
        bench.wire.share = dice.choice(EVIDENCE_SHARES)
        verdict = None
        with suppress(DeviceError):
            after = bench.printer.snapshot()
            verdict = bench.printer.judge(before, after, bench.artefact.panels).verdict
        bench.wire.share = 0.0
        verdicts[verdict] += 1
        assert verdict is not Verdict.PRINTED or bench.good() == 1, f"seed {seed}: {world}"
        assert verdict is not Verdict.UNTOUCHED, f"seed {seed}: {world}"
        hold_on(bench)
    return bench.wire.fuzzed, verdicts


def begun(bench: Bench, exchanges: int) -> Snapshot | None:
    """The driver left in the middle, or at the end; None where it did not even get there."""
    try:
        before = bench.reserve()
        bench.wire.cut_after = bench.wire.exchanges + exchanges
        if bench.world.staged:
            bench.printer.stage()
        bench.printer.print_card(bench.artefact, before, staged=bench.world.staged)
    except (DeviceError, CutHere):
        pass
    bench.wire.cut_after = 0
    bench.simulated.sleep_ms(Random(exchanges).choice((0, 3_000, 60_000)))
    with suppress(DeviceError):
        bench.printer.snapshot()
        return before
    return None


def hold_on(bench: Bench) -> None:
    """A session that ended with a garbled reply is taken for lasting, so that the rest is judged, too."""
    session = getattr(bench.printer, "_session", None)
    if isinstance(session, int) or session is None:
        return
    with suppress(DeviceError):
        bench.printer.status()
        if session._number:
            session._holding = session._line.holding
            session._line.forget()


WAYS = {"judged": judged, "lived": lived}


def many(way: str, start: int, replies: int) -> Verdicts:
    """Seeds from ``start`` on until so many replies were spoilt; all their verdicts."""
    seed, done, verdicts = start, 0, Counter[Verdict | None]()
    while done < replies:
        spoilt, found = WAYS[way](seed)
        done, seed = done + spoilt, seed + 1
        verdicts += found
    return verdicts


@pytest.mark.parametrize("way", WAYS)
def test_a_hundred_thousand_spoilt_replies_never_prove_a_card_that_is_not_there(way: str) -> None:
    verdicts = many(way, 0, IN_CI[way])
    assert min(verdicts[each] for each in (Verdict.PRINTED, Verdict.UNSURE, None)) > 100


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
@pytest.mark.parametrize("way", WAYS)
def test_a_million_spoilt_replies_never_prove_a_card_that_is_not_there(way: str, part: int) -> None:
    many(way, 10_000_000 * (1 + part), LONG[way])
