"""What holds whatever is done: the same card for every cut, no crash on noise, each card in one place."""

import struct
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.matica.bench import MemoryPrinter
from simulators.matica.ethernet import Session
from tests.unit.simulators.matica.kit import (
    ANSWER,
    EJECT,
    ENGAGE,
    FLIP,
    INK,
    LOAD_CHIP,
    LOAD_PRINT,
    REJECT,
    RELEASE,
    RETURN,
    STATUS,
    TO_EJECT,
    TO_PRINT,
    Usb,
    bench,
    block,
    message,
    panel_payload,
    replies,
    tiny,
)
from tests.unit.simulators.witnesses import Judge

COMMAND, PANEL = 0xF0000100, 0xF0000200
WORDS = [STATUS, LOAD_CHIP, ENGAGE, RELEASE, TO_PRINT]
PANELS = [message(PANEL, 0, 10, panel_payload(letter, INK[letter])) for letter in "ymck"]
AFTER = [message(COMMAND, word, 20) for word in (0x0602000F, EJECT)]
WHOLE = b"".join([ANSWER, *(message(COMMAND, word, 1) for word in WORDS), *PANELS, *AFTER])
OTHERS = (LOAD_PRINT, REJECT, TO_EJECT, RETURN, FLIP, 0x02020000, 0x04020000)
SAID = [*PANELS, *AFTER, *(message(COMMAND, word, 5) for word in (*WORDS, *OTHERS))]
HANDS = [
    {"load": 2}, {"cover": "open"}, {"cover": "closed"}, {"ribbon": "new"}, {"ribbon": "none"},
    {"film": "new"}, {"film": 0}, {"take": "output"}, {"power": "cut"}, {"power": "on"},
    {"fault": "unplug@now,for=900"},
    {"fault": "power_cut@now,for=700"}, {"fault": "cover_open@now,for=900"}, {"take": "reject"},
]  # fmt: skip
ACCIDENTS = [
    "jam@card=1,at=fed", "jam@card=2,panel=k", "jam@card=2,panel=k,hand=yes", "double_feed@card=1",
    "feeder_fault@card=2", "power_cut@card=1,panel=k,for=50", "power_cut@card=2,at=out", "unplug@bytes=400",
    "ribbon_end@card=1,panel=c", "film_end@card=1,panel=m", "feeder_empty@card=2,for=3000", "job_lost@card=1",
    "counter_lag@card=1", "counter_lag@card=2,until=poll", "reply_garbled@exchange=4", "head_hot@card=1",
    "power_cut@card=1,at=transfer", "jam@card=1,at=transfer", "cover_open@card=1,at=flip",
    "cover_open@ms=4000,for=2000", "power_cut@ms=9000",
]  # fmt: skip


def spoken(printer: MemoryPrinter) -> Session:
    session = printer.face.open()
    assert session is not None
    return session


@settings(max_examples=60)
@given(st.lists(st.integers(0, len(WHOLE)), max_size=25), st.integers(0, 2_000))
def test_any_cut_gives_the_same_card_and_the_same_answers(places: list[int], pause_ms: int) -> None:
    printers = bench(), bench()
    sessions = [spoken(printer) for printer in printers]
    sessions[0].feed(WHOLE)
    ends = sorted({*places, len(WHOLE)})
    for start, end in zip([0, *ends], ends, strict=False):
        sessions[1].feed(WHOLE[start:end])
        printers[1].sleep_ms(pause_ms)
        sessions[1].go_on()
    for printer, session in zip(printers, sessions, strict=True):
        for _ in range(10):
            printer.sleep_ms(10_000)
            session.go_on()
    told = [[{**line, "ms": 0} for line in printer.truth] for printer in printers]
    assert told[0] == told[1]
    assert told[0][-1]["event"] == "ejected"
    assert sessions[0].out == sessions[1].out
    assert len(replies(bytes(sessions[0].out))) == 1 + 1 + len(WORDS) + 4 + 2


