"""The shelf on the clerk's screen: counts, the oldest, and nobody's name."""

from __future__ import annotations

from agent.printing.states import Event
from agent.web.page import look
from domain.wita import DAY_MS
from tests.unit.agent.counter.shelf import NAME_OF, NIK, Shelf


def shown(shelf: Shelf) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from agent.web import HERE

    page = look(shelf.journal, shelf.config, free_bytes=1 << 40, now_ms=shelf.clock.at_ms, live={})
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    return made.get_template("parts.html").render(page=page)


def test_an_empty_shelf_is_a_nought(shelf: Shelf) -> None:
    page = look(shelf.journal, shelf.config, free_bytes=1 << 40, now_ms=shelf.clock.at_ms, live={})
    assert (page.shelf.count, page.shelf.rows, page.shelf.held) == ("0", (), "")


def test_the_oldest_lie_on_top_with_their_place_and_without_a_name(shelf: Shelf) -> None:
    oldest = shelf.card(shelf="C-9")
    shelf.clock.at_ms += 12 * DAY_MS
    for _ in range(4):
        shelf.card()
    held = shelf.card()
    shelf.move(held, Event.WITHHELD, blank=shelf.blank(held), reason="FINGER_MISMATCH", by="ani")
    shelf.give(shelf.card(), channel="post", proof="R-1", finger=None)
    page = look(shelf.journal, shelf.config, free_bytes=1 << 40, now_ms=shelf.clock.at_ms, live={})
    assert (page.shelf.count, page.shelf.oldest) == ("5", "terlama 12 hari")
    assert (page.shelf.rows[0].name, page.shelf.rows[0].word) == (oldest, "12 hari")
    assert page.shelf.rows[0].remark == "rak C-9"
    assert page.shelf.held == "1 ditahan, panggil penyelia"
    assert "1 kartu ditahan" in (page.headline, *page.also)
    assert page.shelf.notes == "5 belum diumumkan · 1 dalam pengiriman"
    html = shown(shelf)
    assert "Siap diambil" in html
    assert oldest in html
    for secret in (NIK, *NAME_OF.split()):
        assert secret not in html


def test_a_card_counts_as_printed_today_wherever_it_is_by_now(shelf: Shelf) -> None:
    shelf.card()
    shelf.clock.at_ms += DAY_MS
    shelf.give(shelf.card())
    shelf.printed(kind="kia")
    page = look(shelf.journal, shelf.config, free_bytes=1 << 40, now_ms=shelf.clock.at_ms, live={})
    assert page.printed_today == "2"
    assert [(stock.kind, stock.used_today) for stock in page.stocks] == [("KTP", 1), ("KIA", 1)]


def test_a_shelf_filled_today_names_no_oldest(shelf: Shelf) -> None:
    shelf.card()
    page = look(shelf.journal, shelf.config, free_bytes=1 << 40, now_ms=shelf.clock.at_ms, live={})
    assert (page.shelf.count, page.shelf.oldest, page.shelf.rows[0].word) == ("1", "", "hari ini")
