"""A device in this very process: the wire without a wire, for tests and virtual time.

The far end is any object with one method, ``exchange``; a simulator fits it without importing anything of
ours. It owns the virtual clock: a blocking read moves it as far as the device needs to answer, and the driver
is given the same clock, so that a day of printing passes in the time its arithmetic takes. What a broken wire
does is told with Python's own exceptions, as a socket would.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from drivers.errors import Cause, OutcomeUnknown, Unreachable


class Peer(Protocol):
    """The far end.

    ``exchange(data, timeout_ms)``: take all of ``data`` (empty: only the status is asked), let virtual time
    pass until the reply stands, and return it: text, NUL, status block. May raise

    - ConnectionRefusedError: the device is not there; not one byte was taken, no time has passed;
    - TimeoutError: ``timeout_ms`` of virtual time passed without a reply; the device may act on what it got;
    - ConnectionError: the wire broke on the way (power cut, unplugged); the same.

    The clock is the far end's, too, as an object with ``now_ms() -> int`` and ``sleep_ms(int)``; it goes to
    the driver, not to this transport.
    """

    def exchange(self, data: bytes, timeout_ms: int) -> bytes:
        """Say ``data``, return the one reply."""
        ...


def ends_with_nul(reply: bytes) -> bool:
    """Whether a reply of the text and status kind is whole."""
    return b"\0" in reply


class MemoryTransport:
    """``exchange`` and ``close`` towards a Peer. ``whole`` tells a whole reply from one cut short."""

    def __init__(self, peer: Peer, whole: Callable[[bytes], bool] = ends_with_nul) -> None:
        self._peer = peer
        self._whole = whole

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        """Hand all pieces over at once. Raises Unreachable or OutcomeUnknown as every transport does."""
        said = b"".join(data)
        try:
            reply = self._peer.exchange(said, int(timeout_s * 1000))
        except ConnectionRefusedError as error:
            raise Unreachable("refused_connection", "memory") from error
        except OSError as error:
            raise _failed("no_answer" if isinstance(error, TimeoutError) else "link_lost", said) from error
        if not self._whole(reply):
            raise _failed("garbled_reply", said)
        return reply

    def close(self) -> None:
        """Nothing to let go of."""


def _failed(cause: Cause, said: bytes) -> OutcomeUnknown | Unreachable:
    return (OutcomeUnknown if said else Unreachable)(cause, "memory")
