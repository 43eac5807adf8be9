"""The chip's reader against virtual cards on real sockets, written from vsmartcard's protocol."""

import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from drivers.chip import Tag, specimen, vpcd
from drivers.errors import NeedsHands, OutcomeUnknown, Unreachable

UID = bytes.fromhex("04A1B2C3D4E5F6")
ATR = bytes.fromhex("3B8180018080")


@pytest.fixture
def reader() -> Iterator[vpcd.VpcdReader]:
    one = vpcd.VpcdReader("127.0.0.1", 0)
    yield one
    one.close()


class Card:
    """A card laid on the reader; answers by itself until taken away. ``None`` answers nothing."""

    in_two = False

    def __init__(
        self, port: int, uid_answer: bytes | None = UID + b"\x90\x00", atr: bytes | None = ATR
    ) -> None:
        self.heard: list[str] = []
        self._answers = {"04": atr, "ffca000000": uid_answer}
        self._conn = socket.create_connection(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._lie, daemon=True)
        self._thread.start()

    def _lie(self) -> None:
        with self._conn.makefile("rb") as stream:
            while head := stream.read(2):
                said = stream.read(struct.unpack(">H", head)[0]).hex()
                self.heard.append(said)
                answer = self._answers.get(said)
                if answer is not None:
                    head = struct.pack(">H", len(answer))
                    for part in (head, answer) if self.in_two else (head + answer,):
                        self._conn.sendall(part)

    def take_away(self) -> None:
        self._conn.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._conn.close()


def cause(reader: vpcd.VpcdReader, timeout_s: float = 0.1) -> str:
    with pytest.raises(NeedsHands) as caught:
        reader.uid(timeout_s)
    return caught.value.cause


def test_the_card_at_the_station_tells_its_name(reader: vpcd.VpcdReader) -> None:
    card = Card(reader.port)
    assert reader.uid(5) == "04A1B2C3D4E5F6"
    assert reader.uid(5) == "04A1B2C3D4E5F6"
    card.take_away()
    assert card.heard == ["01", "04", "ffca000000", "00"] * 2


def test_a_card_that_comes_while_we_wait_is_read(reader: vpcd.VpcdReader) -> None:
    cards: list[Card] = []
    arrives = threading.Timer(0.05, lambda: cards.append(Card(reader.port)))
    arrives.start()
    assert reader.uid(5) == "04A1B2C3D4E5F6"
    arrives.join()
    cards[0].take_away()


def test_an_empty_station_is_no_chip(reader: vpcd.VpcdReader) -> None:
    assert cause(reader) == "no_chip"


def test_a_card_that_has_left_is_no_chip_and_its_name_is_forgotten(reader: vpcd.VpcdReader) -> None:
    card = Card(reader.port)
    reader.uid(5)
    card.take_away()
    assert cause(reader) == "no_chip"


def test_the_next_card_is_asked_itself(reader: vpcd.VpcdReader) -> None:
    first = Card(reader.port)
    reader.uid(5)
    first.take_away()
    second = Card(reader.port, bytes.fromhex("0411223344556690 00"))
    assert reader.uid(5) == "04112233445566"
    second.take_away()


def test_the_newest_card_counts_even_if_the_last_has_not_hung_up(reader: vpcd.VpcdReader) -> None:
    first = Card(reader.port)
    reader.uid(5)
    second = Card(reader.port, bytes.fromhex("0411223344556690 00"))
    assert reader.uid(5) == "04112233445566"
    second.take_away()
    first._thread.join(5)
    first._conn.close()


@pytest.mark.parametrize(
    ("answer", "atr"),
    [
        (None, ATR),  # silent
        (UID + b"\x90\x00", None),  # silent from the start
        (UID + b"\x90\x00", b""),  # no ATR
        (b"\x6a\x81", ATR),  # function not supported
        (UID + b"\x63\x00", ATR),
        (UID[:5] + b"\x90\x00", ATR),  # a length no UID has
        (b"", ATR),
        (bytes.fromhex("08112233 9000"), ATR),  # a random UID is no name
    ],
)
def test_a_chip_that_tells_no_name_is_dead(
    reader: vpcd.VpcdReader, answer: bytes | None, atr: bytes | None
) -> None:
    card = Card(reader.port, answer, atr)
    assert cause(reader, 0.3) == "chip_dead"
    card.take_away()


def test_a_card_that_hangs_up_when_asked_is_dead(reader: vpcd.VpcdReader) -> None:
    rude = socket.create_connection(("127.0.0.1", reader.port))
    rude.close()
    assert cause(reader) == "chip_dead"


def test_an_answer_in_single_bytes_is_read(reader: vpcd.VpcdReader) -> None:
    conn = socket.create_connection(("127.0.0.1", reader.port))
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for one in struct.pack(">H", len(ATR)) + ATR + struct.pack(">H", 9) + UID + b"\x90\x00":
        conn.sendall(bytes([one]))
    assert reader.uid(5) == "04A1B2C3D4E5F6"
    conn.close()


