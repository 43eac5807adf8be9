"""The technician's hands, and that a wrong line is answered rather than raised."""

from typing import Any

import pytest

from simulators.matica import hands
from tests.unit.simulators.matica.kit import (
    ENGAGE,
    LOAD_CHIP,
    LOAD_PRINT,
    READY,
    ask,
    bench,
    card,
    host,
    told,
)


def test_a_look_names_every_card_and_its_panels() -> None:
    printer = bench(cards=3)
    say = host(printer)
    card(say, "k")
    say.do(LOAD_CHIP, ENGAGE)
    seen = printer.hand(look=True)
    assert (seen["feeder"], seen["at"]) == (1, "contactless")
    assert [each["panels"] for each in seen["output"]] == [["front k"]]
    assert seen["inside"] == [{"blank": printer.chip(), "panels": []}]


def test_a_card_taken_out_is_in_the_hand_and_nothing_is_wrong_any_more() -> None:
    printer = bench("jam@card=1,at=fed,hand=yes")
    say = host(printer)
    assert say.say(LOAD_PRINT).error == 0x39000
    uid = printer.hand(look=True)["inside"][0]["blank"]
    assert printer.hand(take=uid) == {"taken": [uid]}
    assert (say.status(), say.at()) == (READY, None)
    assert told(printer, "removed") == [("removed", uid, None, "inside")]


def test_nobody_takes_a_card_that_moves() -> None:
    printer = bench()
    with pytest.raises(TimeoutError):
        host(printer).say(LOAD_PRINT, timeout_ms=3_000)
    (inside,) = printer.hand(look=True)["inside"]
    assert "error" in printer.hand(take=inside["blank"])


@pytest.mark.parametrize(
    "line",
    [None, {}, {"load": -1}, {"take": "04"}, {"cover": "ajar"}, {"ribbon": "ymcko"}, {"film": "old"},
     {"film": True}, {"settings": "00"}, {"settings": 5}, {"fault": "nonsense"}, {"wave": 1}],
)  # fmt: skip
def test_a_wrong_line_is_answered(line: Any) -> None:
    answer = hands.do(bench().printer, line)
    assert answer["error"]
    assert "film" in answer["hands"]


def test_a_cleaning_is_counted_from() -> None:
    printer = bench()
    assert printer.hand(clean=True) == {"clean": True}
    card(host(printer))
    assert ask(printer)[0x13] == b"\0\0\0\1"


def test_accidents_can_be_ordered_while_it_runs() -> None:
    printer = bench()
    say = host(printer)
    printer.hand(fault="jam@card=1,at=fed")
    assert say.say(LOAD_PRINT).error == 0x39000


def test_now_means_now() -> None:
    printer = bench()
    say = host(printer)
    assert printer.hand(fault="cover_open@now,for=500") == {"fault": "cover_open@now,for=500"}
    assert say.status() == 0x2D100
    printer.sleep_ms(500)
    assert say.status() == READY
