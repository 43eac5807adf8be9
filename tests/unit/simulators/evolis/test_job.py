"""How a job runs: overlap, room, claim, failure, and the printer that prints again by itself."""

from simulators.evolis.bench import MemoryPrinter
from tests.unit.simulators.evolis.kit import (
    AT_PRINT,
    BUSY,
    CLAIM,
    ask,
    bench,
    closing,
    counters,
    face,
    job,
    look,
    picture,
    stuck,
    told,
    vector,
)


def panels(printer: MemoryPrinter) -> list[str]:
    return [str(panel) for _, _, panel, _ in told(printer, "panel")]


def test_both_sides_come_out_in_order_with_their_picture() -> None:
    printer = bench()
    assert printer.exchange(job("ymcko", "k")).startswith(b"OK\0")
    printer.sleep_ms(60_000)
    wanted = [f"front {letter}" for letter in "ymcko"] + ["back k"]
    assert panels(printer) == wanted
    assert printer.truth[-1]["picture"] == picture(wanted)
    assert printer.truth[-1]["ms"] == 12_800 - 1200 + 7000 + 1500 + 1200


def test_a_panel_is_laid_only_when_something_follows_it() -> None:
    printer = bench()
    exchange = printer.face.open()
    exchange.feed(b"\x1bPcla;1\r\x1bSs\r" + face("front", "ym"))
    printer.sleep_ms(20_000)
    assert panels(printer) == ["front y"]
    exchange.feed(b"\x1bDbc;c;2;9;")
    printer.sleep_ms(20_000)
    assert panels(printer) == ["front y", "front m"]


def test_without_room_for_a_sixth_bitmap_the_wire_is_not_read() -> None:
    printer = bench()
    exchange = printer.face.open()
    exchange.feed(job("ymcko", "ymcko"))
    assert stuck(exchange)
    assert exchange.reply() is None
    assert printer.printer.bitmaps == 5
    exchange.end()
    while stuck(exchange):
        printer.sleep_ms(100)
        assert printer.printer.bitmaps <= 5
    assert str(exchange.reply()).startswith("b'OK\\x00")
    printer.sleep_ms(60_000)
    assert len(panels(printer)) == 10
    assert printer.printer.bitmaps == 0


def test_the_claim_ends_when_everything_before_its_end_is_done() -> None:
    printer = bench()
    printer.exchange(job("k"))
    closing(printer)
    assert CLAIM in look(printer)
    assert BUSY in look(printer)
    printer.sleep_ms(4_699)
    assert CLAIM in look(printer)
    printer.sleep_ms(1)
    assert CLAIM not in look(printer)
    assert told(printer, "ejected")


def test_without_a_closing_the_claim_stays() -> None:
    printer = bench()
    printer.exchange(job("k"))
    printer.sleep_ms(100_000)
    assert CLAIM in look(printer)
    closing(printer)
    assert CLAIM not in look(printer)


def test_a_second_job_waits_for_the_first_to_end() -> None:
    printer = bench()
    printer.exchange(job("k"))
    second = printer.face.open()
    second.feed(job("o"))
    assert stuck(second)
    closing(printer)
    printer.sleep_ms(5_000)
    assert not stuck(second)
    printer.sleep_ms(5_000)
    assert [line["picture"] for line in printer.truth if line["event"] == "ejected"] == [
        picture(["front k"]),
        picture(["front o"]),
    ]


def test_an_error_throws_the_rest_of_the_job_away() -> None:
    printer = bench("ribbon_end@card=1,panel=c")
    printer.exchange(job())
    closing(printer)
    printer.sleep_ms(60_000)
    seen = look(printer)
    assert (seen.error, seen.warning) == (0x00200000, 0x00080000)
    assert AT_PRINT in seen
    assert CLAIM not in seen
    assert panels(printer) == ["front y", "front m"]
    printer.hand(ribbon="new")
    printer.sleep_ms(600_000)
    assert panels(printer) == ["front y", "front m"]
    assert printer.printer.bitmaps == 0


def test_a_card_failed_while_its_job_still_arrives_is_told_in_the_reply() -> None:
    printer = bench("jam@card=1,panel=y")
    exchange = printer.face.open()
    exchange.feed(job("ymcko", "ymcko")[:-30])
    printer.sleep_ms(20_000)
    exchange.go_on()
    exchange.feed(job()[-30:])
    exchange.end()
    assert str(exchange.reply()).startswith("b'ERR MECHANICAL\\x00")


def test_under_error_mode_0_the_printer_makes_a_second_card_by_itself() -> None:
    printer = bench("ribbon_end@card=1,panel=o")
    ask(printer, "Pem;0")
    before = counters(printer)
    printer.exchange(job())
    printer.sleep_ms(60_000)
    assert look(printer).error == 0x00200000
    printer.hand(ribbon="new")
    printer.sleep_ms(60_000)
    assert [event for event, *_ in told(printer, "rejected", "ejected")] == ["rejected", "ejected"]
    assert counters(printer) == (before[0] + 2, before[1] + 9)
    assert printer.truth[-1]["picture"] == picture([f"front {letter}" for letter in "ymcko"])


def test_a_warning_makes_the_job_wait_and_nothing_is_fed() -> None:
    printer = bench(cards=0)
    assert printer.exchange(job("k")).startswith(b"OK\0")
    printer.sleep_ms(600_000)
    assert CLAIM in look(printer)
    assert not told(printer, "fed")
    printer.hand(load=3)
    printer.sleep_ms(5_000)
    assert told(printer, "ejected")


def test_a_cover_opened_while_a_job_waits_is_no_error() -> None:
    printer = bench(cards=0)
    printer.exchange(job("k"))
    printer.hand(cover="open")
    printer.hand(load=1)
    assert look(printer).error == 0
    printer.hand(cover="closed")
    printer.sleep_ms(5_000)
    assert told(printer, "ejected")


def test_a_wire_lost_in_a_panel_leaves_the_card_at_the_head_and_then_an_error() -> None:
    printer = bench()
    exchange = printer.face.open()
    exchange.feed(job()[:-60])
    exchange.drop()
    printer.sleep_ms(29_999)
    seen = look(printer)
    assert CLAIM in seen
    assert AT_PRINT in seen
    assert seen.error == 0
    printer.sleep_ms(1)
    assert look(printer).error == 0x01000040
    assert not told(printer, "ejected")
    assert printer.printer.bitmaps == 0


def test_a_wire_lost_after_the_end_of_the_card_changes_nothing() -> None:
    printer = bench()
    exchange = printer.face.open()
    exchange.feed(job())
    exchange.drop()
    printer.sleep_ms(60_000)
    assert told(printer, "ejected")
    assert look(printer).error == 0


def test_a_job_that_stays_silent_is_given_up_too() -> None:
    printer = bench()
    exchange = printer.face.open()
    exchange.feed(job()[:-60])
    printer.sleep_ms(60_000)
    assert look(printer).error == 0x01000040


def test_a_job_held_back_for_lack_of_room_is_not_called_silent() -> None:
    printer = bench()
    printer.hand(cover="open")
    exchange = printer.face.open()
    exchange.feed(job("ymcko", "ymcko"))
    printer.sleep_ms(300_000)
    assert look(printer).error == 0
    printer.hand(cover="closed")
    for _ in range(60):
        printer.sleep_ms(1_000)
        exchange.go_on()
    assert told(printer, "ejected")


def test_an_eighteen_second_card_costs_milliseconds() -> None:
    printer = bench(model="primacy")
    printer.exchange(vector("primacy2-ymcko-front"))
    printer.sleep_ms(17_000)
    assert told(printer, "ejected")
