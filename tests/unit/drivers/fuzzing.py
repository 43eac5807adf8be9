"""Replies of a simulated printer as a seeded dice leaves them, on their way to the real driver.

Behind the dice stands a whole simulated world, which knows what really became of the card. The dice may do
anything to a reply but one thing: make it say the very evidence that the true reply denies (``forges``), for
a printer that lies in every piece could be caught by nobody. So whatever gets through leaves at least one
piece that speaks against an unfinished card, and *printed* is then the driver's own fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from drivers.card_printer import Piece, Transport

Told = dict[str, bool]
"""By the piece of evidence, whether it speaks against the card; what a reply does not say is missing."""
Reads = Callable[[bytes, bytes], Told]
"""From what was said and what came back."""
KEPT_MAX = 12
TRIES = 3


class CutHere(BaseException):
    """The driver is left in the middle of what it does; its objects live on."""


class Fuzzed:
    """A wire that hands on what ``dice`` leaves of the replies, once ``share`` of them is not zero.

    ``fuzzed`` counts those that were changed; ``cut_after``: the exchange after which the driver is left.
    """

    def __init__(self, wire: Transport, dice: Random, reads: Reads) -> None:
        self._wire = wire
        self._dice = dice
        self._reads = reads
        self._kept: list[bytes] = [b""]
        self.share = 0.0
        self.fuzzed = 0
        self.exchanges = 0
        self.cut_after = 0

    def exchange(self, data: Iterable[Piece], timeout_s: float) -> bytes:
        said = list(data)
        reply = self._wire.exchange(said, timeout_s)
        self.exchanges += 1
        if self.exchanges == self.cut_after:
            raise CutHere
        self._kept = [*self._kept[1 - KEPT_MAX :], reply]
        if self._dice.random() >= self.share:
            return reply
        return self._spoilt(bytes(said[0][:64]) if said else b"", reply)

    def close(self) -> None:
        self._wire.close()

    def _spoilt(self, said: bytes, reply: bytes) -> bytes:
        true = self._reads(said, reply)
        for _ in range(TRIES):
            spoilt = self._dice.choice(SPOILS)(self._dice, reply, self._dice.choice(self._kept))
            if spoilt != reply and not forges(true, self._reads(said, spoilt)):
                self.fuzzed += 1
                return spoilt
        return reply


def forges(true: Told, told: Told) -> bool:
    """Whether a reply takes back what the true one said against the card."""
    return any(true.get(piece) and against is False for piece, against in told.items())


def flipped(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """One to four bits."""
    changed = bytearray(raw)
    for _ in range(dice.randint(1, 4) if raw else 0):
        changed[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """A piece is missing, anywhere."""
    at = dice.randrange(len(raw) + 1)
    return raw[:at] + raw[at + dice.choice((1, 2, 4, dice.randrange(1, 64), len(raw))) :]


def inserted(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """Some bytes that nobody sent."""
    at = dice.randrange(len(raw) + 1)
    return raw[:at] + dice.randbytes(dice.randint(1, 9)) + raw[at:]


def swapped(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """Two parts in the other order."""
    first, last = sorted((dice.randrange(len(raw) + 1), dice.randrange(len(raw) + 1)))
    return raw[first:last] + raw[:first] + raw[last:]


def old(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """The reply to something earlier."""
    return stale


def headed(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """This reply's beginning with an earlier one's rest: the right number on the wrong answer."""
    at = dice.choice((4, 8, 16))
    return raw[:at] + stale[at:]


def late(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """An earlier reply's last bytes come first, or this one comes twice."""
    return dice.choice((stale[-dice.randint(1, 24) :] + raw, raw + stale, raw + raw))


def counted(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """A number that is a little too small or too large: a word of four bytes, or decimal digits."""
    by = dice.choice((-5, -4, -2, -1, 1, 2, 4, 5, 10))
    digits = [at for at, byte in enumerate(raw) if 0x30 <= byte <= 0x39]
    if digits and raw[:1].isdigit() and dice.random() < 0.7:
        text, end, rest = raw.partition(b"\0")
        return str(max(0, int(text) + by)).encode() + end + rest if text.isdigit() else raw
    if len(raw) < 4:
        return raw
    at = dice.randrange(len(raw) - 3)
    return (
        raw[:at]
        + ((int.from_bytes(raw[at : at + 4], "big") + by) % (1 << 32)).to_bytes(4, "big")
        + raw[at + 4 :]
    )


def worded(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """A random word over four bytes, or one with a single bit."""
    if len(raw) < 4:
        return dice.randbytes(8)
    at = dice.randrange(len(raw) - 3)
    word = dice.choice((dice.randrange(1 << 32), 1 << dice.randrange(32), 0, (1 << 32) - 1))
    return raw[:at] + word.to_bytes(4, "big") + raw[at + 4 :]


def noise(dice: Random, raw: bytes, stale: bytes) -> bytes:
    """Nothing of it is left."""
    return dice.randbytes(dice.choice((0, 1, len(raw), dice.randrange(200))))


Spoil = Callable[[Random, bytes, bytes], bytes]
SPOILS: tuple[Spoil, ...] = (
    *(flipped, flipped, cut, inserted, swapped, old, headed, late, counted, counted, worded, worded, noise),
)
