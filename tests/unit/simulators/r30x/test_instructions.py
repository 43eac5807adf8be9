"""The whole table of instructions, as PROTOCOL.md prints it, and what each of them does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.r30x import commands
from tests.unit.simulators.r30x.kit import PERSON, Host, packet

PAGE = Path(__file__).parents[4] / "drivers" / "r30x" / "PROTOCOL.md"
_ROW = re.compile(r"^\| (\w\w(?:, \w\w)?) \| ([^|]+) \| ([^|]+) \| (\d+|-) \|", re.M)
TOLD = [
    (int(op, 16), name, int(ack))
    for ops, name, _, ack in _ROW.findall(PAGE.read_text("utf-8").partition("## 4.")[2].partition("## 5.")[0])
    for op in ops.split(", ")
    if ack != "-"
]


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.mark.parametrize(("op", "name", "ack"), TOLD, ids=[f"{op:02x}" for op, _, _ in TOLD])
def test_every_instruction_of_the_page_is_known_with_the_page_s_length(op: int, name: str, ack: int) -> None:
    assert commands.TABLE[op].ack == ack, name


def test_the_page_and_the_table_hold_the_same_instructions() -> None:
    assert {op for op, _, _ in TOLD} == set(commands.TABLE)


@pytest.mark.parametrize("op", sorted(commands.TABLE))
def test_every_acknowledge_has_its_full_length_with_an_error_too(op: int) -> None:
    for model in ("zfm20", "r503"):
        host = Host(model=model)
        told = host.ask(bytes([op]) + bytes(60))  # arguments that nothing takes
        known = model in commands.TABLE[op].makes
        assert told.code == (0x01 if known else 0xFC)
        assert len(told.parameters) == (commands.TABLE[op].ack - 1 if known else 0)


@pytest.mark.parametrize("op", ["1c", "31", "32", "34", "40", "3d", "28", "ee"])
def test_what_a_small_module_does_not_know_is_refused_with_fc(host: Host, op: str) -> None:
    assert host.ask(op).code == 0xFC


def test_a_bad_checksum_is_answered_with_01_and_a_foreign_address_not_at_all(host: Host) -> None:
    host.line.write(packet(1, b"\x1d")[:-1] + b"\x00")
    kind, content, _ = host.packet()
    assert (kind, content) == (7, b"\x01\0\0")
    host.line.write(packet(1, b"\x1d", b"\0\0\0\1"))
    assert host.hear(1) == b""
    assert host.ask("1d").code == 0


def test_a_finger_is_enrolled_found_and_forgotten(host: Host) -> None:
    assert host.finger() == 0
    assert host.finger(f"{PERSON}:1 turn=15", 2) == 0
    match = host.ask("03")
    assert match.code == 0 and int.from_bytes(match.parameters, "big") > 80
    assert host.ask("05").code == 0
    assert host.ask("06 01 0103").code == 0
    assert host.ask("1d").parameters == b"\0\1"
    assert host.finger(f"{PERSON}:1 turn=-10", 2) == 0
    found = host.ask("04 02 0000 03e8")
    assert found.code == 0 and found.parameters[:2] == b"\x01\x03"
    assert host.ask("1b 02 0000 0103").code == 0x09  # the range ends before it
    assert host.ask("1b 02 0104 0100").code == 0x09  # and here it begins behind it
    assert host.ask("1f 01").parameters == bytes([0x08]) + bytes(31)
    assert host.ask("1f 00").parameters == bytes(32)
    assert host.ask("0c 0103 0001").code == 0
    assert host.ask("04 02 0000 03e8").code == 0x09
    assert host.ask("0c 0103 0001").code == 0  # nothing there is fine


def test_another_finger_is_not_taken_for_it(host: Host) -> None:
    assert host.finger() == 0
    assert host.ask("06 01 0000").code == 0
    for other in (f"{PERSON}:2", f"{PERSON}:6", f"{PERSON + 1}:1"):
        assert host.finger(other, 2) == 0
        refused = host.ask("03")
        assert refused.code == 0x08 and refused.parameters == b"\0\0"
        assert host.ask("05").code == 0x0A
        missed = host.ask("04 02 0000 03e8")
        assert missed.code == 0x09 and missed.parameters == bytes(4)


def test_the_status_word_tells_of_the_picture_the_match_and_the_password(host: Host) -> None:
    def status() -> int:
        return int.from_bytes(host.ask("0f").parameters[:2], "big")

    assert status() == 0
    host.ask("13 00000000")
    assert status() == 4
    host.finger()
    assert status() == 4 | 8
    host.ask("09 02")
    host.send(bytes(512))
    host.finger(buffer=2)
    assert host.ask("03").code == 0
    assert status() == 2 | 4 | 8


def test_a_template_goes_up_and_down_unchanged(host: Host) -> None:
    host.finger()
    first = host.ask("08 01", data=True)
    assert len(first.data) == 512
    assert host.ask("09 02").code == 0
    host.send(first.data)
    assert host.ask("08 02", data=True).data == first.data
    assert host.ask("03").code == 0


def test_a_picture_goes_up_and_down_and_gives_the_same_finger(host: Host) -> None:
    host.finger()
    picture = host.ask("0a", data=True).data
    assert len(picture) == 256 * 288 // 2
    host.bench.hand("no-finger")
    assert host.ask("0b").code == 0
    host.send(picture)
    assert host.ask("0a", data=True).data == picture
    assert host.ask("02 02").code == 0
    assert host.ask("03").code == 0


@pytest.mark.parametrize("code", range(4))
def test_data_packets_are_as_long_as_the_parameter_says(code: int) -> None:
    host = Host()
    assert host.ask(bytes([0x0E, 6, code])).code == 0
    host.finger()
    host.say("08 01")
    assert host.packet()[1] == b"\0"
    sizes, kind = [], 2
    while kind == 2:
        kind, part, _ = host.packet()
        sizes.append(len(part))
    assert sizes == [32 << code] * (512 // (32 << code))


@pytest.mark.parametrize(
    ("spoil", "after"),
    [
        (lambda host: host.send(bytes(500)), "too few bytes"),
        (lambda host: host.say(bytes(128), 2), "a command before the end"),
        (lambda host: host.line.write(packet(8, bytes(128))[:-1] + b"\x77"), "a bad checksum"),
        (lambda host: (host.send(bytes(500)), host.send(bytes(128))), "data nobody asked for"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_download_that_is_not_whole_leaves_nothing(
    host: Host, spoil: Callable[[Host], object], after: str
) -> None:
    host.finger()
    host.finger(buffer=2)
    assert host.ask("09 02").code == 0
    spoil(host)
    assert host.ask("08 02").code == 0x0D, after
    assert host.ask("03").code == 0x08
    assert host.ask("06 02 0000").code == 0x18
    assert host.ask("0b").code == 0
    spoil(host)
    assert host.ask("02 02").code == 0x15
    assert host.ask("0a").code == 0x15


def test_a_download_that_was_given_up_takes_no_data_afterwards(host: Host) -> None:
    host.finger()
    template = host.ask("08 01", data=True).data
    assert host.ask("09 02").code == 0
    host.say(template[:128], 2)
    assert host.ask("1d").code == 0
    host.send(template[128:])
    assert host.ask("08 02").code == 0x0D


def test_a_data_packet_with_a_bad_checksum_is_missing_in_the_end(host: Host) -> None:
    assert host.ask("09 02").code == 0
    for kind in (2, 2, 2):
        host.say(bytes(128), kind)
    host.line.write(packet(8, bytes(128))[:-1] + b"\x77")
    assert host.ask("08 02").code == 0x0D


def test_every_buffer_but_the_first_is_the_second(host: Host) -> None:
    host.finger(buffer=9)
    assert host.ask("08 01").code == 0x0D
    assert host.ask("08 02", data=True).data == host.ask("08 00", data=True).data != b""


def test_nobody_lifts_a_finger_for_a_picture_that_the_host_has_sent() -> None:
    host = Host(steady=False)
    host.finger()
    picture = host.ask("0a", data=True).data
    host.bench.hand(finger=f"{PERSON}:1")
    assert host.ask("0b").code == 0
    host.send(picture)
    assert [host.ask(told).code for told in ("02 01", "01")] == [0, 0]


def test_a_picture_without_a_finger_is_none_and_the_last_one_stays(host: Host) -> None:
    host.finger()
    picture = host.ask("0a", data=True).data
    host.bench.hand("no-finger")
    assert host.ask("01").code == 0x02
    assert host.ask("0a", data=True).data == picture


def test_every_picture_is_another_press_of_the_same_finger(host: Host) -> None:
    host.finger()
    one = host.ask("0a", data=True).data
    host.finger(buffer=2)
    assert host.ask("0a", data=True).data != one
    assert host.ask("03").code == 0


def test_ids_outside_the_library_are_refused(host: Host) -> None:
    host.finger()
    assert host.ask("06 01 03e7").code == 0
    assert host.ask("06 01 03e8").code == 0x0B
    assert host.ask("07 01 03e8").code == 0x0B
    assert host.ask("07 01 0000").code == 0x0C
    assert host.ask("0c 03e7 0002").code == 0x0B
    assert host.ask("1f 04").code == 0x0B


def test_the_notepad_keeps_what_is_written(host: Host) -> None:
    text = bytes(range(32))
    assert host.ask(b"\x18\x0f" + text).code == 0
    assert host.ask("19 0f").parameters == text
    assert host.ask("19 10").code == 0x1C
    assert host.ask(b"\x18\x10" + text).code == 0x1C


def test_parameters_outside_their_range_are_refused(host: Host) -> None:
    assert [host.ask(bytes([0x0E, number, 1])).code for number in (3, 7)] == [0x1A, 0x1A]
    assert [host.ask(bytes.fromhex(f"0e{told}")).code for told in ("0403", "0500", "0506", "0604")] == [
        0x1B
    ] * 4
    assert host.ask("0e 05 05").code == 0
    assert host.ask("0f").parameters[6:8] == b"\0\5"


def test_the_other_small_things_answer(host: Host) -> None:
    assert host.ask("53").code == 0x55
    assert host.ask("50").code == host.ask("51").code == 0
    assert len(host.ask("16", data=True).data) == 512
    assert host.ask("17 02").code == 0x1D
    assert host.ask("14").parameters != host.ask("14").parameters
    assert host.ask("0f").parameters == bytes.fromhex("0000 0009 03e8 0003 ffffffff 0002 0006")


def test_an_r503_says_who_it_is_and_has_its_own_sizes() -> None:
    host = Host(model="r503")
    told = host.ask("3c").parameters
    assert told[:4] == b"R503" and told[20:28].strip(b"\0") == host.bench.module.serial.encode()
    assert told[20:23] == b"SIM", "so that nobody takes it for a real one"
    assert told[38:] == bytes.fromhex("00c0 00c0 0600 00c8")
    assert host.ask("36").code == host.ask("30").code == host.ask("40").code == 0
    assert host.finger() == 0
    assert len(host.ask("0a", data=True).data) == 18432
    assert len(host.ask("08 01", data=True).data) == 1536
    assert host.finger(buffer=6) == 0
    assert host.finger(buffer=2) == 0
    assert host.ask("03").code == host.ask("05").code == 0
    assert host.ask("53").code == 0xFC
    host.bench.hand("moving")
    assert [host.ask(told).code for told in ("01", "28")] == [0x03, 0x07]
    host.bench.hand("sensor broken")
    assert [host.ask(told).code for told in ("01", "28", "36")] == [0x29] * 3
