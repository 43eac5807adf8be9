"""Power, plug, password and what outlives them."""

from __future__ import annotations

import json

import pytest

from simulators.r30x import clock
from simulators.r30x.bench import MemoryModule
from simulators.r30x.model import Work
from tests.unit.simulators.r30x.kit import PERSON, Host, packet


def test_a_module_that_is_switched_on_says_so_with_one_byte_and_is_deaf_before() -> None:
    host = Host(cold=True)
    host.say("1d")
    assert host.hear(1) == b"\x55"
    assert host.bench.now_ms() <= 501
    assert host.line.read(10, 2.0) == b""
    assert host.ask("1d").code == 0


def test_power_takes_pictures_buffers_and_the_verified_password_and_leaves_the_library() -> None:
    host = Host()
    host.ask("13 00000000")
    host.finger()
    assert host.ask("06 01 0005").code == 0
    assert host.ask(b"\x18\x01" + bytes([7] * 32)).code == 0
    host.bench.hand("power cut")
    assert host.hear(1) == b"\x55"
    assert host.ask("0f").parameters[:2] == b"\0\0"
    assert host.ask("08 01").code == 0x0D
    assert host.ask("02 01").code == 0x15
    assert host.ask("1d").parameters == b"\0\1"
    assert host.ask("19 01").parameters == bytes([7] * 32)
    assert host.ask("07 01 0005").code == 0


def test_a_password_shuts_everything_but_its_verification() -> None:
    host = Host()
    assert host.ask("13 00000000").code == 0
    assert host.ask("12 00001234").code == 0
    assert host.ask("1d").code == 0  # verified since it was switched on
    host.bench.hand("power cut")
    assert host.hear(1) == b"\x55"
    for told in ("01", "0f", "1d", "12 00000000", "3c"):
        assert host.ask(told).code == (0xFC if told == "3c" else 0x21)
    assert len(host.ask("0f").parameters) == 16
    assert host.ask("13 00000000").code == 0x13
    assert host.ask("1d").code == 0x21
    assert host.ask("13 00001234").code == 0
    assert host.ask("1d").code == 0


def test_a_new_address_is_in_the_acknowledge_already_and_stays() -> None:
    host = Host()
    assert host.ask("15 00000042").address == bytes([0, 0, 0, 0x42])
    host.address = bytes([0, 0, 0, 0x42])
    host.bench.hand("power cut")
    assert host.hear(1) == b"\x55"
    assert host.ask("0f").parameters[8:12] == host.address


def test_what_is_kept_outlives_the_process_and_nothing_else_does() -> None:
    host = Host(["silent@exchange=3"])
    host.finger()
    host.say("06 01 0007")
    assert host.line.read(1, 1.0) == b""
    kept = json.loads(json.dumps(host.bench.freeze()))
    again = Host(["silent@exchange=3"], kept=kept)
    assert [again.ask("1d").parameters for _ in range(4)] == [b"\0\1"] * 4  # it does not strike twice
    assert again.finger() == 0
    assert again.ask("04 01 0000 03e8").parameters[:2] == b"\0\7"


@pytest.mark.parametrize("kept", [{"make": "evolis", "version": 1}, {"make": "r30x", "version": 99}, {}])
def test_a_state_of_something_else_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="state"):
        MemoryModule(kept=kept)
    with pytest.raises(ValueError, match="state"):
        MemoryModule("r503", kept=MemoryModule().freeze())


def test_work_that_the_power_left_behind_answers_nothing() -> None:
    module = MemoryModule(seed=PERSON).module

    def begun() -> Work:
        """GenImg has come in, and its work is to be done."""
        module.line.hear(packet(1, b"\x01"), module.now_ms)
        clock.advance(module, module.now_ms + 10)
        work = clock.work(module)
        assert work is not None
        return work

    left = begun()
    module.power_off(None)
    module.power_on(warm=True)
    now = begun()
    clock.done(module, left, left.run())
    clock.advance(module, module.now_ms + 500)
    assert module.line.down.take(module.now_ms + 100) == b""
    clock.done(module, now, now.run())
    assert module.line.down.take(module.now_ms + 100) == packet(7, b"\0")


def test_unplugged_the_line_is_gone_and_a_new_one_is_found_when_it_is_back() -> None:
    host = Host()
    host.bench.hand("unplug")
    with pytest.raises(ConnectionError):
        host.line.read(1, 1.0)
    with pytest.raises(ConnectionError):
        host.say("1d")
    with pytest.raises(ConnectionRefusedError):
        host.bench.connect()
    host.bench.hand("plug")
    host.line = host.bench.connect()
    assert host.hear(1) == b"\x55"
    assert host.ask("1d").code == 0


def test_whoever_opens_the_line_second_has_it_and_hears_nothing_of_before() -> None:
    host = Host()
    old = host.line
    host.say("1d")
    host.bench.sleep_ms(100)
    host.line = host.bench.connect()
    assert host.line.read(1, 0.5) == b""
    with pytest.raises(ConnectionResetError):
        old.read(1, 0.1)
    old.close()
    assert host.ask("1d").code == 0


def test_a_hand_that_is_told_to_wait_moves_while_the_host_reads() -> None:
    host = Host()
    host.bench.hand("no-finger")
    host.bench.later(700, f"finger {PERSON}:1")
    assert host.ask("01").code == 2
    assert host.line.read(1, 1.0) == b""
    assert host.ask("01").code == 0
