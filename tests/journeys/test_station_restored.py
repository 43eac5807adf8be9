"""A station's disk is put back from an older copy, with the real programs: told by the province, it stops."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from agent import keys
from agent.store.journal import Tx, set_cursor
from domain.join import JoinFile
from domain.keys import canonical, order_info
from tests.journeys.killer_rig import fields
from tests.journeys.station import Station
from tests.journeys.sync_rig import TOKEN, Broker, Hub, free_port, until
from tests.journeys.technician import Technician, truth
from tests.unit.agent.stations import NAME, Province, open_at, take

CARDS = 4


class Counter:
    """A station that joined a province, with a printer and two orders to print."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.truth = folder / "truth.jsonl"
        chip, broker = free_port(), Broker("embedded", folder)
        stack.callback(broker.kill)
        hub = Hub(folder / "hub", broker.url)
        stack.callback(hub.kill)
        hub.start()
        until(lambda: hub.link_is_up(broker.url), "the hub does not listen")
        told = ("--tcp", "127.0.0.1:0", "--chip", f"127.0.0.1:{chip}", "--speed", "60", "--ribbon", "k")
        files = ("--cards", str(CARDS), "--truth", str(self.truth))
        self.printer = stack.enter_context(Technician(*told, *files))
        self.province = Province()
        self.province.key, self.province.open = hub.keys.sign, hub.keys.open
        self.station = Station(folder / "home", self.province)
        sign, seal = hub.keys.sign.public().text, hub.keys.open.public().text
        join = folder / "join"
        join.write_text(JoinFile("64.11", 1, sign, seal, TOKEN, broker.url).to_text())
        where = ("--printer", self.printer.ready["addresses"][0], "--chip", f"vpcd://127.0.0.1:{chip}")
        assert self.station.loket("init", "--join", str(join), *where).code == 0
        received = ("--consignment", "K-1", "--count", str(CARDS))
        assert self.station.loket("blanks", "receive", *received).code == 0
        self._orders("O-1", "O-2")

    def _orders(self, *names: str) -> None:
        """Orders with a specimen person in them, as if an earlier line of orders had brought them."""
        key = keys.load(self.station.home.keys_path).open.public()
        journal = open_at(self.station.home, epoch=5)
        for name in names:
            sealed = key.seal(canonical(fields()), order_info(NAME, name))
            take(journal, self.province, self.province.order(name, sealed=sealed))

        def begin_anew(tx: Tx) -> None:
            set_cursor(tx, "orders_have", 0)

        journal.write(begin_anew)
        journal.close()

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.station.loket("status", "--json").json
        return found

    def asks(self) -> list[str]:
        return [each["word"] for each in self.status()["attention"]]

    def states(self) -> list[tuple[str, str]]:
        return [(job["id"], job["state"]) for job in self.station.loket("jobs", "--json").json]

    def work_until_the_province_has_it_all(self, *press: str) -> None:
        with self.station.run() as running:
            if press:
                assert self.station.loket("print", *press).code == 0
                until(lambda: self.states()[-1:] == [("O-1-1", "printed")], "the card is not printed", 60)
            until(lambda: self.status()["unsent"]["events"] == 0, "the journal does not arrive")
            assert running.stop() == 0

    def fed(self) -> int:
        return sum(line["event"] == "fed" for line in truth(self.truth))


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with ExitStack() as stack:
        yield Counter(tmp_path, stack)


@pytest.mark.attack
def test_a_disk_put_back_from_an_older_copy_prints_nothing_once_the_province_has_spoken(
    counter: Counter,
) -> None:
    counter.work_until_the_province_has_it_all()
    older = counter.station.home.journal_path.read_bytes()
    counter.work_until_the_province_has_it_all("--order", "O-1")
    assert counter.fed() == 1

    counter.station.home.journal_path.write_bytes(older)
    assert counter.states() == [], "this disk knows nothing of the card"
    assert counter.station.loket("print", "--order", "O-1").code == 0, "off line nobody can know"
    counter.printer.hand(cover="open")
    with counter.station.run() as running:
        until(lambda: "JOURNAL_BEHIND_HUB" in counter.asks(), "nobody tells the station")
        status = counter.status()
        assert status["headline"] == {"colour": "red", "word": "JOURNAL_BEHIND_HUB"}
        assert (status["link"]["state"], status["link"]["cause"]) == ("refused", "fork")
        refused = counter.station.loket("print", "--order", "O-2", "--json")
        assert (refused.code, refused.json["refused"]) == (4, "JOURNAL_BEHIND_HUB")
        counter.printer.hand(cover="closed")
        until(lambda: counter.status()["printer"]["state"] == "ready", "the printer is not looked at")
        assert running.stop() == 0  # a card that was begun would be seen to its end
    assert counter.states() == [("O-1-1", "queued")]
    refused = counter.station.loket("print", "--next", "1", "--json")
    assert (refused.code, refused.json["refused"]) == (4, "JOURNAL_BEHIND_HUB"), (
        "it stays so without the agent"
    )
    assert counter.fed() == 1
    assert json.loads(counter.station.loket("journal", "--json").out.splitlines()[-1])["event"] != "printed"
