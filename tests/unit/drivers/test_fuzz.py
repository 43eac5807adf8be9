"""Every reader of a device's bytes, fed with noise and with spoiled good bytes: a value, or its own refusal.

A row is a reader, the exception it may raise, and one good sample. A new codec adds its rows here.
"""

import struct
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.evolis import codec
from drivers.matica import blocks, job, machine, messages
from drivers.transports import usb_descriptors, usbip_wire

Row = tuple[Callable[[bytes], Any], type[Exception], bytes]


def _returned(raw: bytes) -> object:
    return usbip_wire.take_reply(bytearray(raw), lambda seqnum: seqnum % 2 == 0)


STATUS = b"OK\0" + struct.pack(">2sB4IBH", b"\0\x14", 0x10, 0x82782020, 0, 0, 0, 0x02, 777)
ANSWER = struct.pack("<4sIIB", b"USBS", 7, 0, 0)
LOG = b"x\0\0\x30" + b"".join(struct.pack(">HHI", code, 4, code) for code in range(6))
GREETING = struct.pack(">IIII", 0xF3000200, 20, 0, 0) + bytes(40) + b"XID8600".ljust(32, b"\0")
VALUES = struct.pack(">BH8sBHI", 1, 8, b"SIM00001", 0x10, 4, 9)
CONFIG = bytes.fromhex(
    "09 02 2000 01 01 00 c0 01 09 04 00 00 02 07 01 02 00 07 05 02 02 0002 00 07 05 81 02 0002 00"
)
URB = struct.pack(">IIIIIiIIII8x", 3, 4, 0, 0, 0, 0, 8, 0, 0, 0) + bytes(8)
CARD = job.pack([(job.Plane("y", b"123"), job.Plane("k", b"4"))])

TABLE: dict[str, Row] = {
    "evolis reply": (codec.take_reply, codec.Garbled, STATUS),
    "evolis status": (codec.take_status, codec.Garbled, STATUS[3:]),
    "matica usb answer": (partial(blocks.take, command=blocks.READY, tag=7), machine.Garbled, ANSWER),
    "matica usb data": (
        partial(blocks.take, command=blocks.POSITION, tag=7),
        machine.Garbled,
        bytes(8) + ANSWER,
    ),
    "matica usb counters": (blocks.take_counters, machine.Garbled, LOG),
    "matica text": (blocks.text, machine.Garbled, b"XID8600 "),
    "matica messages": (messages.take, machine.Garbled, GREETING),
    "matica greeting": (messages.take_greeting, machine.Garbled, GREETING),
    "matica answers": (partial(messages.take_answers, sequences=range(1)), machine.Garbled, GREETING),
    "matica position": (messages.take_position, machine.Garbled, bytes(18) + b"\0\x02"),
    "matica values": (messages.take_values, machine.Garbled, VALUES),
    "matica card": (job.unpack, ValueError, CARD),
    "usb configuration": (usb_descriptors.configuration, usb_descriptors.BadDescriptor, CONFIG),
    "usbip answer": (_returned, usbip_wire.Garbled, URB),
}


@st.composite
def spoiled(draw: st.DrawFn, sample: bytes) -> bytes:
    """The sample with a few bytes changed, cut out, put in or said twice."""
    raw = bytearray(sample)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        kind = draw(st.sampled_from(["change", "cut", "insert", "double"]))
        if kind == "change" and at < len(raw):
            raw[at] = draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + draw(st.integers(1, 8))]
        elif kind == "insert":
            raw[at:at] = draw(st.binary(max_size=8))
        else:
            raw += raw[:at]
    return bytes(raw)


@pytest.mark.parametrize("name", TABLE)
def test_a_good_sample_is_read(name: str) -> None:
    read, _, sample = TABLE[name]
    read(sample)


@pytest.mark.parametrize("name", TABLE)
@settings(max_examples=80)
@given(data=st.data())
def test_anything_else_is_read_or_refused_in_the_reader_s_own_words(name: str, data: st.DataObject) -> None:
    read, refusal, sample = TABLE[name]
    raw = data.draw(st.binary(max_size=120) | spoiled(sample))
    try:
        read(raw)
    except refusal:
        return
