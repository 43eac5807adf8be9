"""The Ethernet face: one connection, messages in order, three unanswered at most, and questions beside it."""

import pytest

from simulators.matica.bench import MemoryPrinter
from simulators.matica.ethernet import Session
from tests.unit.simulators.matica.kit import (
    ANSWER,
    BAD_COMMAND,
    BUSY,
    CARD_POSITION,
    EJECT,
    INK,
    LOAD_PRINT,
    PRINTING,
    READY,
    REJECT,
    STATUS,
    Host,
    ask,
    bench,
    card,
    counters,
    host,
    message,
    panel_payload,
    picture,
    replies,
    told,
)

COMMAND, PANEL = 0xF0000100, 0xF0000200


def session_of(printer: MemoryPrinter) -> Session:
    session = printer.face.session
    assert session is not None
    return session


def test_messages_are_answered_in_the_order_they_came() -> None:
    printer = bench()
    host(printer)
    said = [message(COMMAND, LOAD_PRINT, 5), message(COMMAND, 0x02020000, 6), message(COMMAND, STATUS, 7)]
    answers = replies(printer.exchange(b"".join(said)))
    assert [(each.sequence, each.error) for each in answers] == [(5, 0), (6, 0), (7, 0)]
    assert answers[1].payload[18:20] == b"\0\0"
    assert printer.now_ms() == 4000


def test_a_fourth_unanswered_message_is_not_read() -> None:
    printer = bench()
    host(printer)
    session = session_of(printer)
    for sequence in range(3):
        assert not session.blocked
        session.feed(message(COMMAND, LOAD_PRINT if sequence == 0 else STATUS, sequence))
    assert session.blocked
    session.feed(message(COMMAND, STATUS, 3))
    assert len(session._waiting) == 2
    printer.sleep_ms(4000)
    assert [each.sequence for each in replies(bytes(session.out))] == [0, 1, 2, 3]
    assert not session.blocked


def test_before_the_greeting_is_answered_nothing_is_read() -> None:
    printer = bench()
    printer.exchange()
    with pytest.raises(TimeoutError):
        printer.exchange(message(COMMAND, STATUS, 0), 5_000)
    with pytest.raises(TimeoutError):
        printer.exchange(ANSWER, 5_000)


def test_a_second_host_is_turned_away_without_a_word() -> None:
    printer = bench()
    host(printer)
    assert printer.face.open() is None
    printer.hang_up()
    other = printer.face.open()
    assert other is not None
    with pytest.raises(ConnectionRefusedError):
        printer.exchange()
    other.end()
    assert len(printer.exchange()) == 88


def test_a_connection_that_says_nothing_for_a_minute_is_closed() -> None:
    printer = bench()
    say = host(printer)
    printer.sleep_ms(59_000)
    assert say.status() == READY
    printer.sleep_ms(60_000)
    with pytest.raises(ConnectionResetError):
        say.status()


def test_a_host_that_never_answers_the_greeting_is_silent_too() -> None:
    printer = bench()
    printer.exchange()
    printer.sleep_ms(60_000)
    assert printer.face.session is None


def test_bytes_that_trickle_in_are_no_silence() -> None:
    printer = bench()
    host(printer)
    session = session_of(printer)
    whole = message(PANEL, 0, 9, panel_payload("k", INK["k"]))
    for byte in whole:
        session.feed(bytes((byte,)))
        printer.sleep_ms(50_000)
    assert printer.printer.planes == {"k": INK["k"]}


def test_a_motion_is_no_silence() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT)
    for letter in "ymck":
        say.say(0, PANEL, panel_payload(letter, INK[letter]))
    printer.sleep_ms(50_000)
    session_of(printer).feed(message(COMMAND, 0x0602000F, 99))
    printer.sleep_ms(13_000)
    assert not session_of(printer).ended


def test_when_the_host_goes_its_motion_ends_its_messages_and_planes_do_not() -> None:
    printer = bench()
    say = host(printer)
    say.say(0, PANEL, panel_payload("k", INK["k"]))
    session_of(printer).feed(message(COMMAND, LOAD_PRINT, 9) + message(COMMAND, EJECT, 10))
    printer.sleep_ms(1_000)
    printer.hang_up()
    say = Host(printer).connect()
    assert say.status() == BUSY
    printer.sleep_ms(60_000)
    assert say.printer.exchange()
    say = Host(printer).connect()
    assert (say.status(), say.at()) == (READY, 0)
    assert say.say(0x06020008).error == BAD_COMMAND
    assert told(printer, "ejected") == []


