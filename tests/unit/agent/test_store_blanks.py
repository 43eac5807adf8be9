"""Consignments by name and by count: booked once, refused when they changed, never counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.stock import blanks, manifest
from agent.store import audit
from agent.store.journal import Journal
from agent.trouble import Trouble
from domain.manifest import blank_name
from domain.words import RefusedByRule
from tests.unit.agent.stations import events, make_home, open_at


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = open_at(make_home(tmp_path / "home"))
    yield made
    made.close()


def receive(
    journal: Journal, consignment: str, names: list[str] | None, count: int = 0, kind: str = "ktp"
) -> bool:
    return journal.write(lambda tx: blanks.receive(tx, consignment, kind, names, count or len(names or [])))


def word(
    journal: Journal, consignment: str, names: list[str] | None, count: int = 0, kind: str = "ktp"
) -> str:
    before = journal.head()
    with pytest.raises(RefusedByRule) as refused:
        receive(journal, consignment, names, count, kind)
    assert journal.head() == before
    return refused.value.word


def test_the_same_consignment_twice_is_booked_once_in_whatever_order_its_names_stand(
    journal: Journal,
) -> None:
    assert receive(journal, "C-1", ["0401", "0402"])
    assert not receive(journal, "C-1", ["0402", "0401"])
    assert events(journal) == [("blanks_received", "C-1")]
    assert blanks.account(journal)["ktp"]["on_hand"] == 2


def test_a_consignment_that_changed_is_refused(journal: Journal) -> None:
    receive(journal, "C-1", ["0401", "0402"])
    receive(journal, "C-2", None, 10)
    assert word(journal, "C-1", ["0401", "0403"]) == "CONSIGNMENT_CHANGED"
    assert word(journal, "C-1", None, 2) == "CONSIGNMENT_CHANGED"
    assert word(journal, "C-1", ["0401", "0402"], kind="kia") == "CONSIGNMENT_CHANGED"
    assert word(journal, "C-2", None, 11) == "CONSIGNMENT_CHANGED"


def test_a_blank_cannot_arrive_twice(journal: Journal) -> None:
    receive(journal, "C-1", ["0401"])
    assert word(journal, "C-2", ["0402", "0401"]) == "BLANK_USED"
    assert word(journal, "C-3", ["0403", "0403"]) == "BLANK_USED"
    assert blanks.account(journal)["ktp"]["received"] == 1


def test_the_account_has_exactly_the_contracts_figures(journal: Journal) -> None:
    receive(journal, "C-1", None, 500, "kia")
    account = blanks.account(journal)
    keys = "opening received used spoiled lost sent returned destroyed on_hand unsure unnamed unaccounted"
    assert set(account) == {"ktp", "kia"}
    assert " ".join(account["kia"]) == keys
    assert (account["kia"]["on_hand"], account["kia"]["unnamed"]) == (500, 500)


def test_counted_blanks_get_their_names_when_first_read_and_no_more_than_there_are(journal: Journal) -> None:
    receive(journal, "C-1", None, 1)
    blanks.check(journal, "0401", "ktp")
    journal.write(lambda tx: blanks.reject(tx, "0401", "ktp", "dent"))
    assert blanks.unnamed(journal, "ktp") == 0
    with pytest.raises(RefusedByRule) as refused:
        blanks.check(journal, "0402", "ktp")
    assert refused.value.word == "BLANK_UNKNOWN"
    with pytest.raises(RefusedByRule) as refused:
        blanks.check(journal, "0401", "ktp")
    assert refused.value.word == "BLANK_USED"


def test_a_blank_of_the_other_kind_is_not_expected(journal: Journal) -> None:
    receive(journal, "C-1", ["0401"], kind="kia")
    with pytest.raises(RefusedByRule) as refused:
        blanks.check(journal, "0401", "ktp")
    assert refused.value.word == "BLANK_UNKNOWN"


def test_a_great_consignment_is_several_lines_that_a_message_can_carry(journal: Journal) -> None:
    names = [f"04{n:010}" for n in range(4500)]
    receive(journal, "C-1", names)
    lines = journal.entries(0, 9)
    assert [line.body["count"] for line in lines] == [2000, 2000, 500]
    assert max(len(str(line.body)) for line in lines) < 64_000
    assert blanks.account(journal)["ktp"]["on_hand"] == 4500
    assert not receive(journal, "C-1", names)
    assert audit.verify(journal) == 3


@pytest.mark.parametrize(
    ("text", "name"),
    [("04 a2 b3 c4", "04A2B3C4"), ("04:a2:b3:c4\n", "04A2B3C4"), ("6411.000-42", "6411.000-42")],
)
def test_a_name_is_written_one_way(text: str, name: str) -> None:
    assert blank_name(text) == name


@pytest.mark.parametrize("text", ["", "abc", "0401;DROP", "x" * 41, "04\u00e90102"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no blank's name"):
        blank_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "0401\n0402\n\n",
        "\ufeff0401\r\n0402\r\n",
        "blank\n0401\n0402\n",
        "box,Blank,note\n1,0401,a\n1,0402,\n",
    ],
)
def test_a_manifest_is_a_name_a_line_or_a_csv_with_a_column(tmp_path: Path, text: str) -> None:
    (tmp_path / "m").write_bytes(text.encode())
    assert manifest.read(tmp_path / "m") == ["0401", "0402"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"0401\n!!\n", "line 2: that is no blank's name"),
        (b"0401\n0402\n04 01\n", "line 3: the same name stands on line 1 already"),
        (b"a,b\n1,2\n", "line 1: there is no column 'blank'"),
        (b"", "names 0 blanks"),
        (b"\xff\xfe0401", "no text file"),
    ],
)
def test_a_bad_manifest_names_the_line(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(Trouble, match=sentence):
        manifest.read(tmp_path / "m")
    with pytest.raises(Trouble, match="cannot be read"):
        manifest.read(tmp_path / "none")
