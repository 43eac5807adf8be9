"""A job made for another ribbon than the one in the machine is refused before any card moves."""

import pytest

from simulators.evolis.bench import MemoryPrinter
from tests.unit.simulators.evolis.kit import AT_STATION, CLAIM, ask, bench, closing, counters, job, look, told

BAD_RIBBON, UNSUPPORTED = 0x0040_0000, 0x0000_8000


def made_for(named: bytes) -> bytes:
    """A job that names its ribbon with this command, or with none."""
    return job("k").replace(b"\x1bPr;0;t\r", named)


def refused(printer: MemoryPrinter, stream: bytes) -> None:
    """Everything a refusal is, held at once."""
    before, feeder = counters(printer), printer.hand(look=True)["feeder"]
    assert printer.exchange(stream).startswith(b"ERR RIBBON\0")
    closing(printer)
    printer.sleep_ms(60_000)
    seen = look(printer)
    assert (seen.error, seen.warning) == (BAD_RIBBON, UNSUPPORTED)
    assert CLAIM not in seen
    assert counters(printer) == before
    assert printer.hand(look=True)["feeder"] == feeder
    assert not told(printer, "ejected", "panel")


@pytest.mark.parametrize(
    "named", [b"\x1bPr;100;t\r", b"\x1bPwres;300;300;1\r", b"\x1bPr;k\r", b"\x1bPr;9;t\r"]
)
def test_a_job_for_another_ribbon_feeds_nothing(named: bytes) -> None:
    refused(bench(), made_for(named))


@pytest.mark.parametrize("named", [b"\x1bPr;0;t\r\x1bPwres;300;300;0\r", b"\x1bPr;ymcko\r", b"\x1bPr\r", b""])
def test_a_job_for_this_ribbon_or_for_none_in_particular_is_printed(named: bytes) -> None:
    printer = bench()
    assert printer.exchange(made_for(named)).startswith(b"OK\0")
    printer.sleep_ms(60_000)
    assert told(printer, "ejected")


def test_a_card_waiting_at_the_station_stays_there() -> None:
    printer = bench()
    ask(printer, "Sic")
    refused(printer, made_for(b"\x1bPr;100;t\r"))
    assert AT_STATION in look(printer)


def test_with_the_right_ribbon_the_warning_goes_and_the_next_job_prints() -> None:
    printer = bench()
    refused(printer, made_for(b"\x1bPr;100;t\r"))
    printer.hand(ribbon="k")
    assert (look(printer).error, look(printer).warning) == (BAD_RIBBON, 0)
    assert ask(printer, "Sic") == "ERR RIBBON"
    printer.exchange(made_for(b"\x1bPr;100;t\r"))
    printer.sleep_ms(60_000)
    assert look(printer).error == 0
    assert told(printer, "ejected")


def test_a_host_that_clears_the_error_clears_the_warning() -> None:
    printer = bench()
    refused(printer, made_for(b"\x1bPr;100;t\r"))
    ask(printer, "Scs")
    assert (look(printer).error, look(printer).warning) == (0, 0)


def test_a_job_that_waits_for_a_ribbon_refuses_one_of_another_kind() -> None:
    printer = bench()
    printer.hand(ribbon="none")
    printer.exchange(made_for(b"\x1bPr;0;t\r"))
    assert look(printer).warning == 0x0001_0000
    printer.hand(ribbon="k")
    assert (look(printer).error, look(printer).warning) == (BAD_RIBBON, UNSUPPORTED)
    assert printer.hand(look=True)["feeder"] == 100


def test_a_printer_that_would_print_again_by_itself_does_not_on_another_ribbon() -> None:
    printer = bench("ribbon_end@card=1,panel=k")
    ask(printer, "Pem;0")
    printer.exchange(made_for(b"\x1bPr;0;t\r"))
    printer.sleep_ms(20_000)
    printer.hand(ribbon="k")
    printer.sleep_ms(60_000)
    assert look(printer).error & BAD_RIBBON
    assert [line["blank"] for line in printer.truth if line["event"] == "fed"] == [
        line["blank"] for line in printer.truth if line["event"] == "rejected"
    ]


def test_each_card_of_a_stream_is_held_against_its_own_ribbon() -> None:
    printer = bench()
    printer.exchange(made_for(b"\x1bPr;0;t\r") + made_for(b"\x1bPr;100;t\r"))
    printer.sleep_ms(60_000)
    assert len(told(printer, "ejected")) == len(told(printer, "fed")) == 1
    assert look(printer).error == BAD_RIBBON
