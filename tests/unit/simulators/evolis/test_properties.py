"""What holds whatever is done: the same card for every cut, no crash on noise, each card in one place."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.evolis.bench import MemoryPrinter
from simulators.evolis.face import Exchange
from tests.unit.simulators.evolis.kit import bench, job

WHOLE = job("ymcko", "k")
COMMANDS = [
    b"\x1bSic\r", b"\x1bSi\r", b"\x1bSer\r", b"\x1bSce\r", b"\x1bSie\r", b"\x1bScs\r", b"\x1bPcla;0\r",
    b"\x1bPcla;1\r", b"\x1bPem;0\r", b"\x1bPem;2\r", b"\x1bSs\r", b"\x1bSv\r", b"\x1bSe\r", b"\x1bSrs\r",
    b"\x1bDbc;k;2;3;abc\r", job("k"), job("ymcko", "k"), job("yo")[:-40], b"\x1bPsid;7;45\r", b"\x1bRco;c\r",
]  # fmt: skip
HANDS = [
    {"load": 2}, {"cover": "open"}, {"cover": "closed"}, {"ribbon": "new"}, {"ribbon": "none"},
    {"take": "output"}, {"power": "cut"}, {"power": "on"}, {"fault": "unplug@now,for=900"},
    {"fault": "power_cut@now,for=700"}, {"fault": "cover_open@now,for=900"}, {"take": "reject"},
]  # fmt: skip
ACCIDENTS = [
    "jam@card=1,at=fed", "jam@card=2,panel=k", "jam@card=2,panel=k,hand=yes", "double_feed@card=1",
    "feeder_fault@card=2", "power_cut@card=1,panel=k,for=50", "power_cut@card=2,at=out", "unplug@bytes=400",
    "ribbon_end@card=1,panel=o", "hopper_full@card=2", "reject_full@card=1", "feeder_empty@card=2,for=3000",
    "counter_lag@card=1", "claim_stuck@card=1", "reply_garbled@exchange=4", "head_hot@card=1",
    "cover_open@ms=4000,for=2000",
    "power_cut@ms=9000", "job_lost@card=1,panel=k", "job_lost@card=2,at=fed", "counter_lag@card=2,until=poll",
]  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.integers(0, len(WHOLE)), max_size=25), st.integers(0, 900))
def test_any_cut_gives_the_same_card_and_the_same_truth(places: list[int], pause_ms: int) -> None:
    whole, cut = bench(), bench()
    whole.exchange(WHOLE)
    whole.sleep_ms(90_000)
    ends = sorted({*places, len(WHOLE)})
    pieces = [WHOLE[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    exchange = cut.face.open()
    for piece in pieces:
        exchange.feed(piece)
        cut.sleep_ms(pause_ms)
        exchange.go_on()
    exchange.end()
    for _ in range(3):
        cut.sleep_ms(60_000)
        exchange.go_on()
    told = [[{**line, "ms": 0} for line in printer.truth] for printer in (whole, cut)]
    assert told[0] == told[1]
    assert str(exchange.reply()).startswith("b'OK\\x00")


@settings(max_examples=150)
@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(COMMANDS)), max_size=12))
def test_noise_never_crashes_the_face(pieces: list[bytes]) -> None:
    printer = bench(cards=4)
    exchange = printer.face.open()
    for piece in pieces:
        exchange.feed(piece)
        printer.sleep_ms(500)
    exchange.end()
    printer.sleep_ms(200_000)
    exchange.go_on()
    exchange.reply()


steps = st.lists(
    st.one_of(
        st.sampled_from(COMMANDS).map(lambda raw: ("say", raw)),
        st.sampled_from(COMMANDS).map(lambda raw: ("drop", raw)),
        st.sampled_from(HANDS).map(lambda hand: ("hand", hand)),
        st.sampled_from([1, 700, 2_300, 9_000, 40_000]).map(lambda ms: ("wait", ms)),
    ),
    max_size=25,
)


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.lists(st.sampled_from(ACCIDENTS), max_size=3))
def test_whatever_happens_each_card_is_in_one_place_and_counters_never_run_back(
    script: list[tuple[str, object]], accidents: list[str]
) -> None:
    printer = MemoryPrinter(cards=3, faults=accidents, witness=bench().witness.__class__())
    live: list[Exchange] = []
    before = (0, 0)
    for what, value in script:
        live = do(printer, live, what, value)
        now = (printer.printer.cards, printer.printer.panels)
        assert now >= before
        assert now[1] >= before[1]
        assert 0 <= printer.printer.bitmaps <= 5
        before = now
    where = printer.hand(look=True)
    cards = [card["blank"] for name in ("inside", "output", "reject", "hands") for card in where[name]]
    fed = [line["blank"] for line in printer.truth if line["event"] == "fed"]
    assert sorted(cards) == sorted(fed)
    ms = [line["ms"] for line in printer.truth]
    assert ms == sorted(ms)


def do(printer: MemoryPrinter, live: list[Exchange], what: str, value: object) -> list[Exchange]:
    """One step; wires die with the power, as real ones do."""
    up = printer.printer.powered and printer.printer.plugged
    if what == "wait" and isinstance(value, int):
        printer.sleep_ms(value)
    elif what == "hand" and isinstance(value, dict):
        printer.hand(**value)
    elif up and isinstance(value, bytes):
        exchange = printer.face.open()
        exchange.feed(value)
        if what == "drop":
            exchange.drop()
        else:
            exchange.end()
            live = [*live, exchange]
    if not (printer.printer.powered and printer.printer.plugged):
        for exchange in live:
            exchange.drop()
        live = []
    for exchange in live:
        exchange.go_on()
        if exchange.reply() is not None:
            live = [other for other in live if other is not exchange]
    return live
