"""The module itself: its memories, its power, and one instruction at a time. Pure; its clock is set for it.

Strategy: bytes that come while an instruction is being worked on wait their turn, bytes that come while the
module speaks are lost, as on any half-duplex line. What an instruction does is a table's (`commands`); what
takes a computer long (features, matching) is handed out as `Work`, so that whoever runs the module decides on
which thread it is done. An answer leaves when its simulated time has come and its work is done.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from simulators.lines.faults import Fault, Faults
from simulators.lines.line import Line
from simulators.r30x import codes
from simulators.r30x.codes import Code, Make
from simulators.r30x.flash import Flash, Parameters
from simulators.r30x.glass import Finger, Glass, Press
from simulators.r30x.wire import Packet, Stream

HELD_BYTES_MAX = 512  # what the module's own serial buffer holds while it works


class Eye(Protocol):
    """The module's sensor and its comparing part. Pictures are 8-bit grey, ridges dark."""

    def picture(self, press: Press) -> bytes:
        """What the sensor sees of a finger that is pressed so."""

    def features(self, picture: bytes) -> bytes | Code:
        """The template of a picture, or why there is none."""

    def compare(self, one: bytes, other: bytes) -> int:
        """How well two templates fit."""

    def enough(self, level: int) -> int:
        """From which score on a security level says "match"."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. ``data``: follows the acknowledge; ``after``: what changes once it was said."""

    code: Code | int
    parameters: bytes = b""
    data: bytes = b""
    after: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Long work: ``run`` touches nothing of the module, ``finish`` makes the answer of what it gave."""

    run: Callable[[], Any]
    finish: Callable[[Any], Reply]


@dataclass(slots=True)
class Download:
    """Data the host is sending. ``buffer`` None: a picture."""

    buffer: int | None
    size: int
    got: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Exchange:
    """One instruction on its way to an answer; ``ack``: bytes of the acknowledge's content."""

    op: int
    ack: int
    due_ms: int
    faults: list[Fault]
    work: Work | None = None
    reply: Reply | None = None


@dataclass(slots=True, eq=False)
class Module:
    """One module. ``remember``: called when something was written that outlives the power."""

    make: Make
    serial: str
    eye: Eye
    flash: Flash
    glass: Glass
    dice: random.Random
    remember: Callable[[], None] = lambda: None
    faults: Faults = field(default_factory=Faults)
    now_ms: int = 0
    powered: bool = False
    plugged: bool = True
    awake: bool = False
    dead: bool = False
    blind: bool = False
    exchanges: int = 0
    deadlines: dict[str, int] = field(default_factory=dict)
    watchers: list[Callable[[], None]] = field(default_factory=list)
    line: Line = field(init=False)
    active: Parameters = field(init=False)
    picture: bytes | None = None
    live: bool = False  # the picture is of the glass, not the host's
    buffers: dict[int, bytes] = field(default_factory=dict)
    verified: bool = False
    matched: bool = False
    download: Download | None = None
    exchange: Exchange | None = None
    stream: Stream = field(default_factory=Stream)
    held: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.active = self.flash.parameters.copy()
        self.line = Line(self.active.baud * codes.BAUD_STEP)

    @property
    def there(self) -> bool:
        """Whether the host finds a line at all: the adapter is plugged in, whatever the power."""
        return self.plugged

    # Power and plug

    def power_on(self, *, warm: bool = False) -> None:
        """It starts, and is ready after a while; ``warm``: it has been on for a while."""
        if not self.powered and not self.dead:
            self.powered = True
            self.deadlines.pop("power", None)
            self.active = self.flash.parameters.copy()
            self.line.baud = self.active.baud * codes.BAUD_STEP
            self.awake = warm
            if not warm:
                self.deadlines["boot"] = self.now_ms + self.make.boot_ms

    def power_off(self, for_ms: int | None) -> None:
        """All that is not flash is gone. ``for_ms``: when it comes back by itself."""
        self.powered = self.awake = False
        self.deadlines.pop("boot", None)
        if for_ms is not None:
            self.deadlines["power"] = self.now_ms + for_ms
        self.picture, self.live, self.download, self.exchange = None, False, None, None
        self.buffers.clear()
        self.verified = self.matched = False
        self.line.clear()
        self.held.clear()
        self.stream.clear()
        self.tell()

    def woke(self) -> None:
        """It is ready, and says so."""
        self.awake = True
        self.line.say(codes.READY, self.now_ms)

    def unplug(self, for_ms: int | None) -> None:
        """The wire to the host, which also brings the power, is out."""
        self.plugged = False
        self.power_off(None)
        if for_ms is not None:
            self.deadlines["plug"] = self.now_ms + for_ms

    def plug(self) -> None:
        """It is in again."""
        self.deadlines.pop("plug", None)
        if not self.plugged:
            self.plugged = True
            self.power_on()
            self.tell()

    # What instructions use

    def write(self) -> Code:
        """The flash has changed; it outlives the power from here on."""
        self.remember()
        return Code.DONE

    def expect(self, download: Download) -> None:
        """The host will send data; until they are whole, where they go to holds nothing."""
        self.download = download
        if download.buffer is None:
            self.picture, self.live = None, False
        else:
            self.buffers.pop(download.buffer, None)

    def deliver(self, packet: Packet) -> None:
        """A data packet of a download; one that is not sound leaves a hole."""
        download = self.download
        if download is None:
            return
        if packet.sound:
            download.got += packet.content
        if len(download.got) < download.size and packet.kind != 0x08:
            return
        self.download = None
        if len(download.got) != download.size:
            return
        if download.buffer is None:
            self.picture, self.live = unpack(bytes(download.got)), False
        else:
            self.buffers[download.buffer] = bytes(download.got)

    def lay(self, finger: Finger | None) -> None:
        """A hand moves a finger."""
        self.glass.lay(finger)

    def tell(self) -> None:
        """Its world has changed in the middle of something."""
        for watcher in [*self.watchers]:
            watcher()


def pack(picture: bytes) -> bytes:
    """Two pixels a byte, the left one in the high nibble."""
    return bytes(left & 0xF0 | right >> 4 for left, right in zip(picture[::2], picture[1::2], strict=True))


def unpack(packed: bytes) -> bytes:
    """8-bit pixels of what `pack` made; the low nibble repeats the high one."""
    return bytes(nibble * 17 for byte in packed for nibble in (byte >> 4, byte & 0x0F))
