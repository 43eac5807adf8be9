"""A printer is kept alive: its supplies, cleaning, rest and settings, and a test card now and then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import Config
from agent.keeping import actions, book, report, trial
from agent.keeping.keeper import Keeper
from agent.keeping.trial import Trial
from agent.printing import jobs
from agent.printing.cycle import Cycle
from agent.printing.lane import Lane
from agent.printing.states import State
from agent.printing.worker import Worker
from agent.stock import blanks
from agent.store.journal import Journal
from agent.trouble import Trouble
from agent.web.page import look
from domain.ledger import Place
from domain.words import RefusedByRule
from drivers.address import parse
from drivers.evolis.printer import EvolisPrinter
from drivers.transports.memory import MemoryTransport
from simulators.evolis.bench import MemoryPrinter
from tests.journeys.killer_virtual import SESSION, Chip, artefact, queue_order
from tests.unit.agent.stations import START_MS, Province, make_home, open_at

CHIP = Config("64.11", 1, printer="evolis+memory://keeping", chip="vpcd://127.0.0.1:1")


class Bench:
    """A simulated Primacy 2 with its worker and its keeper, in virtual time."""

    def __init__(self, journal: Journal, *, chip: bool = True) -> None:
        self.printer = MemoryPrinter(cards=20, ribbon="k")
        self.journal = journal
        driver = EvolisPrinter(MemoryTransport(self.printer), parse(CHIP.printer), self.printer)
        self.lane = Lane(driver, Chip(self.printer) if chip else None, journal, self.printer.now_ms)
        trials = Trial(self.lane, journal, SESSION, artefact)
        self.keeper = Keeper(self.lane, journal, self.printer.now_ms, self.unix_ms, trials)
        self.worker = Worker(
            *(self.lane, Cycle(self.lane, journal, SESSION), journal, lambda job: artefact()),
            *(self.printer.now_ms, self.printer.sleep_ms),
            keeper=self.keeper,
        )

    def unix_ms(self) -> int:
        return START_MS + self.printer.now_ms()

    def turns(self, count: int = 40) -> None:
        for _ in range(count):
            self.printer.sleep_ms(self.worker.turn())

    def press(self, order: str) -> None:
        self.journal.write(queue_order(order))

    def printed(self) -> int:
        return len(jobs.in_state(self.journal, State.PRINTED))

    def told(self, event: str) -> list[Any]:
        return [entry.body for entry in self.journal.entries(0, 10_000) if entry.event == event]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = open_at(make_home(tmp_path / "home", Province()))
    made.write(lambda tx: blanks.receive(tx, "K-1", "ktp", None, 20))
    yield made
    made.close()


@pytest.fixture
def bench(journal: Journal) -> Bench:
    made = Bench(journal)
    made.turns(3)
    return made


def follow(journal: Journal, **rules: Any) -> None:
    """The province's policy, as the inbox leaves it."""
    journal.write(
        lambda tx: tx.execute("INSERT INTO policy VALUES ('P', '2020-01-01', ?, 0)", json.dumps(rules))
    )


def test_settings_are_right_at_first_sight_and_told_once_when_they_change(bench: Bench) -> None:
    assert len(bench.told("settings_seen")) == 1
    bench.printer.exchange(b"\x1bPcim;M\r\0")
    bench.printer.sleep_ms(60_000)
    bench.turns()
    assert bench.told("settings_drifted") == [{"changed": {"input_tray": ["F", "M"]}}]
    assert book.printers_drifted(bench.journal) == 1


def test_settings_that_change_back_by_themselves_are_told_too(bench: Bench) -> None:
    for tray in ("M", "F"):
        bench.printer.exchange(b"\x1bPcim;%s\r\0" % tray.encode())
        bench.printer.sleep_ms(60_000)
        bench.turns(2)
    assert bench.told("settings_drifted")[-1] == {"changed": {}}
    assert book.printers_drifted(bench.journal) == 0


def test_settings_somebody_looked_at_are_the_right_ones_from_then_on(bench: Bench) -> None:
    bench.printer.exchange(b"\x1bPcem;M\r\0")
    bench.printer.sleep_ms(60_000)
    bench.turns()
    done = actions.settings(bench.journal, CHIP, {})
    assert done == {"serial": bench.lane.serial, "accepted": ["output_tray"]}
    bench.printer.sleep_ms(60_000)
    bench.turns()
    assert book.printers_drifted(bench.journal) == 0
    assert len(bench.told("settings_drifted")) == 1


def test_after_so_many_cards_the_printer_rests_and_goes_on_by_itself(bench: Bench) -> None:
    follow(bench.journal, duty={"rest_after_cards": 2, "rest_minutes": 10})
    for number in range(3):
        bench.press(f"O-{number}")
    bench.turns(30)
    assert bench.printed() == 2
    assert (bench.lane.seen.state, bench.lane.seen.cause) == ("needs_hands", "resting")
    bench.printer.sleep_ms(10 * 60_000)
    bench.turns(30)
    assert bench.printed() == 3


def test_a_full_day_ends_at_midnight(bench: Bench) -> None:
    follow(bench.journal, duty={"cards_a_day": 1})
    bench.press("O-1")
    bench.press("O-2")
    bench.turns(20)
    assert (bench.printed(), bench.lane.seen.cause) == (1, "day_full")
    bench.printer.sleep_ms(22 * 3_600_000)
    bench.turns(20)
    assert bench.printed() == 2