class Failing:
    """A listener whose system call fails ``times``, as the system's does when it is short of something."""

    def __init__(self, listener: socket.socket, error: OSError, times: int) -> None:
        self._listener, self._error, self._left = listener, error, times
        self.settimeout, self.close = listener.settimeout, listener.close

    def accept(self) -> tuple[socket.socket, object]:
        if self._left:
            self._left -= 1
            raise self._error
        return self._listener.accept()


def test_a_card_that_had_gone_before_it_was_taken_is_none(reader: vpcd.VpcdReader) -> None:
    card = Card(reader.port)
    reader._listener = Failing(reader._listener, ConnectionAbortedError(), 2)  # type: ignore[assignment]
    assert reader.uid(2) == UID.hex().upper()
    card.take_away()


def test_a_system_that_takes_no_card_is_told_as_trouble_with_the_reader(reader: vpcd.VpcdReader) -> None:
    reader._listener = Failing(reader._listener, OSError(24, "Too many open files"), 1)  # type: ignore[assignment]
    with pytest.raises(Unreachable, match="no_answer"):
        reader.uid(0.1)
    assert cause(reader) == "no_chip"


def test_a_port_in_use_is_busy(reader: vpcd.VpcdReader) -> None:
    with pytest.raises(Unreachable) as caught:
        vpcd.VpcdReader("127.0.0.1", reader.port)
    assert caught.value.cause == "busy"


def test_a_hundred_questions_pay_no_delayed_acknowledgement(reader: vpcd.VpcdReader) -> None:
    """Each message in one segment: 44 ms apiece otherwise, 8 s in all."""
    card = Card(reader.port)
    for _ in range(100):
        assert reader.uid(1) == "04A1B2C3D4E5F6"
    card.take_away()


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_QUICKACK is Linux's")
def test_a_card_that_sends_in_two_parts_is_acknowledged_at_once(reader: vpcd.VpcdReader) -> None:
    """Its second part waits for our acknowledgement, which the system would hold back for 40 ms."""
    card = Card(reader.port)
    card.in_two = True
    begun = time.monotonic()
    for _ in range(40):
        reader.uid(5)
    assert time.monotonic() - begun < 1.6  # half of what the waits alone would take
    card.take_away()


def test_closing_twice_is_harmless(reader: vpcd.VpcdReader) -> None:
    reader.close()
    reader.close()


def heard_to_the_end(card: socket.socket, answers: dict[bytes, bytes]) -> list[bytes]:
    """A card that answers what it can and hears until the reader hangs up."""
    heard = []
    with card, card.makefile("rb") as stream:
        while head := stream.read(2):
            heard.append(stream.read(struct.unpack(">H", head)[0]))
            if (answer := answers.get(heard[-1])) is not None:
                card.sendall(struct.pack(">H", len(answer)) + answer)
    return heard


ANSWERS = {b"\x04": ATR, specimen.GET_UID: UID + b"\x90\x00", specimen.SELECT: b"\x90\x00"}


@pytest.mark.parametrize("silent_at", [specimen.GET_UID, specimen.READ, specimen.UPDATE])
def test_a_chip_that_falls_silent_is_hung_up_on_so_that_no_late_word_answers_the_next_question(
    reader: vpcd.VpcdReader, silent_at: bytes
) -> None:
    answers = {**ANSWERS, specimen.READ: bytes(63) + b"\x90\x00"}
    answers.pop(silent_at, None)
    card = socket.create_connection(("127.0.0.1", reader.port))
    card.settimeout(10)
    heard: list[bytes] = []
    thread = threading.Thread(target=lambda: heard.extend(heard_to_the_end(card, answers)))
    thread.start()
    with pytest.raises(OutcomeUnknown if silent_at == specimen.UPDATE else NeedsHands) as caught:
        reader.write_tag(UID.hex().upper(), Tag(bytes(16), bytes(32)), 0.2)
    assert caught.value.cause == "chip_dead"
    thread.join(10)
    assert not thread.is_alive()
    assert [said for said in heard if said.startswith(silent_at)] == [heard[-2]], "then only the goodbye"


def test_a_card_is_tagged_over_the_wire(reader: vpcd.VpcdReader) -> None:
    tag = Tag(bytes(range(16)), bytes(range(32)))
    record = specimen.pack(tag)
    answers = {**ANSWERS, specimen.READ: record + b"\x90\x00"}
    card = socket.create_connection(("127.0.0.1", reader.port))
    thread = threading.Thread(target=heard_to_the_end, args=(card, answers))
    thread.start()
    assert reader.write_tag(UID.hex().upper(), tag, 5)
    assert reader.read_tag(UID.hex().upper(), 5) == tag
    reader.close()
    thread.join(10)
