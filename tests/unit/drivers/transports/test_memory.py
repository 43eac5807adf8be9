"""The wire without a wire: what the far end raises becomes what every transport raises."""

from collections.abc import Callable

import pytest

from drivers.errors import DeviceError, OutcomeUnknown, Unreachable
from drivers.transports.memory import MemoryTransport


class Far:
    """A far end that remembers, and answers with what the test says."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.heard: list[tuple[bytes, int]] = []
        self._answer = answer

    def exchange(self, data: bytes, timeout_ms: int) -> bytes:
        self.heard.append((data, timeout_ms))
        return self._answer(data)


def test_all_pieces_arrive_as_one_and_the_reply_comes_back() -> None:
    far = Far(lambda data: b"OK\0")
    transport = MemoryTransport(far)
    assert transport.exchange([b"a", memoryview(b"b")], 1.5) == b"OK\0"
    assert transport.exchange([], 2) == b"OK\0"
    assert far.heard == [(b"ab", 1500), (b"", 2000)]
    transport.close()


@pytest.mark.parametrize(
    ("error", "said", "kind", "cause"),
    [
        (ConnectionRefusedError(), b"x", Unreachable, "refused_connection"),
        (ConnectionResetError(), b"x", OutcomeUnknown, "link_lost"),
        (ConnectionResetError(), b"", Unreachable, "link_lost"),
        (TimeoutError(), b"x", OutcomeUnknown, "no_answer"),
        (TimeoutError(), b"", Unreachable, "no_answer"),
    ],
)
def test_a_broken_wire_is_told_as_on_every_wire(
    error: Exception, said: bytes, kind: type[DeviceError], cause: str
) -> None:
    def broken(_: bytes) -> bytes:
        raise error

    with pytest.raises(kind) as caught:
        MemoryTransport(Far(broken)).exchange([said] if said else [], 1)
    assert (type(caught.value), caught.value.cause) == (kind, cause)


def test_a_reply_without_its_nul_is_garbled() -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        MemoryTransport(Far(lambda data: b"OK")).exchange([b"x"], 1)
    assert caught.value.cause == "garbled_reply"
