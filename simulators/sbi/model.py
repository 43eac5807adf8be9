"""The service as a machine: devices, states, captures and streams over time. Pure; time is an argument.

Strategy: whoever serves asks ``step`` again and again and does what it says: wait until a moment, take the
pictures of a frame (and tell their scores with ``saw``), or answer. What a person or a technician does
meanwhile changes ``counter`` and ``faults``, and the next step sees it. Pictures cost the computer time that
the device would not need: ``saw`` is told how long, and the capture's clock stood still.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.sbi import scene, words
from simulators.sbi.faults import EVER, GROUPS, KINDS, Fault, Faults
from simulators.sbi.parts import Capture, Device, Done, Frame, Shoot, Step, Stream, Wait
from simulators.sbi.requests import Place, Wanted, Wrong
from simulators.sbi.scene import Scene
from simulators.sbi.subject import Counter

REACTION_MS = 600
FRAMES_MS = (300, 900, 1500)
"""After the person has placed themselves: still settling, settled, and one more try of the same."""
LOOK_AGAIN_MS = 500
USABLE = 10.0
"""A frame below this score shows nothing that can be extracted."""
NOT_TAKEN = {"rcapture": "703", "capture": "803"}
GONE = {"rcapture": "705", "capture": "805"}
FAILED = {"rcapture": "710", "capture": "810"}


@dataclass(slots=True)
class Service:
    """Everything that is so. ``devices`` in the order they are told."""

    purpose: str
    env: str
    devices: tuple[Device, ...]
    counter: Counter
    faults: Faults
    counts: dict[str, int] = field(default_factory=dict)
    captures: dict[str, Capture] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)

    def fault(self, name: str, now_ms: int, capture: Capture | None = None) -> Fault | None:
        """The accident of that name, if it holds now: for this capture, or else for everything that is
        asked.
        """
        if capture is not None:
            return self.faults.found(name, capture.counts, now_ms, _groups(capture.wanted))
        lasts = KINDS[name].usual == EVER
        return self.faults.found(name, self._next_counts() if lasts else {}, now_ms)

    def _next_counts(self) -> dict[str, int]:
        """As the next capture will be counted: what is wrong with it shows before it begins."""
        named = {key: self.counts.get(key, 0) + 1 for key in ("capture", *GROUPS)}
        return named | {"stream": self.counts.get("stream", 0)}

    def there(self, now_ms: int) -> tuple[Device, ...]:
        """The devices that are plugged in."""
        return tuple(
            device
            for device in self.devices
            if not self.faults.found("unplug", self.counts, now_ms, (device.modality,))
        )

    def status(self, device: Device, now_ms: int) -> str:
        """The word discovery says of it."""
        of = (device.modality,)
        for name, word in (("not_registered", words.NOT_REGISTERED), ("not_ready", words.NOT_READY)):
            if self.faults.found(name, self._next_counts(), now_ms, of):
                return word
        running = device.id in self.captures or device.id in self.streams
        busy = running or self.faults.found("busy", self._next_counts(), now_ms, of)
        return words.BUSY if busy else words.READY

    def place(self, now_ms: int) -> Place:
        """What the checks of a request ask of this moment."""
        return Place(self.env, lambda device, kind, verb: self._may(device, kind, verb, now_ms))

    def _may(self, told: str, kind: str, verb: str, now_ms: int) -> str | None:
        there = self.there(now_ms)
        device = next((each for each in there if each.id == told), None)
        if device is None:
            known = any(each.id == told for each in self.devices)
            return "202" if known and not there else "106"
        if device.modality != kind:
            return "120"
        registration = verb == words.RCAPTURE
        if registration != (self.purpose == words.REGISTRATION):
            return "709" if registration else "809"
        for name, code in (("not_registered", "100"), ("tampered", "103"), ("no_management", "104"),
                           ("key_expired", "107"), ("not_ready", "110"), ("busy", "111"),
                           ("no_domain_key", "" if registration else "108")):  # fmt: skip
            if code and self.faults.found(name, self._next_counts(), now_ms, (kind,)):
                return code
        return NOT_TAKEN[verb] if told in self.captures else None

    def begin(self, wanted: Wanted, now_ms: int) -> Capture:
        """A capture that the checks let through. Raises Wrong 702 beside a stream of another sub-device."""
        stream = self.streams.get(wanted.device)
        if stream is not None and stream.sub != wanted.sub:
            raise Wrong("702")
        for key in ("capture", *_groups(wanted)):
            self.counts[key] = self.counts.get(key, 0) + 1
        capture = Capture(
            wanted,
            now_ms,
            dict(self.counts),
            stream.number if stream else 0,
            since_ms=now_ms,
            moved_ms=now_ms,
        )
        self.captures[wanted.device] = capture
        return capture

    def end(self, capture: Capture) -> None:
        """It is over, however it went."""
        if self.captures.get(capture.wanted.device) is capture:
            del self.captures[capture.wanted.device]

    def step(self, capture: Capture, now_ms: int) -> Step:
        """What to do next, at ``now_ms`` of the service's clock."""
        wanted = capture.wanted
        if code := self._broken(capture, now_ms):
            return Done(None, code)
        if capture.best is not None and capture.best.mean >= wanted.score:
            return Done(capture.best)
        here_ms = now_ms - capture.lag_ms
        end_ms = capture.began_ms + wanted.timeout_ms
        if here_ms >= end_ms:
            seen = self.scene(capture, now_ms)
            return Done(capture.best) if capture.best else Done(None, seen.code)
        due_ms = self._next_frame_ms(capture, here_ms)
        if here_ms < due_ms:
            return self._wait(capture, min(due_ms, end_ms))
        shown = self.scene(capture, now_ms)
        if not shown.looks:
            return self._wait(capture, min(here_ms + LOOK_AGAIN_MS, end_ms))
        capture.taken += 1
        return Shoot(shown.looks)

    def _wait(self, capture: Capture, until_ms: int) -> Wait:
        """Until a moment of the capture's clock, told by the service's."""
        return Wait(until_ms + capture.lag_ms)

    def saw(self, capture: Capture, frame: Frame, cost_ms: int) -> None:
        """The scores of a frame, and how long the computer took to make the pictures."""
        capture.lag_ms += cost_ms
        if frame.mean >= USABLE and (capture.best is None or frame.mean > capture.best.mean):
            capture.best = frame

    def scene(self, capture: Capture, now_ms: int) -> Scene:
        """What is before the device, or the code that it ends with at the timeout."""
        fault = lambda name: self.fault(name, now_ms, capture)  # noqa: E731
        counts = capture.counts
        return scene.scene(capture.wanted, self.counter, fault, counts, settled=capture.taken > 0)

    def _next_frame_ms(self, capture: Capture, here_ms: int) -> int:
        """When the next frame is due by the capture's clock. Whoever moves is seen anew."""
        if self.counter.moved_ms > capture.moved_ms:
            capture.moved_ms, capture.since_ms, capture.taken = self.counter.moved_ms, here_ms, 0
        if capture.taken >= len(FRAMES_MS):
            return EVER
        return capture.since_ms + REACTION_MS + FRAMES_MS[capture.taken]

    def _broken(self, capture: Capture, now_ms: int) -> str | None:
        """The code that ends a capture in the middle."""
        verb, device = capture.wanted.verb, capture.wanted.device
        if all(each.id != device for each in self.there(now_ms)):
            return GONE[verb]
        stream = self.streams.get(device)
        if capture.stream and (stream is None or stream.number != capture.stream):
            return "700"
        if now_ms >= capture.began_ms + REACTION_MS:
            if self.fault("sensor", now_ms, capture):
                return "524"
            if self.fault("failed", now_ms, capture):
                return FAILED[verb]
        return None

    def begin_stream(self, told: tuple[str, str, int], now_ms: int) -> Stream:
        """A preview. Raises Wrong 601, 605, 607, 608 or 610."""
        name, sub, span_ms = told
        device = next((each for each in self.there(now_ms) if each.id == name), None)
        if device is None or self.status(device, now_ms) == words.NOT_REGISTERED:
            raise Wrong("605")
        if self.purpose != words.REGISTRATION:
            raise Wrong("601")
        if (device.modality, sub) not in words.GROUPS:
            raise Wrong("610")
        if self.status(device, now_ms) != words.READY:
            raise Wrong("607")
        self.counts["stream"] = self.counts.get("stream", 0) + 1
        if self.faults.found("stream_no_image", self.counts, now_ms, (device.modality,)):
            raise Wrong("608")
        stream = Stream(self.counts["stream"], device, sub, now_ms, now_ms + span_ms)
        self.streams[device.id] = stream
        return stream

    def end_stream(self, stream: Stream) -> None:
        """It is over, however it went."""
        if self.streams.get(stream.device.id) is stream:
            del self.streams[stream.device.id]

    def preview(self, stream: Stream, now_ms: int) -> Scene | None:
        """What the camera shows now; None while a capture has it, or nobody is there yet."""
        if stream.device.id in self.captures or now_ms < stream.began_ms + REACTION_MS:
            return None
        parts = words.GROUPS[stream.device.modality, stream.sub]
        kept = tuple(part for part in parts if part not in self.counter.subject.missing)
        wanted = Wanted(
            words.RCAPTURE, stream.device.modality, kept, (), "0", stream.device.id, stream.sub, 0, "", "",
            self.purpose, "", "",
        )  # fmt: skip
        passing = Capture(wanted, now_ms, self._next_counts(), 0, taken=1)
        return self.scene(passing, now_ms)


def _groups(wanted: Wanted) -> tuple[str, ...]:
    """The names under which captures of this kind are counted."""
    return tuple(dict.fromkeys((wanted.modality, scene.group(wanted))))
