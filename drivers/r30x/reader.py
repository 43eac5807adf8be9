"""A serial fingerprint module as the rest of Loket sees it: drivers.finger_reader.FingerReader.

The module compares, the host carries. A finger is asked for again and again until a usable one lay there or
the time is over; a comparison that says no is made once more with a fresh picture, and believed only of a
module that kept its power all the while: one that restarted has empty buffers, from which everything differs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from drivers.address import Address
from drivers.card_printer import Clock
from drivers.errors import Cause, DeviceError, NeedsHands, Refused, Unreachable
from drivers.finger_reader import HEIGHT, PICTURE_BYTES, WIDTH, Answer, Hit, ReaderIdentity, ReaderStatus
from drivers.r30x import codec
from drivers.r30x.codes import DONE, FINGER, NO_FINGER
from drivers.r30x.commands import SMALL, STATUS_BUSY
from drivers.r30x.module import IDS_A_PAGE, Module, Score

POLL_MS = 100
LIFT_MS = 3_000
"""How long a finger may stay between two scans before the second is taken all the same."""
LOOKS = 2
LIVE, OTHER = 1, 2  # buffers
PAPER = 0xFF


class R30xReader:
    """One module. ``close`` lets go of the line; the next call opens it again."""

    def __init__(self, module: Module, address: Address, clock: Clock) -> None:
        self.address = address
        self._module, self._clock = module, clock

    def identify(self) -> ReaderIdentity:
        """Who it is; a small module knows no name of its own."""
        told = self._module.ready()
        who = self._module.product
        firmware = self._module.firmware() if who is not SMALL else ""
        return ReaderIdentity(who.model, who.serial, firmware, told.library)

    def status(self) -> ReaderStatus:
        """How it stands, asked now."""
        try:
            told = self._module.ready()
            well = self._module.product is SMALL or self._module.check_sensor()
        except Unreachable as error:
            return ReaderStatus("offline", error.cause, str(error))
        except DeviceError as error:
            return ReaderStatus("error", error.cause, str(error))
        raw = f"status {told.status:04X} security {told.security} packet {told.packet}"
        if not well:
            return ReaderStatus("error", "sensor_fault", raw)
        return ReaderStatus("busy" if told.status & STATUS_BUSY else "ready", None, raw)

    def match(self, template: bytes, timeout_s: float) -> Answer:
        """The finger on the glass against ``template``."""
        self._module.ready()
        _sized("template", template, self._module.product.template_bytes)
        with self._in_one_piece():
            self._carry(template)
            return self._compared(timeout_s)

    def match_picture(self, picture: bytes, timeout_s: float) -> Answer:
        """The finger on the glass against ``picture``; Refused with its fault if it has no features."""
        _sized("picture", picture, PICTURE_BYTES)
        self._module.ready()
        with self._in_one_piece():
            self._features_of(picture, OTHER)
            return self._compared(timeout_s)

    def search_picture(self, picture: bytes) -> Hit | None:
        """Whose of the library ``picture`` is; Refused with the picture's fault if it has no features."""
        _sized("picture", picture, PICTURE_BYTES)
        told = self._module.ready()
        with self._in_one_piece():
            self._features_of(picture, LIVE)
            return self._hit(self._module.search(LIVE, 0, told.library))

    def search(self, timeout_s: float) -> Hit | None:
        """Whose of the library the finger on the glass is."""
        told = self._module.ready()
        with self._in_one_piece():
            self._needed(LIVE, self._until(timeout_s))
            return self._hit(self._module.search(LIVE, 0, told.library))

    def template(self, timeout_s: float) -> bytes:
        """The module's template of the finger on the glass."""
        self._module.ready()
        with self._in_one_piece():
            self._twice(self._until(timeout_s))
            return self._module.template_up(LIVE)

    def picture(self, timeout_s: float) -> bytes:
        """A picture of the finger on the glass, good enough that the module found features in it."""
        self._module.ready()
        with self._in_one_piece():
            self._needed(LIVE, self._until(timeout_s))
            taken = codec.from_wire(self._module.picture_up())
        return fitted(taken, (self._module.product.width, self._module.product.height), (WIDTH, HEIGHT))

    def enrol(self, slot: int, timeout_s: float) -> None:
        """Keep the finger under ``slot``. Refused library_full for a slot that the library has not."""
        self._in_library(slot)
        with self._in_one_piece():
            self._twice(self._until(timeout_s))
            self._module.store(LIVE, slot)

    def erase(self, slot: int) -> None:
        """Forget what is kept under ``slot``."""
        self._in_library(slot)
        self._module.delete(slot)

    def slots(self) -> frozenset[int]:
        """Which slots hold a finger."""
        pages = -(-self._module.ready().library // IDS_A_PAGE)
        return frozenset[int]().union(*(self._module.index(page) for page in range(pages)))

    def close(self) -> None:
        """Let go of the line."""
        self._module.close()

    # -- the finger on the glass -------------------------------------------------------------------------

    def _until(self, timeout_s: float) -> int:
        return self._clock.now_ms() + int(timeout_s * 1000)

    def _finger(self, buffer: int, until_ms: int) -> Cause | None:
        """Features of a usable finger in ``buffer``; or, when time is over, what was wrong at the last."""
        worst: Cause = "nothing_there"
        while True:
            code = self._module.take_picture()
            if code == DONE:
                code = self._module.features(buffer)
            if code == DONE:
                return None
            if code != NO_FINGER:
                worst = FINGER.get(code, "bad_placement")
            if self._clock.now_ms() >= until_ms:
                return worst
            self._clock.sleep_ms(POLL_MS)

    def _needed(self, buffer: int, until_ms: int) -> None:
        """As ``_finger``; NeedsHands where none came."""
        wrong = self._finger(buffer, until_ms)
        if wrong is not None:
            raise NeedsHands(wrong, "no usable finger came in time")

    def _lifted(self, until_ms: int) -> None:
        """The finger has left the glass, or has had time enough."""
        end = min(until_ms, self._clock.now_ms() + LIFT_MS)
        while self._module.take_picture() != NO_FINGER and self._clock.now_ms() < end:
            self._clock.sleep_ms(POLL_MS)

    def _twice(self, until_ms: int) -> None:
        """Two scans of one finger, combined, in both buffers. NeedsHands where that did not come about."""
        while True:
            self._needed(LIVE, until_ms)
            self._lifted(until_ms)
            self._needed(OTHER, until_ms)
            code = self._module.combine()
            if code == DONE:
                return
            if self._clock.now_ms() >= until_ms:
                raise NeedsHands(FINGER.get(code, "bad_placement"), "the two scans are not of one finger")

    # -- comparing ---------------------------------------------------------------------------------------

    def _compared(self, timeout_s: float) -> Answer:
        """The finger on the glass against what is in the other buffer."""
        until_ms, looks = self._until(timeout_s), 0
        while looks < LOOKS and self._finger(LIVE, until_ms) is None:
            if self._module.match().code == DONE:
                return "match"
            self._still_there()
            looks += 1
        return "mismatch" if looks else "unable"

    @contextmanager
    def _in_one_piece(self) -> Iterator[None]:
        """One thing done with the buffers: forgotten after it, and a refusal of emptied ones told as such."""
        try:
            yield
        except Refused as error:
            if error.cause == "bad_command" and self._module.is_open:
                self._still_there()
            raise
        finally:
            self._forget()

    def _hit(self, found: Score) -> Hit | None:
        if found.code == DONE:
            return Hit(found.slot, found.score)
        self._still_there()
        return None

    def _still_there(self) -> None:
        """A no counts only of buffers that still hold what was put there."""
        if self._module.restarted():
            self._module.close()
            raise Unreachable("power_lost", "the reader started anew in the middle")

    def _carry(self, template: bytes) -> None:
        """``template`` into the other buffer, read back, since nothing else tells that it arrived."""
        for _ in range(2):
            self._module.template_down(OTHER, template)
            if self._module.template_up(OTHER) == template:
                return
        raise Unreachable("garbled_reply", "the template did not arrive")

    def _features_of(self, picture: bytes, buffer: int) -> None:
        size = (self._module.product.width, self._module.product.height)
        self._module.picture_down(codec.to_wire(fitted(picture, (WIDTH, HEIGHT), size)))
        code = self._module.features(buffer)
        if code != DONE:
            raise Refused(FINGER.get(code, "too_few_features"), "the picture that was sent down")

    def _forget(self) -> None:
        """Nothing of a person stays in the buffers; a reader that is gone has forgotten by itself."""
        if not self._module.is_open:
            return
        try:
            for buffer in (LIVE, OTHER):
                self._module.template_down(buffer, bytes(self._module.product.template_bytes))
        except DeviceError:
            self._module.close()

    def _in_library(self, slot: int) -> None:
        if not 0 <= slot < self._module.ready().library:
            raise Refused("library_full", f"slot {slot} is outside the library")


def _sized(what: str, given: bytes, size: int) -> None:
    if len(given) != size:
        raise Refused("bad_command", f"a {what} of this reader has {size} bytes, not {len(given)}")


def fitted(picture: bytes, size: tuple[int, int], wanted: tuple[int, int]) -> bytes:
    """``picture`` of ``size`` (width, height) cut or framed with paper to ``wanted``, middle on middle."""
    if size == wanted:
        return picture
    (width, height), (to_width, to_height) = size, wanted
    left, top = (to_width - width) // 2, (to_height - height) // 2
    blank = bytes([PAPER]) * to_width
    rows = []
    for y in range(top, top + height):
        row = picture[(y - top) * width : (y - top + 1) * width]
        framed = blank[: max(left, 0)] + row[max(-left, 0) :][:to_width] + blank
        rows.append(framed[:to_width])
    kept = rows[max(-top, 0) :][:to_height]
    above = [blank] * max(top, 0)
    return b"".join([*above, *kept, *[blank] * (to_height - len(above) - len(kept))])
