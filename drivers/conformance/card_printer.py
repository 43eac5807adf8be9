"""The checks every card printer must pass, real or simulated, whatever its maker and its wire.

    from drivers.conformance.card_printer import run
    run("evolis+tcp://10.0.0.9:9100")  ->  [{"name": "identity", "result": "passed", "detail": "..."}, ...]

The tests run the same checks on simulated printers over every wire. A check prints at most two cards. Those
that need somebody at the printer ask their ``Hands``; without any they are skipped by name.
"""

from collections.abc import Callable
from dataclasses import replace

from drivers.card_printer import INSIDE, CardPrinter, Clock, Identity, Judgement, Snapshot, Verdict
from drivers.clock import MonotonicClock
from drivers.conformance.bench import (
    OTHER_SESSION,
    SESSION,
    Bench,
    Failed,
    Hands,
    Skipped,
    expect,
    expect_error,
    expect_printed,
    judged,
)
from drivers.conformance.spooler import what_proves_nothing_claims_nothing
from drivers.errors import NeedsHands, OutcomeUnknown, Unreachable
from drivers.registry import open_printer, usual_ribbon

Check = Callable[[Bench], str]


def identity(bench: Bench) -> str:
    """It says who it is."""
    found = bench.printer.identify()
    expect(bool(found.model and found.serial and found.firmware), f"it left something out: {found}")
    return f"{found.model}, serial {found.serial}, firmware {found.firmware}"


def status(bench: Bench) -> str:
    """It is ready, once it has warmed, and no card is inside."""
    bench.wait_until_back()
    told = bench.printer.status()
    expect(told.state == "ready", f"it is {told.state}: {told.cause}")
    expect(not INSIDE.intersection(told.card_at), f"a card lies at {told.card_at}")
    return told.raw


def looking_changes_nothing(bench: Bench) -> str:
    """Two looks see the same, and need no reservation."""
    first, second = bench.printer.snapshot(), bench.printer.snapshot()
    expect(first == second, f"{first} became {second}")
    expect(first.cards is not None and first.panels is not None, "a counter does not answer")
    return f"{first.cards} cards, {first.panels} panels so far"


def keeping(bench: Bench) -> str:
    """It tells what it needs, as far as it does, and the same again."""
    told = bench.printer.care()
    counts = [count for count in (told.ribbon_left, told.film_left, told.since_cleaning) if count is not None]
    expect(all(count >= 0 for count in counts), f"it counts below nothing: {told}")
    expect(list(told.settings) == sorted(told.settings), f"its settings are in no order: {told.settings}")
    expect(bench.printer.care() == told, "it says otherwise the second time")
    return f"{told.ribbon_left} left on the ribbon, {told.film_left} on the film, cleaning {told.cleaning}"


def reservation(bench: Bench) -> str:
    """A reservation shows while it stands, and is gone after."""
    bench.printer.reserve(SESSION)
    held = bench.printer.snapshot()
    bench.printer.release()
    freed = bench.printer.snapshot()
    expect((held.session, freed.session) == (SESSION, 0), f"session {held.session}, then {freed.session}")
    expect(not held.reset, "the reset mark outlived a reservation")
    return "shown and given back"


def session_refused_to_another(bench: Bench) -> str:
    """While one host holds the printer another is told that it is busy."""
    with bench.reserved():
        with expect_error(Unreachable, "busy"):
            bench.printer.reserve(OTHER_SESSION)
        expect(bench.printer.snapshot().session == SESSION, "the first host has lost it")
    return "busy"


def simplex(bench: Bench) -> str:
    """One side: judged printed, one card and the job's panels more."""
    return _print(bench, duplex=False)


def duplex(bench: Bench) -> str:
    """Both sides."""
    if not bench.printer.identify().duplex:
        raise Skipped("it prints one side only")
    return _print(bench, duplex=True)


def chip_station(bench: Bench) -> str:
    """A card waits at the contactless station, asking again moves none, and it is the one that is printed."""
    _needs_station(bench)
    with bench.reserved() as before:
        bench.printer.stage()
        bench.printer.stage()
        there = bench.printer.snapshot()
        expect(_inside(there) == {"contactless"}, f"it lies at {there.card_at}")
        expect(_moved(before, there) == (1, 0), f"counters moved by {_moved(before, there)}")
        card = bench.artefact()
        expect_printed(bench.printer.print_card(card, before, staged=True))
        after = bench.printer.snapshot()
        expect(_moved(before, after) == (1, card.panels), f"counters moved by {_moved(before, after)}")
    return "staged once, printed once"


def reject(bench: Bench) -> str:
    """A staged card goes to the reject tray blank; with none inside nothing moves."""
    _needs_station(bench)
    with bench.reserved() as before:
        bench.printer.stage()
        bench.printer.reject()
        bench.printer.reject()
        after = bench.printer.snapshot()
        expect(not _inside(after), f"a card lies at {after.card_at}")
        expect(_moved(before, after) == (1, 0), f"counters moved by {_moved(before, after)}")
    return "path empty, no panel laid"


def a_stale_before_prints_nothing(bench: Bench) -> str:
    """A job whose counters no longer fit is not even sent."""
    with bench.reserved() as before:
        stale = replace(before, cards=(before.cards or 0) - 1)
        judged = bench.printer.print_card(bench.artefact(), stale, staged=False)
        expect(judged == Judgement(Verdict.UNSURE, "counter_mismatch"), f"judged {judged}")
        expect(bench.printer.snapshot() == before, "something moved all the same")
    return "refused before the first byte"


