"""Every accident does what its line in `loket-sim faults` says."""

from __future__ import annotations

import pytest

from simulators.r30x.bench import MemoryModule
from simulators.r30x.faults import KNOWN, parse
from tests.unit.simulators.r30x.kit import ADDRESS, Host, packet

ANSWER = packet(7, b"\0\0\0")
"""To 1d, with an empty library."""


def said(fault: str, told: str = "1d", patience_s: float = 4.0) -> tuple[bytes, Host]:
    host = Host([fault])
    host.say(told)
    return host.hear(10_000, patience_s), host


def test_noise_and_a_ready_byte_come_before_a_whole_answer() -> None:
    noise, _ = said("noise@exchange=1")
    assert noise.endswith(ANSWER) and 1 <= len(noise) - len(ANSWER) <= 8
    assert said("ready@exchange=1")[0] == b"\x55" + ANSWER


def test_a_bad_checksum_is_one_only_there() -> None:
    raw, host = said("bad_checksum@exchange=1")
    assert raw[:-1] == ANSWER[:-1] and raw != ANSWER
    assert host.ask("1d").code == 0


def test_late_split_short_and_silent_answers() -> None:
    host = Host(["late@exchange=1,for=2500", "split@exchange=2,for=70"])
    began = host.bench.now_ms()
    host.ask("1d")
    assert 2500 <= host.bench.now_ms() - began < 2600
    host.say("1d")
    pieces = [host.line.read(100, 1.0) for _ in range(3)]
    assert b"".join(pieces) == ANSWER and all(pieces)
    raw, host = said("short@exchange=1")
    assert raw == ANSWER[: len(ANSWER) // 2]
    raw, host = said("silent@exchange=1")
    assert raw == b"" and host.ask("1d").code == 0


@pytest.mark.parametrize("name", ["noise", "bad_checksum", "short", "split", "ready"])
def test_an_accident_can_be_in_the_data_and_spare_the_acknowledge(name: str) -> None:
    host = Host()
    host.finger()
    whole = host.ask("08 01", data=True).data
    host.bench.hand(f"fault {name}@exchange=1,op=08,at=data")
    host.say("08 01")
    assert host.packet() == (7, b"\0", ADDRESS)
    raw = host.hear(10_000, 1.0)
    parts = [packet(8 if at == 384 else 2, whole[at : at + 128]) for at in range(0, 512, 128)]
    assert (raw == b"".join(parts)) == (name == "split")
    assert raw.startswith(parts[0]) == (name not in ("noise", "ready"))
    assert raw.endswith(parts[3])


def test_power_goes_before_the_work_or_after_it_or_amid_the_data() -> None:
    for place, kept in (("command", b"\0\0"), ("answer", b"\0\1")):
        host = Host([f"power_cut@exchange=1,op=06,at={place},for=300"])
        host.finger()
        host.say("06 01 0000")
        assert host.hear(1) == b"\x55"
        assert host.ask("1d").parameters == kept
    host = Host(["power_cut@exchange=1,op=0a,at=data"])
    host.finger()
    host.say("0a")
    raw = host.hear(50_000)
    assert 12_000 < len(raw) < 30_000 and raw.endswith(b"\x55")


def test_the_wire_goes_and_comes_back() -> None:
    host = Host(["unplug@exchange=2,for=800"])
    assert host.ask("1d").code == 0
    host.say("1d")
    with pytest.raises(ConnectionResetError):
        host.hear(1)
    host.bench.sleep_ms(810)
    host.line = host.bench.connect()
    assert host.hear(1) == b"\x55"


def test_a_dead_module_says_nothing_whatever_is_done() -> None:
    raw, host = said("dead@exchange=1")
    assert raw == b""
    host.bench.hand("power on")
    host.say("1d")
    assert host.hear(1, 3.0) == b""


def test_forced_answers_leave_the_work_undone() -> None:
    host = Host(["flash@exchange=1,op=06", "full@exchange=1,op=06", "code@exchange=1,op=0d,code=11"])
    host.finger()
    assert [host.ask(told).code for told in ("06 01 0001", "1d")] == [0x18, 0]
    assert host.ask("06 01 0001").code in (0, 0x1F)
    host = Host(["busy@exchange=1", "busy@exchange=2", "code@exchange=3,code=11", "full@exchange=4"])
    assert [host.ask(told).code for told in ("09 01", "01", "0d", "06 01 0000")] == [0x0E, 0xFE, 0x11, 0x1F]
    host.line.write(packet(8, bytes(128)))
    assert host.ask("08 01").code == 0x0D  # the refused download takes nothing


def test_fingers_and_sensors_fail_as_told() -> None:
    host = Host()
    for word, code in (("wet", 5), ("dry", 4), ("partial", 7), ("noisy", 6), ("clean", 0)):
        host.bench.hand("clean")
        host.bench.hand(word)
        assert host.ask("01").code == 0
        assert host.ask("02 01").code == code, word
    host.bench.hand("moving")
    assert host.ask("01").code == 3
    host.bench.hand("clean")
    host.bench.hand("fault sensor@now,for=1000")
    assert host.ask("01").code == 0x29
    host.bench.sleep_ms(1000)
    assert host.ask("01").code == 0
    host.bench.hand("fault absent@now,for=700")
    assert host.ask("01").code == 2
    host.bench.sleep_ms(700)
    assert host.ask("01").code == 0


@pytest.mark.parametrize(("word", "code"), [("wet", 5), ("dry", 4), ("partial", 7)])
def test_a_finger_can_change_in_the_middle_of_things(word: str, code: int) -> None:
    host = Host([f"{word}@exchange=3"])
    assert [host.ask(told).code for told in ("01", "02 01", "01", "02 01")] == [0, 0, 0, code]


def test_an_accident_can_come_by_the_clock() -> None:
    host = Host(["silent@ms=500", "moving@ms=500"])
    assert host.ask("01").code == 0
    host.bench.sleep_ms(500)
    host.say("1d")
    assert host.line.read(1, 1.0) == b""
    assert host.ask("01").code == 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("jam@exchange=1", "no fault"),
        ("noise", "exchange=N"),
        ("noise@exchange=x", "number"),
        ("noise@exchange=1,at=noon", "command"),
        ("noise@exchange=1,card=2", "card"),
        ("code@exchange=1,code=zz", "number"),
    ],
)
def test_a_fault_that_is_none_is_refused_in_one_sentence(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse(text)
    assert word in MemoryModule().hand(f"fault {text}")["error"]


def test_every_accident_can_be_ordered() -> None:
    assert all(parse(f"{name}@exchange=1").name == name for name in KNOWN)


def test_hands_take_words_and_objects_and_answer_nonsense() -> None:
    bench = MemoryModule(seed=3)
    assert bench.hand("finger 4:9 turn=20 wet")["finger"] == {
        "person": 4, "index": 9, "wet": 1.9, "area": 1.0, "turn": 20.0, "noise": 0.0, "moving": False,
    }  # fmt: skip
    assert bench.hand(finger="5:0 area=0.5")["finger"]["area"] == 0.5
    assert bench.hand("turn=12")["finger"]["turn"] == 12.0
    assert bench.hand("no-finger")["finger"] is None
    for wrong in (
        "wet",
        "finger",
        "finger 4",
        "finger 4:10",
        "finger 4:1 blue",
        "wet=x",
        "power up",
        "jump",
        "away",
    ):
        assert "error" in bench.hand(wrong), wrong
    assert "error" in bench.hand(one=1, two=2)
    assert bench.hand(look=True)["power"] is True
