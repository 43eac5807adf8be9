"""What the province says it holds of this journal, compared with what this disk has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from agent import keys, province_clock
from agent.home import Home
from agent.link import LinkThread
from agent.logs import OrdersDown
from agent.printing import jobs
from agent.printing.actions import print_orders
from agent.store import behind
from agent.store.journal import Journal
from domain.words import RefusedByRule
from sync import topics, wire
from sync.log import START, Batch, Fork, Mark, Taken
from sync.session import LinkDown
from tests.unit.agent.stations import NAME, START_MS, Province, make_home, open_at, take

EPOCH = 7


@pytest.fixture
def home(tmp_path: Path, province: Province) -> Home:
    return make_home(tmp_path / "home", province, chip="vpcd://127.0.0.1:9")


@pytest.fixture
def journal(home: Home, province: Province) -> Iterator[Journal]:
    made = open_at(home, epoch=EPOCH)
    take(made, province, province.order("O-1"), province.order("O-2"))
    yield made
    made.close()


@pytest.fixture
def link(home: Home, journal: Journal) -> Iterator[LinkThread]:
    line = (journal, NAME, "mqtt://127.0.0.1:9", keys.load(home.keys_path), home.keys_path)
    made = LinkThread(*line, now_unix_ms=lambda: START_MS)
    yield made
    made.stop()


def hear(link: LinkThread, province: Province, *messages: wire.Message) -> None:
    """The province's messages arrive; the answers find no line, which is nothing unusual."""
    for message in messages:
        with suppress(LinkDown):
            link._hear(wire.encode(message, topics.route_down(NAME), province.key.sign))


def hello(have: Mark) -> wire.Hello:
    return wire.Hello(START, have, START_MS, ask=False)


BEYOND, OTHER_LIFE = Mark(50, EPOCH), Mark(2, 99)


@pytest.mark.parametrize("held", [BEYOND, OTHER_LIFE])
@pytest.mark.parametrize("message", [hello, wire.Have, lambda have: wire.Refused("fork", have)])
def test_what_the_province_holds_and_this_disk_never_wrote_stops_the_printing_for_good(
    link: LinkThread, home: Home, journal: Journal, province: Province, held: Mark, message: type[wire.Have]
) -> None:
    hear(link, province, message(held))
    with pytest.raises(RefusedByRule) as refused:
        print_orders(journal, home.config(), {"next": 1})
    assert refused.value.word == "JOURNAL_BEHIND_HUB"
    assert jobs.listed(journal) == []
    hear(link, province, hello(journal.last()))
    assert behind.is_behind(journal), "a province that forgets does not bring the lines back"


def test_orders_are_not_taken_on_such_a_disk(journal: Journal, province: Province) -> None:
    down = OrdersDown(journal, NAME, province.key.public())
    have = down.have()
    new = province.order("O-3")
    journal.write(lambda tx: behind.remember(tx, BEYOND))
    assert down.take(Batch(have, (new,))) == Fork(have)
    assert journal.rows("SELECT count(*) FROM order_") == [(2,)]


def test_what_the_province_holds_of_this_very_journal_stops_nothing(
    link: LinkThread, home: Home, journal: Journal, province: Province
) -> None:
    hear(link, province, hello(START), hello(Mark(1, EPOCH)), wire.Have(journal.last()))
    hear(link, province, wire.Refused("unknown_station"))
    assert not behind.is_behind(journal)
    assert print_orders(journal, home.config(), {"next": 1})["job"] == "O-1-1"
    taken = OrdersDown(journal, NAME, province.key.public()).take(
        Batch(journal.mark("orders_have"), (province.order("O-3"),))
    )
    assert isinstance(taken, Taken)


def test_only_the_province_itself_can_say_so(link: LinkThread, journal: Journal) -> None:
    hear(link, Province(), hello(BEYOND))
    assert not behind.is_behind(journal)


def test_the_province_s_time_is_kept_for_those_who_have_no_line(
    link: LinkThread, journal: Journal, province: Province
) -> None:
    assert province_clock.known(journal, None) is None
    link._now_unix_ms = lambda: START_MS - 600_000
    link._talk._now_unix_ms = link._now_unix_ms
    hear(link, province, hello(Mark(0, 0)))
    assert province_clock.known(journal, None) == 600_000
    assert province_clock.known(journal, link.told()) == 600_000
    assert province_clock.known(journal, {"clock": {"skew_s": -1.5}}) == 1500, "who is on the line knows best"
    assert province_clock.known(journal, {"clock": {"skew_s": None}}) == 600_000
    assert not province_clock.is_news(journal, 601_999, START_MS - 600_000)
    assert province_clock.is_news(journal, 598_000, START_MS - 600_000)
    assert province_clock.is_news(journal, 600_000, START_MS + 3_700_000), "an hour on, and still there"
