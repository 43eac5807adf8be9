"""What people ask of the stock: counted, lost, voided, burnt; refused by the right word, booked once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.papers import minutes
from agent.printing.states import Event
from agent.stock import blanks, losses
from agent.store import audit
from agent.store.journal import Journal, Tx
from agent.trouble import Trouble
from domain.words import RefusedByRule
from tests.unit.agent.stations import Clock, Province
from tests.unit.agent.stock import DAY_MS, TWO, act, figures, filled, printed, word, words


@pytest.fixture
def journal(tmp_path: Path, clock: Clock, province: Province) -> Iterator[Journal]:
    made = filled(tmp_path / "home", province, clock)
    yield made
    made.close()


def test_a_count_that_fits_leaves_nothing_to_do(journal: Journal) -> None:
    done = act(journal, "count", count=8, **TWO)
    assert (done["counted"], done["expected"], done["missing"], done["found"]) == (8, 8, 0, 0)
    assert words(journal) == []


def test_what_is_inside_a_job_cannot_be_counted(journal: Journal, province: Province) -> None:
    printed(journal, province)
    assert act(journal, "count", count=7, **TWO)["expected"] == 7


def test_a_missing_number_stays_open_until_it_is_found_or_booked_lost(journal: Journal) -> None:
    act(journal, "count", count=6, **TWO)
    assert words(journal) == [("COUNT_DIFFERS", 2)]
    act(journal, "lose", blank="0401", reason="gone")
    assert words(journal) == [("COUNT_DIFFERS", 1)]
    act(journal, "lose", count=1, minutes="BA-1", reason="gone", **TWO)
    assert words(journal) == []
    act(journal, "count", count=9, **TWO)
    assert words(journal) == [("COUNT_DIFFERS", 3)]
    act(journal, "count", count=6, **TWO)
    assert words(journal) == []


def test_a_count_by_name_names_what_is_missing_and_what_was_found(journal: Journal) -> None:
    act(journal, "lose", blank="0403", reason="gone")
    held = ["0401", "0403", "0501", "0502", "0503", "0504", "0801"]
    done = act(journal, "count", names=held, **TWO)
    assert (done["missing"], done["found"], done["missing_unnamed"]) == (["0402"], ["0403", "0801"], 1)
    assert words(journal) == [("COUNT_DIFFERS", 4)]
    act(journal, "lose", blank="0402", reason="gone", **TWO)
    assert words(journal) == [("COUNT_DIFFERS", 3)]
    act(journal, "lose", count=1, minutes="BA-1", reason="gone", **TWO)
    assert words(journal) == [("COUNT_DIFFERS", 2)]


def test_more_names_than_blanks_without_one_are_found_ones(journal: Journal) -> None:
    held = ["0401", "0402", "0403", *(f"090{n}" for n in range(7))]
    done = act(journal, "count", names=held, **TWO)
    assert (done["missing"], done["found"], done["missing_unnamed"]) == ([], ["0905", "0906"], 0)


def test_the_second_person_is_another_whoever_asks(journal: Journal) -> None:
    with pytest.raises(RefusedByRule, match="another"):
        losses.check_second(journal, "lost", "P.1", "P.1", 0)


def test_a_count_takes_two_people_and_is_written_before_anything_is_told(journal: Journal) -> None:
    assert word(journal, "count", count=8, by="P.1") == "SECOND_NEEDED"
    assert word(journal, "count", count=8, second="P.1") == "SECOND_NEEDED"
    assert word(journal, "count", count=8, by="P.1", second="P.1") == "SECOND_IS_FIRST"
    act(journal, "count", count=0, **TWO)
    line = journal.entries(journal.head() - 1, 1)[0]
    assert (line.event, line.subject, line.body["expected"]) == ("blanks_counted", "ktp", 8)


def test_above_the_day_s_limit_a_second_person_has_to_look(journal: Journal, clock: Clock) -> None:
    act(journal, "lose", blank="0401", reason="gone")
    assert word(journal, "lose", blank="0402", reason="gone") == "SECOND_NEEDED"
    assert word(journal, "lose", blank="0402", reason="gone", by="P.1", second="P.1") == "SECOND_IS_FIRST"
    assert act(journal, "lose", blank="0402", reason="gone", **TWO)["new"]
    clock.at_ms += DAY_MS
    assert act(journal, "lose", blank="0403", reason="gone")["new"]


def test_a_spoiled_blank_is_spoiled_once_and_needs_a_reason(journal: Journal) -> None:
    assert word(journal, "spoil", blank="0401") == "REASON_NEEDED"
    for n in range(1, 6):
        assert act(journal, "spoil", blank=f"040{n}", reason="bent")["new"]
    assert word(journal, "spoil", blank="0406", reason="bent") == "SECOND_NEEDED"
    assert not act(journal, "spoil", blank="0401", reason="bent")["new"]
    assert figures(journal, "spoiled", "unnamed", "on_hand", "unaccounted") == (5, 3, 3, [])


def test_a_lost_blank_that_turns_up_is_spoiled_and_what_is_no_blank_here_is_refused(
    journal: Journal, province: Province
) -> None:
    printed(journal, province)
    assert word(journal, "spoil", blank="0401", reason="bent") == "BLANK_USED"
    assert word(journal, "lose", blank="0401", reason="gone") == "BLANK_USED"
    act(journal, "lose", blank="0402", reason="gone")
    assert not act(journal, "lose", blank="0402", reason="gone")["new"]
    assert act(journal, "spoil", blank="0402", reason="found")["new"]
    assert figures(journal, "lost", "spoiled", "unaccounted") == (0, 1, [])
    assert act(journal, "lose", blank="0402", reason="stolen", **TWO)["new"]


def test_blanks_without_a_name_are_lost_by_a_report(journal: Journal) -> None:
    lost = {"count": 2, "minutes": "BA-1", "reason": "gone", **TWO}
    assert word(journal, "lose", **{**lost, "second": None}) == "SECOND_NEEDED"
    assert word(journal, "lose", **{**lost, "count": 6}) == "NOT_IN_STOCK"
    assert act(journal, "lose", **lost)["new"]
    assert not act(journal, "lose", **lost)["new"]
    assert word(journal, "lose", **{**lost, "count": 1}) == "MINUTES_CHANGED"
    assert figures(journal, "lost", "unnamed") == (2, 3)


def test_a_card_that_comes_back_is_void_whoever_printed_it(journal: Journal, province: Province) -> None:
    printed(journal, province, Event.VERIFIED, Event.READY, Event.HANDED_OVER)
    assert act(journal, "void", card="0401", why="data_changed", job="O-9-1")["new"]
    assert not act(journal, "void", card="0401", why="data_changed")["new"]
    assert act(journal, "void", card="0999", why="worn")["new"]
    assert word(journal, "void", card="0402", why="worn") == "NOT_A_CARD"
    assert figures(journal, "used", "received", "unaccounted") == (1, 8, [])
    with pytest.raises(Trouble, match="one of"):
        act(journal, "void", card="0998", why="ugly")


@pytest.mark.parametrize(
    ("change", "odd"),
    [
        ("UPDATE blank SET place = 'lost' WHERE name = '0402'", "0402"),
        ("DELETE FROM blank WHERE name = '0402'", "0402"),
        ("UPDATE blank SET received = 0 WHERE name = '0401'", "0401"),
        ("UPDATE unnamed SET count = count + 1", "ktp"),
    ],
)
def test_the_audit_names_a_row_of_the_stock_that_the_journal_denies(
    journal: Journal, change: str, odd: str
) -> None:
    act(journal, "spoil", blank="0403", reason="bent")
    assert audit.verify(journal) == journal.head()
    journal.write(lambda tx: tx.execute(change))
    found = audit.verify(journal)
    assert isinstance(found, audit.Finding)
    assert f"blank {odd} " in found.text


def test_a_blank_that_was_sent_on_comes_back_as_a_card(journal: Journal) -> None:
    act(journal, "send", to="64.02-1", consignment="T-1", names=["0401"])
    assert act(journal, "void", card="0401", why="worn")["new"]
    assert words(journal) == []
    assert figures(journal, "received", "sent", "used", "unaccounted") == (8, 1, 0, [])


@pytest.mark.parametrize("more", [(Event.VERIFIED,), (Event.VERIFIED, Event.READY)])
def test_a_card_on_its_way_to_its_holder_is_not_voided(
    journal: Journal, province: Province, more: tuple[Event, ...]
) -> None:
    printed(journal, province, *more)
    assert word(journal, "void", card="0401", why="factory") == "NOT_A_CARD"


BURN = {"minutes": "BA/12", "witnesses": ["S.2", "S.1"]}


def test_a_batch_is_burnt_once_and_its_paper_is_the_same_for_ever(journal: Journal) -> None:
    act(journal, "spoil", blank="0401", reason="bent")
    act(journal, "void", card="0999", why="worn", kind="kia")
    done = act(journal, "destroy", **BURN, by="P.1")
    assert done["cards"] == [
        {"name": "0999", "kind": "kia", "reason": "worn"},
        {"name": "0401", "kind": "ktp", "reason": "bent"},
    ]
    assert (done["place"], done["witnesses"], done["new"]) == ("Mahakam Ulu", ["S.1", "S.2"], True)
    ((hashed,),) = journal.rows("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1")
    assert done["hash"] == hashed.hex()
    assert figures(journal, "destroyed", "spoiled", "unaccounted") == (1, 1, [])
    again = act(journal, "destroy", **BURN)
    assert again == {**done, "new": False}
    assert minutes.pdf(done) == minutes.pdf(again)
    assert act(journal, "destroy", **BURN, names=["0999", "0401"]) == again


def test_the_paper_says_what_was_burnt_before_whom_and_that_it_is_a_specimen(journal: Journal) -> None:
    act(journal, "spoil", blank="0401", reason="bent")
    act(journal, "void", card="0999", why="data_changed")
    done = act(journal, "destroy", **BURN, place="Long Bagun")
    paper = minutes.pdf(done)
    assert paper.startswith(b"%PDF-")
    told = (b"SPECIMEN", b"BA/12", b"Long Bagun", b"21 Mei 2020", b"0401", b"0999", b"S.1", b"S.2", b"KTP-el")
    for each in (*told, b"data pemegang berubah", done["hash"].encode()):
        assert each in paper, each


@pytest.mark.parametrize(
    ("refused", "args"),
    [
        ("NOTHING_TO_DESTROY", {}),
        ("NOT_SPOILED", {"names": ["0402"]}),
        ("NOT_SPOILED", {"names": ["0999"]}),
        ("WITNESSES_NEEDED", {"witnesses": ["S.1"]}),
        ("WITNESSES_NEEDED", {"witnesses": ["S.1", "S.1"]}),
    ],
)
def test_only_what_is_spoiled_or_void_burns_and_only_before_two(
    journal: Journal, refused: str, args: dict[str, Any]
) -> None:
    assert word(journal, "destroy", **{**BURN, **args}) == refused


def test_minutes_of_a_number_are_written_once(journal: Journal) -> None:
    act(journal, "spoil", blank="0401", reason="bent")
    act(journal, "destroy", **BURN)
    assert word(journal, "destroy", **BURN, names=["0402"]) == "MINUTES_CHANGED"
    assert word(journal, "destroy", minutes="BA/12", witnesses=["S.1", "S.3"]) == "MINUTES_CHANGED"
    act(journal, "lose", count=1, minutes="BA-L", reason="gone", **TWO)
    assert word(journal, "destroy", minutes="BA-L", witnesses=["S.1", "S.2"]) == "MINUTES_CHANGED"


def test_a_great_batch_is_several_lines_and_one_paper(journal: Journal) -> None:
    names = [f"05{n:06}" for n in range(2100)]
    journal.write(lambda tx: blanks.receive(tx, "C-9", "ktp", names, len(names)))

    def spoil_all(tx: Tx) -> None:
        for name in names:
            blanks.reject(tx, name, "ktp", "wet")

    journal.write(spoil_all)
    done = act(journal, "destroy", **BURN)
    lines = [line for line in journal.entries(0, 9999) if line.event == "blanks_destroyed"]
    assert [len(line.body["names"]) for line in lines] == [2000, 100]
    assert len(done["cards"]) == 2100
    assert figures(journal, "destroyed") == (2100,)
