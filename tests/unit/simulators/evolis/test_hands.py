"""The technician's hands, and that a wrong line is answered rather than raised."""

from typing import Any

import pytest

from simulators.evolis import hands
from tests.unit.simulators.evolis.kit import ask, bench, job, look, told


def test_a_look_names_every_card_and_its_panels() -> None:
    printer = bench(cards=3)
    printer.exchange(job("ko"))
    printer.sleep_ms(10_000)
    ask(printer, "Sic")
    seen = printer.hand(look=True)
    assert seen["feeder"] == 1
    assert [card["panels"] for card in seen["output"]] == [["front k", "front o"]]
    assert seen["inside"] == [{"blank": printer.chip(), "panels": []}]
    assert seen["reject"] == []


def test_a_card_taken_is_in_the_hand_and_nowhere_else() -> None:
    printer = bench()
    ask(printer, "Sic")
    uid = printer.chip()
    assert printer.hand(take=uid) == {"taken": [uid]}
    assert printer.chip() is None
    assert look(printer).info & 0x0F000000 == 0
    assert told(printer, "removed") == [("removed", uid, None, "inside")]
    assert "error" in printer.hand(take=uid)


def test_nobody_takes_a_card_that_moves() -> None:
    printer = bench()
    printer.exchange(job("k"))
    printer.sleep_ms(3_000)
    (inside,) = printer.hand(look=True)["inside"]
    assert "error" in printer.hand(take=inside["blank"])


@pytest.mark.parametrize(
    "line",
    [None, [], {}, {"load": -1}, {"load": "x"}, {"take": "04"}, {"cover": "ajar"}, {"ribbon": "pink"},
     {"fault": "nonsense"}, {"wave": 1}, {"load": 1, "look": True}, {"take": []}],
)  # fmt: skip
def test_a_wrong_line_is_answered(line: Any) -> None:
    answer = hands.do(bench().printer, line)
    assert answer["error"]
    assert "load" in answer["hands"]


def test_accidents_can_be_ordered_while_it_runs() -> None:
    printer = bench()
    printer.hand(fault="jam@card=1,panel=k")
    printer.exchange(job("k"))
    printer.sleep_ms(10_000)
    assert look(printer).error == 0x01000000


def test_now_means_now() -> None:
    printer = bench()
    printer.exchange(job("k"))
    printer.sleep_ms(3_000)
    assert printer.hand(fault="cover_open@now,for=500") == {"fault": "cover_open@now,for=500"}
    assert look(printer).error == 0x02000000
    printer.sleep_ms(600)
    assert look(printer).warning == 0


def test_the_power_can_be_cut_and_given_back_by_hand() -> None:
    printer = bench()
    assert printer.hand(power="cut") == {"power": "off"}
    with pytest.raises(ConnectionRefusedError):
        printer.exchange(b"")
    assert printer.hand(power="on") == {"power": "on"}
    assert look(printer).info & 0x00010000


def test_a_new_ribbon_ends_the_warning() -> None:
    printer = bench("ribbon_end@card=1")
    printer.exchange(job("k"))
    printer.sleep_ms(10_000)
    assert printer.hand(ribbon="new") == {"ribbon": 300}
    assert look(printer).warning == 0
    assert printer.hand(ribbon="ymckok") == {"ribbon": 200}
    assert ask(printer, "Rr") == "ymckok"
