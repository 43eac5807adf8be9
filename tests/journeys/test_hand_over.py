"""From the order to its holder with the real programs: printed, read on the desk, announced, given out once.

A second card lies on the desk when the first is asked for, and is not given; a withheld one comes back by a
supervisor's word. What the province would read of it all is the journal.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import keys
from domain.keys import canonical, order_info
from simulators.people.people import Person, people
from simulators.people.portraits import portrait
from tests.journeys.killer_rig import fields as killer_fields
from tests.journeys.station import Done, Station
from tests.journeys.sync_rig import free_port, until
from tests.journeys.technician import Technician
from tests.unit.agent.stations import NAME, open_at, take


class Counter:
    """A counter with a printer, a desk reader and two holders; the station runs."""

    def __init__(self, root: Path, printer: Technician, antenna: int, desk: int) -> None:
        self.printer = printer
        self.station = Station(root / "home")
        address = f"evolis+tcp://127.0.0.1:{printer.port}"
        chips = ("--chip", f"vpcd://127.0.0.1:{antenna}", "--desk", f"vpcd://127.0.0.1:{desk}")
        assert self.station.init("--printer", address, *chips).code == 0
        self.holders = people(7, "64.11", 2, kind="ktp")
        self._orders()
        assert self.loket("blanks", "receive", "--consignment", "C-1", "--count", "9").code == 0

    def _orders(self) -> None:
        key = keys.load(self.station.home.keys_path).open.public()
        province, journal = self.station.province, open_at(self.station.home, epoch=5)
        for who, reason in zip(self.holders, ("data_change", "first_card"), strict=True):
            sealed = key.seal(canonical(personal(who)), order_info(NAME, who.order))
            take(journal, province, province.order(who.order, reason=reason, sealed=sealed))
        journal.close()

    def loket(self, *arguments: str) -> Done:
        return self.station.loket(*arguments)

    def state(self, job: str) -> str:
        (found,) = [each for each in self.loket("jobs", "--json").json if each["id"] == job]
        return str(found["state"])

    def printed(self, who: Person) -> tuple[str, str]:
        """The job and the card's name, once it came out."""
        job = self.loket("print", "--order", who.order, "--json").json["job"]
        until(lambda: self.state(job) in ("printed", "unsure"), "the card never came", 60)
        (told,) = [each for each in self.loket("jobs", "--json").json if each["id"] == job]
        assert told["state"] == "printed", told
        return job, told["blank"]

    def lay(self, blank: str) -> None:
        assert self.printer.hand(desk=blank) == {"desk": blank}

    def journal(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.loket("journal", "--json").out.splitlines()]


def personal(who: Person) -> dict[str, str]:
    told = {name: getattr(who, name) for name in killer_fields() if hasattr(who, name)}
    place = {"province": "KALIMANTAN TIMUR", "regency": "KABUPATEN MAHAKAM ULU"}
    return told | place | {"photo": b64encode(portrait(who)).decode(), "phone": who.phone}


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    antenna, desk = free_port(), free_port()
    readers = ("--chip", f"127.0.0.1:{antenna}", "--desk", f"127.0.0.1:{desk}")
    options = ("--tcp", "127.0.0.1:0", *readers, "--cards", "9", "--speed", "200", "--ribbon", "k")
    with Technician(*options) as printer:
        yield Counter(tmp_path, printer, antenna, desk)


def test_a_card_goes_from_its_order_to_its_holder(counter: Counter) -> None:
    mine, others = counter.holders
    with counter.station.run():
        job, blank = counter.printed(mine)
        _, other_blank = counter.printed(others)
        counter.lay(blank)
        verified = counter.loket("verify", job, "--shelf", "A-1", "--by", "ani", "--json")
        assert verified.json["state"] == "ready", verified.err
        (waiting,) = counter.loket("ready", "--json", "--name").json
        assert (waiting["shelf"], waiting["comes_in"], waiting["channels"]) == ("A-1", ["card"], [])
        assert waiting["name"] == " ".join(f"{word[0]}***" for word in mine.name.split())
        told = counter.loket("announce", "--channels", "wa,list", "--json").json
        assert told["jobs"] == [job]

        give = ("hand-over", job, "--read", "--finger", "matched", "--by", "ani", "--json")
        counter.lay(other_blank)
        wrong = counter.loket(*give, "--old", "card")
        assert (wrong.code, wrong.json) == (4, {"refused": "WRONG_BLANK"})
        counter.lay(blank)
        bare = counter.loket(*give)
        assert (bare.code, bare.json) == (4, {"refused": "OLD_CARD_DUE"})
        given = [counter.loket(*give, "--old", "card:04ABCDEF012345") for _ in range(2)]
        assert [each.code for each in given] == [0, 0], given
        assert given[0].json == given[1].json
        assert given[0].json["state"] == "handed_over"
    lines = [line for line in counter.journal() if line["event"] in ("handed_over", "card_voided")]
    assert [line["event"] for line in lines] == ["card_voided", "handed_over"]
    assert lines[1]["detail"]["chip"] == "match"
    for secret in (mine.nik, mine.name):
        assert secret not in json.dumps(counter.journal())


def test_a_withheld_card_is_told_by_its_word_and_goes_up_or_back(counter: Counter) -> None:
    _, holder = counter.holders
    with counter.station.run():
        job, blank = counter.printed(holder)
        counter.loket("verify", job, "--card", blank, "--by", "ani")
        held = counter.loket("hand-over", job, "--card", blank, "--finger", "mismatch", "--json")
        assert (held.code, held.json) == (4, {"refused": "FINGER_MISMATCH"})
        assert counter.state(job) == "withheld"
        back = ("withheld", job, "--to-ready", "--reason", "wrong_finger", "--by", "ani", "--json")
        assert counter.loket(*back, "--supervisor", "ani").json == {"refused": "SECOND_IS_FIRST"}
        assert counter.loket(*back, "--supervisor", "budi").json["state"] == "ready"
        sent = ("hand-over", job, "--card", blank, "--channel", "post", "--proof", "R-1", "--json")
        assert counter.loket(*sent).json["state"] == "sent"
        assert counter.loket("delivered", job, "--back", "--json").json["state"] == "ready"
        assert counter.loket(*sent).json["state"] == "sent"
        assert counter.loket("delivered", job, "--proof", "R-1", "--json").json["state"] == "handed_over"
    assert counter.loket("withheld", job).code == 2
    assert counter.loket("delivered", job).code == 2
    assert counter.loket("hand-over", job, "--finger", "matched").code == 1, "which card is it?"
