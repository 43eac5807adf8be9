"""Telling people: masked, once, whole or not at all, and nothing of a person where it does not belong."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from agent import control
from agent.commands import counter
from agent.commands.announce import announce as command
from agent.counter import announce, files
from agent.counter.announce import untold
from agent.counter.ready import waiting
from agent.papers import notice_list
from agent.printing import jobs
from agent.trouble import Trouble
from domain.policy import CHANNELS, HandOver
from domain.words import RefusedByRule
from tests.unit.agent.counter.shelf import NAME_OF, NIK, PHONE, Shelf
from tests.unit.agent.stations import NAME

CARDS: list[dict[str, str]] = [
    {"village": "DESA CONTOH 2", "name": "BULANSI BENUAQO SPECIMEN", "phone": ""},
    {"village": "DESA CONTOH 1"},
    {"village": "<b>DESA</b>", "name": "<script>X SPECIMEN", "phone": "+628009000018"},
]


def batch_of(shelf: Shelf) -> announce.Batch:
    return untold(shelf.journal, shelf.keys.open, NAME, shelf.clock.at_ms)


def book(shelf: Shelf, batch: announce.Batch, /, **changed: Any) -> dict[str, Any]:
    args = {
        "batch": batch.name, "jobs": [each.job for each in batch.told], "channels": list(CHANNELS),
        "without_phone": files.without_phone(batch),
    } | changed  # fmt: skip
    return announce.announced(shelf.journal, shelf.config, args)


def test_everybody_on_the_shelf_is_told_of_once(shelf: Shelf) -> None:
    told = [shelf.card(**fields) for fields in CARDS]
    shelf.give(shelf.card())
    batch = batch_of(shelf)
    assert (batch.name, [each.job for each in batch.told]) == ("2020-05-21-1", told)
    book(shelf, batch)
    assert batch_of(shelf).told == ()
    later = shelf.card()
    assert [each.job for each in batch_of(shelf).told] == [later]
    assert batch_of(shelf).name == "2020-05-21-2"


def test_the_list_tells_by_which_channels_each_was_reached(shelf: Shelf) -> None:
    first, second = shelf.card(phone=""), shelf.card()
    book(shelf, batch_of(shelf))
    found = {card.job: card.channels for card in waiting(shelf.journal, HandOver(), shelf.clock.at_ms)}
    assert found == {first: ("web", "list"), second: CHANNELS}
    assert shelf.line("announced") == {
        "jobs": [first, second], "channels": list(CHANNELS), "without_phone": [first]
    }  # fmt: skip


def test_booked_twice_is_booked_once_and_another_batch_is_refused(shelf: Shelf) -> None:
    shelf.card()
    batch = batch_of(shelf)
    assert book(shelf, batch) == book(shelf, batch)
    assert shelf.told("announced") == ["announced"]
    other = shelf.card()
    for changed, word in (
        ({"jobs": [other]}, "BATCH_KNOWN"),
        ({"batch": "2020-05-21-9"}, "ALREADY_ANNOUNCED"),
        ({"batch": "2020-05-21-8", "jobs": ["O-77-1"]}, "UNKNOWN_JOB"),
    ):
        with pytest.raises(RefusedByRule) as caught:
            book(shelf, batch, **changed)
        assert caught.value.word == word


@pytest.mark.parametrize(
    "changed", [{"batch": "../x"}, {"jobs": []}, {"channels": []}, {"channels": ["radio"]}]
)
def test_a_batch_has_the_form_of_one(shelf: Shelf, changed: dict[str, Any]) -> None:
    shelf.card()
    with pytest.raises(Trouble):
        book(shelf, batch_of(shelf), **changed)


def test_a_card_whose_name_is_forgotten_is_left_out_and_told(shelf: Shelf) -> None:
    job = shelf.card("O-1")
    shelf.journal.write(lambda tx: jobs.forget(tx, "O-1"))
    assert batch_of(shelf).told == ()
    assert batch_of(shelf).forgotten == (job,)


def test_the_forgotten_ones_keep_nobody_from_being_told(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce, "BATCH_MAX", 2)
    old = [shelf.card() for _ in range(3)]
    with shelf.journal.transaction() as tx:
        for job in old:
            jobs.forget(tx, shelf.job(job).order)
    young = [shelf.card() for _ in range(3)]
    batch = batch_of(shelf)
    assert ([each.job for each in batch.told], batch.forgotten, batch.more) == (young[:2], tuple(old), 1)


def test_a_batch_has_an_end_and_says_what_is_left(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "BATCH_MAX", 2)
    told = [shelf.card() for _ in range(5)]
    batch = batch_of(shelf)
    assert ([each.job for each in batch.told], batch.more) == (told[:2], 3)


# -- the files ---------------------------------------------------------------------------------------------


def written(shelf: Shelf, folder: Path, *channels: str) -> dict[str, bytes]:
    place = files.write(folder, batch_of(shelf), "64.11", channels or CHANNELS, shelf.clock.at_ms)
    return {each.name: each.read_bytes() for each in place.iterdir()}


def test_a_gateway_gets_number_and_text_and_nobody_without_a_number(shelf: Shelf, tmp_path: Path) -> None:
    for fields in CARDS:
        shelf.card(**fields)
    made = written(shelf, tmp_path / "out")
    wa = [json.loads(line) for line in made["wa.jsonl"].splitlines()]
    sms = list(csv.DictReader(io.StringIO(made["sms.csv"].decode())))
    assert wa == sms
    assert [each["to"] for each in wa] == [PHONE, "+628009000018"]
    assert wa[0]["text"] == (
        "Disdukcapil Kab. Mahakam Ulu: KTP-el A.A.S. NIK 6411**********01 siap diambil di loket. Gratis."
    )


def test_the_web_page_holds_no_phone_and_no_markup_of_others(shelf: Shelf, tmp_path: Path) -> None:
    for fields in CARDS:
        shelf.card(**fields)
    made = written(shelf, tmp_path / "out", "web")
    assert set(made) == {"web.html", "web.json"}
    assert b"+62" not in made["web.html"] + made["web.json"]
    assert b"<script" not in made["web.html"]
    assert b"&lt;b&gt;DESA&lt;/b&gt;" in made["web.html"]
    lists = json.loads(made["web.json"])["lists"]
    assert [each["village"] for each in lists] == ["<b>DESA</b>", "DESA CONTOH 1", "DESA CONTOH 2"]


def test_the_printed_list_has_a_page_a_village_and_is_the_same_bytes_again(shelf: Shelf) -> None:
    for fields in CARDS:
        shelf.card(**fields)
    notices = [each.notice for each in batch_of(shelf).told]
    made = notice_list.pdf("2020-05-21-1", "64.11", notices, shelf.clock.at_ms)
    assert made == notice_list.pdf("2020-05-21-1", "64.11", notices[::-1], shelf.clock.at_ms)
    assert len(re.findall(rb"/Type /Page\b", made)) == 3
    for shown in (b"A.A.S.", b"6411**********01", b"SPECIMEN"):
        assert shown in made
    assert NIK.encode() not in made


@pytest.mark.skipif(sys.platform == "win32", reason="rights of a home are set by its folder there")
def test_only_the_owner_may_read_and_a_batch_is_whole(shelf: Shelf, tmp_path: Path) -> None:
    shelf.card()
    folder = tmp_path / "out"
    for day in ("2020-05-20", "2020-05-21"):
        leftover = folder / f"{day}-1.part"
        leftover.mkdir(parents=True)
        (leftover / "wa.jsonl").write_text("half")
    written(shelf, folder)
    written(shelf, folder)  # never told of: the same batch again
    place = folder / "2020-05-21-1"
    assert [each.name for each in folder.iterdir()] == [place.name]
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in place.iterdir()} == {0o600}


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system which file a number is")
def test_a_batch_is_on_the_disk_before_anybody_is_told_of_it(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(file: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{file}").readlink().relative_to(tmp_path)))
        real(file)

    shelf.card()
    monkeypatch.setattr(os, "fsync", fsync)
    written(shelf, tmp_path / "out", "web")
    part = "out/2020-05-21-1.part"
    assert synced == [f"{part}/web.html", f"{part}/web.json", part, "out"]


def test_nothing_but_a_batch_is_deleted(shelf: Shelf, tmp_path: Path) -> None:
    shelf.card()
    written(shelf, tmp_path)
    place = tmp_path / "2020-05-21-1"
    (place / "notes.txt").write_text("mine")
    with pytest.raises(Trouble, match=r"notes\.txt"):
        files.remove(place)
    assert len(list(place.iterdir())) == 6
    (place / "notes.txt").unlink()
    assert files.remove(place) == ["list.pdf", "sms.csv", "wa.jsonl", "web.html", "web.json"]
    assert not place.exists()


# -- as commands -------------------------------------------------------------------------------------------


def run(shelf: Shelf, made: Any, *args: str) -> Result:
    return CliRunner().invoke(made, [*args, "--home", str(shelf.home.root)], catch_exceptions=False)


def test_a_batch_is_written_told_of_and_deleted(shelf: Shelf) -> None:
    job = shelf.card()
    shelf.close()
    done = json.loads(run(shelf, command, "--channels", "wa,list", "--json").stdout)
    assert (done["jobs"], done["channels"], done["more"]) == ([job], ["wa", "list"], 0)
    place = Path(done["folder"])
    assert place.parent == shelf.home.root / "announcements"
    assert sorted(each.name for each in place.iterdir()) == ["list.pdf", "wa.jsonl"]
    again = json.loads(run(shelf, command, "--json").stdout)
    assert (again["batch"], again["lying"]) == (None, [done["batch"]]), "whoever forgets is reminded"
    (listed,) = json.loads(run(shelf, counter.ready, "--json").stdout)
    assert listed["channels"] == ["wa", "list"]
    gone = json.loads(run(shelf, command, "--done", done["batch"], "--json").stdout)
    assert gone["deleted"] == ["list.pdf", "wa.jsonl"]
    with pytest.raises(Trouble, match="There is no batch"):
        run(shelf, command, "--done", done["batch"])
    assert run(shelf, command, "--channels", "radio").exit_code == 2


def test_what_was_left_half_written_goes_even_where_nobody_waits(shelf: Shelf) -> None:
    leftover = shelf.home.root / "announcements" / "2020-05-20-1.part"
    leftover.mkdir(parents=True)
    (leftover / "sms.csv").write_text("half")
    shelf.close()
    assert json.loads(run(shelf, command, "--json").stdout)["batch"] is None
    assert not leftover.exists()


def test_who_cannot_be_told_by_loket_is_named_to_the_clerk(shelf: Shelf) -> None:
    job = shelf.card("O-1")
    shelf.journal.write(lambda tx: jobs.forget(tx, "O-1"))
    shelf.close()
    done = run(shelf, command)
    assert "nobody waits" in done.stdout
    assert job in done.stderr


def test_a_batch_that_was_never_told_of_is_written_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.card()
    shelf.close()

    def cut(*_args: Any) -> dict[str, Any]:
        raise Trouble("the power went")

    with monkeypatch.context() as power:
        power.setattr(control, "perform", cut)
        with pytest.raises(Trouble):
            run(shelf, command, "--json")
    assert json.loads(run(shelf, command, "--json").stdout)["batch"].endswith("-1")


def test_no_full_nik_and_no_full_name_anywhere_and_no_phone_but_for_the_gateways(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    first, second = shelf.card(reason="data_change"), shelf.card()
    blank = shelf.blank(first)
    shelf.give(second, finger=None, channel="post", proof="R-1")
    with pytest.raises(RefusedByRule):
        shelf.give(first)
    said = [run(shelf, counter.ready, *more).output for more in ((), ("--name",), ("--json", "--name"))]
    assert all("A*** A*** S***" in each for each in said[1:])
    said.append(run(shelf, command).output)
    given = ("--card", blank, "--finger", "matched", "--old", "card", first)
    said.append(run(shelf, counter.hand_over, *given).output)
    held = {str(path): path.read_bytes() for path in shelf.home.root.rglob("*") if path.is_file()}
    for name in ("journal.db", "journal.db-wal", "list.pdf", "sms.csv"):
        assert any(path.endswith(name) for path in held), name
    everything = {**held, "said": "".join(said).encode(), "log": caplog.text.encode()}
    for where, content in everything.items():
        for secret in (NIK, NAME_OF, NAME_OF.split()[0], NAME_OF.split()[1]):
            assert secret.encode() not in content, where
        if not where.endswith(("wa.jsonl", "sms.csv")):
            assert PHONE.encode() not in content, where