@settings(max_examples=60)
@given(st.lists(st.integers(1, 7), max_size=6, unique=True))
def test_a_plane_in_any_pieces_is_the_same_plane(places: list[int]) -> None:
    usb = Usb(bench())
    usb.look()
    usb.printer.write(block(bytes((0x2A, 0, 0, 0, 0)) + struct.pack(">IB", 8, 0), 3, 8))
    ends = [*sorted(places), 8]
    for start, end in zip([0, *ends], ends, strict=False):
        usb.printer.write(INK["k"][start:end])
    assert usb.printer.read()[12] == 0
    assert usb.printer.printer.planes == {"k": INK["k"]}


@settings(max_examples=150)
@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(SAID)), max_size=12), st.booleans())
def test_noise_never_crashes_the_ethernet_face(pieces: list[bytes], greeted: bool) -> None:
    printer = bench(cards=4)
    session = spoken(printer)
    if greeted:
        session.feed(ANSWER)
    for piece in pieces:
        session.feed(piece)
        printer.sleep_ms(500)
        session.go_on()
        printer.face.ask(piece)
    printer.sleep_ms(200_000)
    session.go_on()


@settings(max_examples=150)
@given(st.lists(st.binary(max_size=16), max_size=12), st.booleans(), st.integers(0, 64))
def test_noise_never_crashes_the_usb_face(cdbs: list[bytes], inward: bool, length: int) -> None:
    printer = bench(cards=4)
    for cdb in cdbs:
        with suppress(OSError):
            printer.write(block(cdb, 1, length, inward))
            if length and not inward:
                printer.write(bytes(length))
            printer.read()
            printer.read(1_000)
        printer.pipes.reset(soft=True)


steps = st.lists(
    st.one_of(
        st.sampled_from(SAID).map(lambda raw: ("say", raw)),
        st.sampled_from(SAID).map(lambda raw: ("say and go", raw)),
        st.sampled_from(HANDS).map(lambda hand: ("hand", hand)),
        st.sampled_from([1, 700, 2_300, 9_000, 40_000, 150_000]).map(lambda ms: ("wait", ms)),
    ),
    max_size=30,
)


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.lists(st.sampled_from(ACCIDENTS), max_size=3))
def test_whatever_happens_each_card_is_in_one_place_and_counters_never_run_back(
    script: list[tuple[str, object]], accidents: list[str]
) -> None:
    printer = tiny(MemoryPrinter(cards=3, faults=accidents, witness=Judge()))
    before = [*printer.printer.counters]
    for what, value in script:
        if what == "wait" and isinstance(value, int):
            printer.sleep_ms(value)
        elif what == "hand" and isinstance(value, dict):
            assert "error" not in printer.hand(**value)
        elif isinstance(value, bytes):
            say(printer, value, hurried=what != "say")
        now = [*printer.printer.counters]
        assert all(new >= old for new, old in zip(now, before, strict=True))
        before = now
    where = printer.hand(look=True)
    cards = [each["blank"] for name in ("inside", "output", "reject", "hands") for each in where[name]]
    fed = [line["blank"] for line in printer.truth if line["event"] == "fed"]
    assert sorted(cards) == sorted(fed)
    ms = [line["ms"] for line in printer.truth]
    assert ms == sorted(ms)
    assert printer.printer.counters[2] - first_head(printer) == len(
        [line for line in printer.truth if line["event"] == "film"]
    )


def first_head(printer: MemoryPrinter) -> int:
    """The counter of panels as it came from the box."""
    return tiny(MemoryPrinter()).printer.counters[2]


def say(printer: MemoryPrinter, raw: bytes, *, hurried: bool) -> None:
    """One message from a host that connects when it has to; a hurried one does not wait for the end."""
    with suppress(OSError):
        if printer.face.session is None:
            printer.exchange()
            printer.exchange(ANSWER)
        printer.exchange(raw, 300 if hurried else 60_000)
        return
    if hurried:
        printer.hang_up()