def test_the_report_tells_supplies_in_working_days(bench: Bench) -> None:
    for number in range(4):
        bench.press(f"O-{number}")
    bench.turns()
    live = {"counters": {"cards": bench.printer.printer.cards}, "care": {"ribbon_left": 30}}
    found = report.told(report.read(bench.journal, bench.unix_ms()), live)
    assert found["ribbon"] == {"left": 30, "days": 7.5}
    assert found["blanks"]["ktp"] == {"left": 16, "days": 4.0}
    assert found["duty"]["today"] == 4
    actions.ribbon(bench.journal, CHIP, {"prints": 6})
    bench.press("O-9")
    bench.turns()
    live["counters"] = {"cards": bench.printer.printer.cards}
    found = report.told(report.read(bench.journal, bench.unix_ms()), live)
    assert found["ribbon"]["left"] == 5, "what somebody put in, less the card since, is less than 30"
    ((word, text, count),) = report.asks(report.read(bench.journal, bench.unix_ms()), live)
    assert (word, text, count) == ("SUPPLIES_LOW", "Order soon: ribbon.", 1), "no KIA blank ever came here"
    bench.journal.write(lambda tx: blanks.receive(tx, "C-KIA", "kia", None, 2))
    found = report.told(report.read(bench.journal, bench.unix_ms()), live)
    assert (
        report.asks(report.read(bench.journal, bench.unix_ms()), live)[0][1]
        == "Order soon: ribbon, kia blanks."
    )


def test_the_screen_says_what_the_printer_still_has_and_what_it_should_get(bench: Bench) -> None:
    bench.press("O-1")
    bench.turns()

    def keeping(**care: object) -> str:
        live = {"printer": {"care": care}}
        return look(bench.journal, CHIP, free_bytes=1 << 40, now_ms=bench.unix_ms(), live=live).keeping

    assert keeping() == ""
    assert keeping(ribbon_left=1480, film_left=30) == "pita untuk 1.480 kartu · film untuk 30 kartu"
    assert keeping(ribbon_left=0, cleaning="due") == "pita untuk 0 kartu · perlu dibersihkan"
    assert keeping(cleaning="no") == ""


def test_cards_since_the_cleaning_are_counted_by_the_printer_s_own_counter(bench: Bench) -> None:
    bench.press("O-1")
    bench.turns()
    actions.cleaned(bench.journal, CHIP, {})
    bench.press("O-2")
    bench.turns()
    live = {"counters": {"cards": bench.printer.printer.cards}}
    assert report.told(report.read(bench.journal, bench.unix_ms()), live)["cleaning"]["since"] == 1


def test_a_test_card_is_printed_when_nothing_waits_and_its_blank_is_spoiled(bench: Bench) -> None:
    actions.ask_test_card(bench.journal, CHIP, {})
    bench.press("O-1")
    bench.turns()
    seen = bench.printer.hand(look=True)
    assert [len(card["panels"]) for card in seen["output"]] == [1, 1]
    ledger = blanks.fold(bench.journal)
    assert ledger.names("ktp", Place.SPOILED) == [seen["output"][1]["blank"]]
    assert not trial.asked(bench.journal)
    bench.press("O-2")
    bench.turns()
    assert bench.printed() == 2, "its card is no unknown one"
    assert not bench.told("counters_moved")


def test_a_test_card_whose_end_nobody_saw_closes_the_lane_until_somebody_looked(bench: Bench) -> None:
    actions.ask_test_card(bench.journal, CHIP, {})
    bench.printer.hand(fault="power_cut@card=1,panel=k")
    bench.turns(20)
    assert not trial.asked(bench.journal)
    bench.press("O-1")
    bench.turns()
    assert (bench.printed(), bench.lane.seen.cause) == (0, "cards_unknown")
    assert len(blanks.fold(bench.journal).names("ktp", Place.SPOILED)) == 1


def test_a_test_card_waits_for_the_feeder(journal: Journal) -> None:
    bench = Bench(journal)
    bench.printer.printer.feeder.left = 0
    bench.turns(3)
    actions.ask_test_card(journal, CHIP, {})
    bench.turns(6)
    assert trial.asked(journal)
    bench.printer.hand(load=3)
    bench.turns(20)
    assert not trial.asked(journal)
    assert len(bench.printer.hand(look=True)["output"]) == 1


def test_without_a_chip_reader_the_blank_of_a_test_card_is_named(journal: Journal) -> None:
    bench = Bench(journal, chip=False)
    bench.turns(3)
    plain = Config("64.11", 1, printer=CHIP.printer)
    with pytest.raises(RefusedByRule, match="serial"):
        actions.ask_test_card(journal, plain, {})
    with pytest.raises(RefusedByRule, match="names the blank"):
        actions.ask_test_card(journal, CHIP, {"blank": "6411000042"})
    actions.ask_test_card(journal, plain, {"blank": "6411000042"})
    bench.turns(20)
    assert blanks.fold(journal).names("ktp", Place.SPOILED) == ["6411000042"]
    with pytest.raises(RefusedByRule):
        actions.ask_test_card(journal, plain, {"blank": "6411000042"})


def test_nothing_can_be_told_of_a_printer_that_was_never_met(journal: Journal) -> None:
    with pytest.raises(Trouble, match="No printer"):
        actions.cleaned(journal, CHIP, {})


def test_a_ribbon_of_no_cards_is_none(bench: Bench) -> None:
    with pytest.raises(Trouble, match="1 to 10,000"):
        actions.ribbon(bench.journal, CHIP, {"prints": 0})
