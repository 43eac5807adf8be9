"""Answers a request from start to end, waiting where the device waits. Threads and time meet here, and only
here.

One lock guards the model. A capture holds it only to ask what is next: pictures are made outside, so that
discovery says Busy at once. Whatever a technician does wakes every wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from simulators.sbi import answers, requests, words
from simulators.sbi.answers import Pen
from simulators.sbi.model import Service
from simulators.sbi.parts import Capture, Done, Frame, Shoot, Stream, Wait
from simulators.sbi.requests import Wrong

CLOCK_S = 400
SLOW_MS = 5_000
FRAME_MS = 200
"""Between two pictures of a stream: five a second, where three are asked."""


class Clock(Protocol):
    """Simulated milliseconds, and the wall."""

    def now_ms(self) -> int:
        """Since the service began."""

    def wall(self) -> datetime:
        """The PC's clock, UTC."""

    def wait(self, changed: threading.Condition, until_ms: int) -> None:
        """Until a moment, or until somebody notifies; ``changed`` is held."""

    def simulated(self, span_ms: int) -> int:
        """How much time passes here while the caller counts so much."""


class RealClock:
    """The wall, ``speed`` times as fast."""

    def __init__(self, speed: float, wall: Callable[[], datetime]) -> None:
        self._speed, self.wall = speed, wall
        self._start_s = time.monotonic()

    def now_ms(self) -> int:
        """Since the service began."""
        return int((time.monotonic() - self._start_s) * 1000 * self._speed)

    def wait(self, changed: threading.Condition, until_ms: int) -> None:
        """Until a moment, or until somebody notifies."""
        changed.wait(max(0.001, (until_ms - self.now_ms()) / 1000 / self._speed))

    def simulated(self, span_ms: int) -> int:
        """How much time passes here while the caller counts so much."""
        return int(span_ms * self._speed)


class HangUp(Exception):
    """The connection drops without an answer."""


@dataclass(slots=True)
class Desk:
    """One service with its pen and its clock. ``changed`` guards the model, and is notified when hands
    move.
    """

    service: Service
    pen: Pen
    clock: Clock
    changed: threading.Condition

    def answer(self, verb: str, path: str, body: bytes) -> bytes:
        """JSON for any verb but a stream. Raises HangUp."""
        try:
            if path != words.PATHS[verb]:
                raise Wrong("500")
            return self._told(verb, requests.read_json(body))
        except Wrong as wrong:
            return answers.raw(answers.refused(verb, wrong.code))

    def _told(self, verb: str, told: dict[str, Any]) -> bytes:
        if verb in (words.CAPTURE, words.RCAPTURE):
            return self._capture(verb, told)
        with self.changed:
            now_ms = self._here()
            if verb == words.INFO:
                return answers.raw(self.pen.information(now_ms, self.wall()))
            return answers.raw(self.pen.discovery(requests.discovery(told), now_ms, self.wall()))

    def wall(self) -> datetime:
        """The device's idea of the time."""
        off = self.service.fault("clock", self.clock.now_ms())
        seconds = 0 if off is None else CLOCK_S if off.by is None else off.by
        return self.clock.wall() + timedelta(seconds=seconds)

    def _here(self) -> int:
        """Now; raises HangUp while the whole service is gone."""
        now_ms = self.clock.now_ms()
        if self.service.fault("gone", now_ms):
            raise HangUp
        return now_ms

    def _capture(self, verb: str, told: dict[str, Any]) -> bytes:
        with self.changed:
            now_ms = self._here()
            wanted = requests.capture(verb, told, self.service.place(now_ms))
            if self.pen.keys.devices[wanted.device].certificate.not_valid_after_utc < self.wall():
                raise Wrong("107")
            capture = self.service.begin(wanted, now_ms)
        try:
            done = self._wait_for(capture)
            self._dawdle(capture)
        finally:
            with self.changed:
                self.service.end(capture)
                self.changed.notify_all()
        now_ms = self._here()
        if self.service.fault("answer_lost", now_ms, capture):
            raise HangUp
        if done.frame is None:
            return answers.raw(answers.refused(verb, done.code))
        raw = answers.raw(self.pen.captured(capture, done.frame, now_ms, self.wall()))
        return raw[: len(raw) // 2] if self.service.fault("garbled", now_ms, capture) else raw

    def _wait_for(self, capture: Capture) -> Done:
        while True:
            with self.changed:
                step = self.service.step(capture, self._here())
                if isinstance(step, Wait):
                    self.clock.wait(self.changed, step.until_ms)
            if isinstance(step, Done):
                return step
            if isinstance(step, Shoot):
                began_ms = self.clock.now_ms()
                frame = Frame(step.looks, tuple(self.pen.studio.shot(look).score for look in step.looks))
                with self.changed:
                    self.service.saw(capture, frame, self.clock.now_ms() - began_ms)

    def _dawdle(self, capture: Capture) -> None:
        with self.changed:
            now_ms = self.clock.now_ms()
            if slow := self.service.fault("slow", now_ms, capture):
                until_ms = now_ms + (slow.for_ms or SLOW_MS)
                while self.clock.now_ms() < until_ms:
                    self.clock.wait(self.changed, until_ms)

    def begin_stream(self, path: str, body: bytes) -> Stream:
        """A preview that may begin. Raises Wrong or HangUp."""
        if path != words.PATHS[words.STREAM]:
            raise Wrong("500")
        device, sub, span_ms = requests.streaming(requests.read_json(body))
        with self.changed:  # the end of a preview before its time, by the caller's own clock, would be a loss
            return self.service.begin_stream((device, sub, self.clock.simulated(span_ms)), self._here())

    def end_stream(self, stream: Stream) -> None:
        """The preview is over."""
        with self.changed:
            self.service.end_stream(stream)
            self.changed.notify_all()

    def pictures(self, stream: Stream, pause: Callable[[], bool]) -> Iterator[bytes]:
        """JPEG after JPEG until the stream's time is up; ``pause`` waits, and says whether anybody still
        looks.

        While a capture runs no picture comes. Raises HangUp when the connection is lost.
        """
        sent = 0
        while True:
            with self.changed:
                now_ms = self._here()
                if now_ms >= stream.until_ms:
                    return
                lost = self.service.faults.found("stream_lost", self.service.counts, now_ms)
                gone = all(each.id != stream.device.id for each in self.service.there(now_ms))
                if gone or (lost and sent >= lost.picture):
                    raise HangUp
                shown = self.service.preview(stream, now_ms)
                paused = stream.device.id in self.service.captures
            if not paused:
                yield self.pen.studio.preview(shown.looks if shown else ())
                sent += 1
            if not pause():
                return
