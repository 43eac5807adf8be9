"""The addresses of fingerprint readers and signature pads: what may stand behind the question mark."""

from __future__ import annotations

import pytest

from drivers.address import parse
from drivers.clock import MonotonicClock
from drivers.registry import open_pad, open_reader

CLOCK = MonotonicClock()


@pytest.mark.parametrize("text", [
    "r30x+serial:///dev/ttyUSB0", "r30x+serial:///COM3?baud=115200", "r30x+tcp://pc:4001?module=0000002a",
])  # fmt: skip
def test_a_reader_is_opened_without_a_word_to_it(text: str) -> None:
    reader = open_reader(text, clock=CLOCK)
    assert reader.address.text == text
    reader.close()


def test_options_are_read_and_leave_the_path_alone() -> None:
    found = parse("r30x+serial:///COM3?baud=115200&module=1")
    assert (found.path, found.options) == ("COM3", (("baud", "115200"), ("module", "1")))
    assert parse("r30x+tcp://pc:4001").options == ()
    assert parse("evolis+tcp://pc:9100?baud=1").options == ()


@pytest.mark.parametrize("text", [
    "r30x+tcp://pc:1?speed=1", "r30x+tcp://pc:1?baud=", "r30x+tcp://pc:1?baud=x", "r30x+tcp://pc:1?module=xyz",
    "r30x+tcp://pc:1?module=100000000", "r30x+tcp://pc:1?module=-1", "r30x+memory://bench",
    "topaz+tcp://pc:1", "evolis+tcp://pc:1",
])  # fmt: skip
def test_what_is_no_readers_address_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        open_reader(text, clock=CLOCK)


def test_a_pad_is_opened_by_its_model() -> None:
    pad = open_pad("topaz+tcp://pc:1?model=clipgem", clock=CLOCK)
    assert pad.address.options == (("model", "clipgem"),)
    pad.close()


@pytest.mark.parametrize("text", [
    "topaz+tcp://pc:1?model=other", "topaz+tcp://pc:1?baud=0", "topaz+memory://bench", "r30x+tcp://pc:1",
    "topaz+tcp://pc:1?module=1",
])  # fmt: skip
def test_what_is_no_pads_address_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        open_pad(text, clock=CLOCK)