def test_the_printer_finishes_a_transfer_whose_host_died() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT)
    say.panels("ymck")
    with pytest.raises(TimeoutError):
        say.say(EJECT, timeout_ms=500)
    printer.hang_up()
    assert Host(printer).connect().status() == PRINTING
    printer.sleep_ms(20_000)
    assert printer.truth[-1]["picture"] == picture(*(f"front {p}" for p in "ymck"))


@pytest.mark.parametrize("words", [0, 1, 1_000_001, 0xFFFFFFFF])
def test_bytes_that_are_no_message_end_the_connection(words: int) -> None:
    printer = bench()
    host(printer)
    session = session_of(printer)
    session.feed(b"\xf0\0\1\0" + words.to_bytes(4, "big") + bytes(8))
    assert session.ended
    assert len(printer.exchange()) == 88


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\1\0\0\0",
        panel_payload("y", b"short"),
        panel_payload("y", b"x" * 12),
        b"\x10" + panel_payload("y", INK["y"])[1:],
    ],
)
def test_a_panel_that_is_no_plane_is_refused(payload: bytes) -> None:
    printer = bench()
    say = host(printer)
    assert say.say(0, PANEL, payload).error == BAD_COMMAND
    assert printer.printer.planes == {}


def test_an_unknown_message_is_refused() -> None:
    assert host(bench()).say(0, 0xF0000700).error == BAD_COMMAND


def test_questions_are_answered_beside_a_motion_and_without_a_connection() -> None:
    printer = bench()
    total = counters(printer)[0]
    host(printer)
    session_of(printer).feed(message(COMMAND, LOAD_PRINT, 1))
    printer.sleep_ms(3_000)
    assert counters(printer)[0] == total + 1
    assert printer.now_ms() == 3_000


def test_settings_are_not_taken_over_the_wire() -> None:
    printer = bench()
    (reply,) = replies(printer.exchange(message(0xF0000800, 0, 3, b"\x20\0\1\5")))
    assert (reply.error, reply.code) == (BAD_COMMAND, 0xF1000800)
    assert ask(printer, 0xF0000A00)[0x20] == b"\1"
    printer.hand(settings="0500020010000003")
    assert ask(printer, 0xF0000A00)[0x20] == b"\5"


@pytest.mark.parametrize(
    "raw", [b"", b"\xf0\0\6", message(0xF0000100, STATUS, 1), b"\xf0\0\6\0" + b"\xff" * 12]
)
def test_what_is_no_question_is_not_answered(raw: bytes) -> None:
    assert bench().face.ask(raw) is None


def test_a_garbled_reply_has_another_sequence() -> None:
    printer = bench("reply_garbled@exchange=3")
    host(printer)
    (reply,) = replies(printer.exchange(message(COMMAND, STATUS, 8)))
    assert reply.sequence != 8
    (reply,) = replies(printer.exchange(message(COMMAND, STATUS, 9)))
    assert reply.sequence == 9


def test_the_wire_pulled_in_a_panel_leaves_half_a_plane_nowhere() -> None:
    whole = message(PANEL, 0, 3, panel_payload("k", INK["k"]))
    printer = bench(f"unplug@bytes={144 + 16 + len(whole) - 3}")
    host(printer)
    with pytest.raises(ConnectionResetError):
        printer.exchange(whole)
    assert printer.printer.planes == {}
    printer.sleep_ms(5_000)
    card(host(printer))
    assert len(told(printer, "ejected")) == 1


def test_no_question_is_answered_when_nobody_is_there() -> None:
    printer = bench()
    printer.hand(fault="unplug@now,for=1000")
    with pytest.raises(ConnectionRefusedError):
        ask(printer)
    with pytest.raises(ConnectionRefusedError):
        printer.exchange()
    printer.sleep_ms(1_000)
    assert ask(printer)
    assert host(printer).say(REJECT).error == CARD_POSITION