def feeder_empty_told(bench: Bench) -> str:
    """An empty feeder is told before anything moves."""
    _needs_station(bench)
    bench.hand("empty_feeder")
    try:
        with bench.reserved() as before:
            with expect_error(NeedsHands, "feeder_empty"):
                bench.printer.stage()
            after = bench.printer.snapshot()
            expect(_moved(before, after) == (0, 0), f"counters moved by {_moved(before, after)}")
    finally:
        bench.hand("load_blanks")
    return _print(bench, duplex=False)


def cover_open_told(bench: Bench) -> str:
    """An open cover is told before anything is sent; closed again, it prints."""
    bench.hand("open_cover")
    try:
        with bench.reserved() as before, expect_error(NeedsHands, "cover_open"):
            bench.printer.print_card(bench.artefact(), before, staged=False)
    finally:
        bench.hand("close_cover")
    return _print(bench, duplex=False)


def ribbon_end_told(bench: Bench) -> str:
    """A ribbon that ends within a card leaves that card unsure, and says why."""
    return _spoils(bench, "end_ribbon_in_next_card", "ribbon_ended", "new_ribbon")


def jam_told(bench: Bench) -> str:
    """So does a jam."""
    return _spoils(bench, "jam_next_card", "jam", "free_jam")


def unplug_is_unsure(bench: Bench) -> str:
    """A cable pulled while a job is still being sent is never taken for a printed card."""
    if not bench.printer.identify().duplex:
        raise Skipped("its memory holds a whole job, which a pulled cable cannot tear")
    return _torn(bench, "unplug_in_next_card", duplex=True)


def power_cut_is_unsure(bench: Bench) -> str:
    """Neither is a power cut, though the claim is gone and no error is told."""
    said = _torn(bench, "cut_power_in_next_card", duplex=False)
    expect(said in ("printer_reset", "session_lost"), f"after a power cut it says {said}")
    return said


NEEDS_NO_PROOF = frozenset({"identity", "status", "keeping", "what_proves_nothing_claims_nothing"})
CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        identity,
        status,
        looking_changes_nothing,
        keeping,
        reservation,
        session_refused_to_another,
        simplex,
        duplex,
        chip_station,
        reject,
        a_stale_before_prints_nothing,
        feeder_empty_told,
        cover_open_told,
        ribbon_end_told,
        jam_told,
        unplug_is_unsure,
        power_cut_is_unsure,
        what_proves_nothing_claims_nothing,
    )
}


def run(address: str, hands: Hands | None = None, clock: Clock | None = None) -> list[dict[str, str]]:
    """Every check in turn on the printer at ``address``: a list of {name, result, detail}.

    ``result`` is ``passed``, ``failed`` or ``skipped``. ValueError if the address is none of a printer's.
    """
    clock = clock or MonotonicClock()
    printer = open_printer(address, clock=clock)
    try:
        return run_on(printer, clock, hands)
    finally:
        printer.close()


def run_on(printer: CardPrinter, clock: Clock, hands: Hands | None = None) -> list[dict[str, str]]:
    """The same on a printer that is open already."""
    return [run_one(name, printer, clock, hands) for name in CHECKS]


def run_one(name: str, printer: CardPrinter, clock: Clock, hands: Hands | None = None) -> dict[str, str]:
    """One check by its name."""

    def run_it() -> str:
        at_hand = bench(printer, clock, hands)
        if name not in NEEDS_NO_PROOF and not at_hand.proves:
            raise Skipped("its word proves nothing: every card of it is settled by a scan")
        return CHECKS[name](at_hand)

    return judged(name, run_it)


def bench(printer: CardPrinter, clock: Clock, hands: Hands | None) -> Bench:
    """What the checks have at hand; asks the printer what it is."""
    found: Identity = printer.identify()
    ribbon = found.ribbon or usual_ribbon(printer.address.family)
    return Bench(printer, clock, hands, found.model, ribbon, found.proves)


def _print(bench: Bench, *, duplex: bool) -> str:
    with bench.reserved() as before:
        card = bench.artefact(duplex=duplex)
        expect_printed(bench.printer.print_card(card, before, staged=False))
        moved = _moved(before, bench.printer.snapshot())
        expect(moved == (1, card.panels), f"counters moved by {moved}")
    return f"{card.panels} panels"


def _spoils(bench: Bench, accident: str, cause: str, cure: str) -> str:
    with bench.reserved() as before:
        bench.hand(accident)
        try:
            judged = bench.printer.print_card(bench.artefact(), before, staged=False)
            expect(judged == Judgement(Verdict.UNSURE, cause), f"judged {judged.verdict}: {judged.reason}")
        finally:
            bench.hand(cure)
    return _print(bench, duplex=False)


def _torn(bench: Bench, accident: str, *, duplex: bool) -> str:
    """Print through ``accident``; the word that made it unsure, once the printer is back."""
    with bench.reserved() as before:
        bench.hand(accident)
        card = bench.artefact(duplex=duplex)
        try:
            judged = bench.printer.print_card(card, before, staged=False)
        except OutcomeUnknown:
            bench.wait_until_back()
            judged = bench.printer.judge(before, bench.printer.snapshot(), card.panels)
        expect(judged.verdict is Verdict.UNSURE, f"judged {judged.verdict}: {judged.reason}")
    return judged.reason


def _needs_station(bench: Bench) -> None:
    if not bench.printer.identify().contactless:
        raise Skipped("it has no contactless station")


def _inside(seen: Snapshot) -> frozenset[str]:
    return INSIDE.intersection(seen.card_at)


def _moved(before: Snapshot, after: Snapshot) -> tuple[int, int]:
    if None in (before.cards, before.panels, after.cards, after.panels):
        raise Failed("a counter does not answer")
    return (after.cards or 0) - (before.cards or 0), (after.panels or 0) - (before.panels or 0)
