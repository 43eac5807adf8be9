"""Time: a byte takes its ten bits, work takes what PROTOCOL.md 7 allows, a silent line costs nothing."""

from __future__ import annotations

import pytest

from simulators.people.whose_finger import biometric_seed
from tests.unit.simulators.r30x.kit import Host, packet


def test_a_picture_takes_seven_seconds_at_the_usual_rate_and_half_at_twice_of_it() -> None:
    host = Host()
    host.finger()
    began = host.bench.now_ms()
    host.ask("0a", data=True)
    assert 6900 <= host.bench.now_ms() - began <= 7000
    assert host.ask("0e 04 0c").code == 0
    began = host.bench.now_ms()
    assert len(host.ask("0a", data=True).data) == 36864
    assert 3450 <= host.bench.now_ms() - began <= 3550


def test_a_host_at_another_rate_hears_nonsense_and_is_not_understood() -> None:
    host = Host()
    line = host.bench.module.line
    line.host_baud = 57600
    assert host.ask("0e 04 0c").code == 0  # the acknowledge still comes at the old rate
    host.say("0f")
    assert b"\xef\x01" not in host.hear(28, 1.0)
    line.host_baud = 115200
    assert host.ask("0f").parameters[-2:] == b"\0\x0c"


def test_an_r503_changes_its_rate_at_the_next_power_up() -> None:
    host = Host(model="r503")
    assert host.ask("0e 04 0c").code == 0
    assert host.ask("0f").parameters[-2:] == b"\0\6"
    assert host.ask("3d").code == 0
    assert host.hear(1) == b"\x55"
    assert host.ask("0f").parameters[-2:] == b"\0\x0c"


@pytest.mark.parametrize(
    ("told", "least", "most"), [("01", 100, 1000), ("02 01", 200, 1000), ("0d", 300, 3000)]
)
def test_work_takes_its_time(told: str, least: int, most: int) -> None:
    host = Host()
    host.ask("01")
    began = host.bench.now_ms()
    assert host.ask(told).code == 0
    assert least <= host.bench.now_ms() - began <= most


def test_a_search_takes_ten_milliseconds_a_finger() -> None:
    host = Host()
    host.finger()
    assert host.ask("06 01 0000").code == 0
    library = host.bench.module.flash.library
    library.update(dict.fromkeys(range(50), library[0]))
    began = host.bench.now_ms()
    assert host.ask("04 01 0000 03e8").parameters[:2] == b"\0\0"  # the first of those that fit as well
    assert 500 <= host.bench.now_ms() - began <= 520


def test_a_silent_line_is_waited_for_as_long_as_asked_and_no_longer() -> None:
    host = Host()
    began = host.bench.now_ms()
    assert host.line.read(10, 1.5) == b""
    assert host.bench.now_ms() - began == 1500


def test_what_comes_while_the_module_works_waits_and_what_comes_while_it_speaks_is_lost() -> None:
    host = Host()
    host.say("01")
    host.bench.sleep_ms(50)
    host.say("1d")
    assert [host.packet()[1] for _ in range(2)] == [b"\0", b"\0\0\0"]
    host.say("0a")
    host.bench.sleep_ms(100)
    host.say("1d")
    kinds = [host.packet()[0] for _ in range(289)]
    assert kinds.count(7) == 1 and kinds[-1] == 8
    assert host.line.read(1, 3.0) == b""


def test_half_a_packet_does_not_spoil_the_one_that_comes_a_second_later() -> None:
    host = Host()
    host.line.write(packet(1, bytes(60))[:20])
    host.bench.sleep_ms(1000)
    assert host.ask("1d").code == 0


def test_a_person_lifts_the_finger_once_its_features_were_taken_and_lays_it_down_again() -> None:
    host = Host(steady=False)
    assert [host.ask(told).code for told in ("01", "02 01", "01", "01")] == [0, 0, 2, 2]
    host.bench.sleep_ms(400)
    assert host.ask("01").code == 0
    host.bench.hand("steady on")
    assert [host.ask(told).code for told in ("02 01", "01")] == [0, 0]


def test_fingers_that_take_turns_are_laid_down_one_after_the_other() -> None:
    host = Host(steady=False)
    host.bench.hand("finger 7:1,6")
    seen = []
    for _ in range(3):
        assert [host.ask(told).code for told in ("01", "02 01")] == [0, 0]
        seen.append(host.bench.hand("look")["finger"]["index"])
        assert host.ask("01").code == 2
        host.bench.sleep_ms(400)
    assert seen == [1, 6, 1]


def test_a_person_is_told_by_a_nik_too() -> None:
    host = Host()
    nik = "6411015205029001"
    assert host.bench.hand(f"finger {nik}:6")["finger"]["person"] == biometric_seed(nik)
    assert "PERSON:INDEX" in host.bench.hand("finger 7:1,")["error"]
