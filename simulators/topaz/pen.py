"""A signature as the pad's packets in time: the pen comes near, draws, hovers between, leaves. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.people.signatures import EVERY_MS, Ink
from simulators.topaz import wire
from simulators.topaz.kinds import Kind

Packet = tuple[int, bytes]
"""When, in ms since the pen came near, and what."""
HOVER_MS = 80
"""How long the pen is near before the first stroke and after the last."""
PRESSURE_EVERY = 4
"""Every so many points the pressure is told."""


def written(kind: Kind, strokes: Sequence[Sequence[Ink]], serial: int) -> list[Packet]:
    """All packets of one signature, in order."""
    packets: list[Packet] = [(0, wire.info(serial))] if kind.format == 0 else []
    packets += _hover(kind, strokes[0][0], 0, HOVER_MS)
    for at, stroke in enumerate(strokes):
        packets += _stroke(kind, stroke)
        last = stroke[-1].at_ms + HOVER_MS
        if at + 1 < len(strokes):
            packets += _hover(kind, strokes[at + 1][0], last + EVERY_MS, strokes[at + 1][0].at_ms + HOVER_MS)
        else:
            packets += _hover(kind, stroke[-1], last + EVERY_MS, last + HOVER_MS)
    return [*packets, (packets[-1][0] + EVERY_MS, gone(kind, strokes[-1][-1]))]


def gone(kind: Kind, last: Ink) -> bytes:
    """The pen has left."""
    return wire.position(kind.format, False, False, *kind.raw(last.x, last.y))


def _hover(kind: Kind, over: Ink, from_ms: int, to_ms: int) -> list[Packet]:
    x, y = kind.raw(over.x, over.y)
    packet = wire.position(kind.format, True, False, x, y)
    return [(at, packet) for at in range(from_ms, to_ms, EVERY_MS)]


def _stroke(kind: Kind, stroke: Sequence[Ink]) -> list[Packet]:
    packets: list[Packet] = []
    for number, ink in enumerate(stroke):
        at = HOVER_MS + ink.at_ms
        if number % PRESSURE_EVERY == 0 and kind.format == 0:
            packets.append((at, wire.pressure(True, True, round(ink.pressure * wire.PRESSURE_MAX))))
        packets.append((at, wire.position(kind.format, True, True, *kind.raw(ink.x, ink.y))))
    return packets
