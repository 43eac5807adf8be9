"""From plan to sheet: sent once whatever the printer answers, and never a byte of a person on the disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from agent import keys
from agent.actions import ACTIONS
from agent.config import Config
from agent.counter import suket
from agent.counter.suket import State
from agent.counter.suket_press import MIME, Press
from agent.home import Home
from agent.store.journal import Journal
from agent.trouble import Trouble
from domain.keys import order_info
from domain.words import RefusedByRule
from drivers.address import Address, parse
from drivers.card_printer import PrinterStatus
from drivers.errors import Cause, DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.paper_printer import End, PaperIdentity, PaperJob, PaperState
from tests.unit.agent.stations import NAME, START_MS, Province, make_home, open_at, take
from tests.unit.agent.test_card import person, photo

WHERE = "ipp://127.0.0.1:631/ipp/print"
FIRST = f"SPECIMEN-{NAME}-2020-00001"


class Killed(BaseException):
    """The command's process ends here."""


class Tray:
    """A printer of paper: what it was given, what came out, and what it answers."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str, bytes]] = []
        self.before: BaseException | None = None
        self.after: BaseException | None = None
        self.state = PaperState(End.REPORTED)
        self.forgets = False
        self.mute = False
        self.told_when_given: list[str] = []
        self.journal: Callable[[], list[str]] = list

    @property
    def address(self) -> Address:
        return parse(WHERE)

    def identify(self) -> PaperIdentity:
        return PaperIdentity("Tray", "SIM1", frozenset({MIME}))

    def status(self) -> PrinterStatus:
        return PrinterStatus("ready", None, (), "")

    def print_document(self, data: bytes, mime: str, name: str) -> PaperJob:
        if self.before is not None:
            raise self.before
        self.told_when_given = self.journal()
        self.given.append((name, mime, data))
        if self.after is not None:
            raise self.after
        return PaperJob(len(self.given), name)

    def find(self, name: str) -> PaperJob | None:
        if self.mute:
            raise Unreachable("no_answer")
        names = [given for given, _, _ in self.given]
        return PaperJob(names.index(name) + 1, name) if name in names and not self.forgets else None

    def watch(self, job: PaperJob, wait_ms: int, stop: Callable[[], bool] | None = None) -> PaperState:
        return self.state

    def cancel(self, job: PaperJob) -> None: ...

    def close(self) -> None: ...


@pytest.fixture(scope="module")
def province() -> Province:
    return Province()


@pytest.fixture
def home(tmp_path: Path, province: Province) -> Home:
    province.seq = 0
    return make_home(tmp_path / "home", province)


@pytest.fixture
def journal(home: Home, province: Province) -> Iterator[Journal]:
    made = open_at(home)
    order(made, home, province, "O-1")
    yield made
    made.close()


def order(journal: Journal, home: Home, province: Province, ident: str, **changed: str) -> None:
    told = json.dumps(person(photo=photo("JPEG"), **changed)).encode()
    sealed = keys.load(home.keys_path).open.public().seal(told, order_info(NAME, ident))
    take(journal, province, province.order(ident, reason="data_change", sealed=sealed))


@pytest.fixture
def tray(journal: Journal) -> Tray:
    one = Tray()
    one.journal = lambda: [line.event for line in journal.entries(0, 99)]
    return one


@pytest.fixture
def press(home: Home, journal: Journal, tray: Tray) -> Press:
    return made(home, journal, tray)


def made(home: Home, journal: Journal, tray: Tray | None, **more: Any) -> Press:
    def perform(action: str, args: Any) -> dict[str, Any]:
        return ACTIONS[action](journal, Config("64.11", 1), args)

    return Press(journal, keys.load(home.keys_path).open, NAME, perform, tray, **more)


def issued(press: Press, order: str = "O-1", out: Path | None = None) -> dict[str, Any]:
    plan = suket.plan(press.reads, NAME, order, "marriage", START_MS)
    return press.issue(plan, "rina", out)


def test_a_sheet_goes_to_the_printer_once_and_is_reported(press: Press, tray: Tray, journal: Journal) -> None:
    told = issued(press)
    assert (told["state"], told["printer"], told["next_step"]) == ("reported", WHERE, "confirm_or_void")
    ((name, mime, document),) = tray.given
    assert (name, mime) == (FIRST, "application/pdf")
    assert sha256(document).hexdigest() == told["sha256"] == suket.get(journal, FIRST).sha256
    assert tray.told_when_given[-2:] == ["suket_issued", "suket_sent"]  # on the disk before the first byte
    assert document.startswith(b"%PDF") and b"LARASTI AWANGGU SPECIMEN" in document


@pytest.mark.parametrize("kind", [Unreachable, NeedsHands, Refused])
def test_where_nothing_was_sent_the_same_sheet_may_be_sent_again(
    press: Press, tray: Tray, kind: type[DeviceError]
) -> None:
    tray.before = kind("paper_empty")
    told = issued(press)
    assert (told["state"], told["cause"], told["next_step"]) == ("issued", "paper_empty", "print")
    assert tray.given == []
    tray.before = None
    assert press.again(FIRST)["state"] == "reported"
    assert [name for name, _, _ in tray.given] == [FIRST]
    with pytest.raises(RefusedByRule) as caught:
        press.again(FIRST)
    assert caught.value.word == "SUKET_STATE"
    assert len(tray.given) == 1


def test_after_a_lost_answer_nothing_is_sent_a_second_time(press: Press, tray: Tray) -> None:
    tray.after = OutcomeUnknown("link_lost")
    told = issued(press)
    assert (told["state"], told["cause"], told["next_step"]) == ("unsure", "link_lost", "confirm_or_void")
    with pytest.raises(RefusedByRule):
        press.again(FIRST)
    with pytest.raises(RefusedByRule):
        issued(press)
    tray.after = None
    assert press.look(FIRST)["state"] == "reported"
    assert len(tray.given) == 1


@pytest.mark.parametrize("point", ["before", "after"])
def test_a_command_killed_around_the_first_byte_leaves_a_sheet_that_may_exist(
    home: Home, journal: Journal, tray: Tray, point: str
) -> None:
    press = made(home, journal, tray)
    setattr(tray, point, Killed())
    with pytest.raises(Killed):
        issued(press)
    assert suket.get(journal, FIRST).state is State.SENT
    tray.before = tray.after = None
    later = made(home, journal, tray)
    with pytest.raises(RefusedByRule):
        later.again(FIRST)
    expected = "unsure" if point == "before" else "reported"
    assert later.look(FIRST)["state"] == expected
    assert len(tray.given) == (0 if point == "before" else 1)


@pytest.mark.parametrize(
    ("end", "state", "cause"),
    [(End.REPORTED, "reported", "reported"), (End.CANCELLED, "reported", "cancelled"),
     (End.ABORTED, "reported", "aborted"), (End.UNKNOWN, "unsure", "not_known")],
)  # fmt: skip
def test_no_end_that_a_printer_tells_is_more_than_its_word(
    press: Press, tray: Tray, end: End, state: str, cause: str
) -> None:
    tray.state = PaperState(end)
    told = issued(press)
    assert (told["state"], told["cause"], told["next_step"]) == (state, cause, "confirm_or_void")


def test_a_sheet_still_on_its_way_is_looked_at_again(press: Press, tray: Tray, journal: Journal) -> None:
    causes: tuple[Cause, ...] = ("paper_jam",)
    tray.state = PaperState(None, causes)
    told = issued(press)
    assert (told["state"], told["cause"], told["next_step"]) == ("sent", "paper_jam", "look")
    tray.mute = True
    with pytest.raises(Trouble, match="cannot be asked"):
        press.look(FIRST)
    tray.mute = False
    assert press.look(FIRST)["state"] == "sent"
    tray.state = PaperState(End.REPORTED)
    assert press.look(FIRST)["state"] == "reported"
    with pytest.raises(RefusedByRule):
        press.look(FIRST)


def test_what_the_printer_has_forgotten_is_for_a_person_to_see(press: Press, tray: Tray) -> None:
    tray.state = PaperState(None)
    issued(press)
    tray.forgets = True
    assert (press.look(FIRST)["state"], press.look(FIRST)["cause"]) == ("unsure", "not_known")


def test_a_program_that_draws_otherwise_by_now_prints_no_old_certificate(
    home: Home, journal: Journal, tray: Tray
) -> None:
    tray.before = Unreachable("no_answer")
    issued(made(home, journal, tray))
    tray.before = None
    with pytest.raises(Trouble, match="draws the sheet otherwise"):
        made(home, journal, tray, draw_sheet=lambda plan, fields: b"%PDF other").again(FIRST)
    assert tray.given == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"birthdate": "2004-01-01", "marital": "BELUM KAWIN"}, "TOO_YOUNG"),
        ({"birthdate": "soon"}, "BAD_DATE"),
        ({"nik": "1"}, "BAD_NIK"),
        ({"name": ""}, "MISSING_FIELD"),
    ],
)
def test_what_may_not_be_a_card_is_no_certificate_either(
    home: Home, journal: Journal, province: Province, tray: Tray, changed: dict[str, str], word: str
) -> None:
    order(journal, home, province, "O-2", **changed)
    with pytest.raises(RefusedByRule) as caught:
        issued(made(home, journal, tray), "O-2")
    assert caught.value.word == word
    assert suket.listed(journal) == [] and tray.given == []


@pytest.mark.attack
def test_nothing_of_a_person_rests_on_the_station_s_disk(press: Press, home: Home, journal: Journal) -> None:
    issued(press)
    journal.close()
    for path in home.root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for secret in (b"LARASTI", b"6411034502909007", b"%PDF"):
                assert secret not in data, path.name
