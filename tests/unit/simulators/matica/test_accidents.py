"""Every accident a technician can order does what PROTOCOL.md §8.1 says, and shows in the truth."""

import pytest

from simulators.matica.faults import CATALOGUE
from tests.unit.simulators.matica.kit import (
    DOOR,
    EJECT,
    FLIP,
    LOAD_PRINT,
    POWER_LOST,
    READY,
    REJECT,
    RETURN,
    Host,
    bench,
    counters,
    host,
    picture,
    told,
)

JAM_HOPPER, JAM_TURN, JAM_TRANSFER, JAM_DISCHARGE = 0x39000, 0x39100, 0x39300, 0x39400
INK_OUT, FILM, HEAD_HOT, ROLLER_HOT = 0x3B200, 0x3A100, 0x2F400, 0x2C200
YMCK = 0x0602000F


def until_broken(say: Host, back: bool = False) -> int:
    """The code of the first motion of a card that does not end well."""
    for word in (LOAD_PRINT, YMCK, FLIP, 0x06020008, EJECT) if back else (LOAD_PRINT, YMCK, EJECT):
        if word in (YMCK, 0x06020008):
            for letter in "ymck":
                say.printer.printer.planes[letter] = letter.encode() * 8
        if code := say.say(word).error:
            return code
    return READY


@pytest.mark.parametrize(
    "text",
    [
        "feeder_empty@card=5", "ribbon_end@card=3,panel=c", "film_end@card=3,panel=y", "jam@card=2,panel=k",
        "cover_open@ms=12000,for=30000", "power_cut@card=4,panel=m", "power_cut@card=4,at=transfer",
        "unplug@bytes=1000000", "chip_dead@card=7", "chip_torn@card=7", "double_feed@card=9",
        "counter_lag@card=2,until=power", "job_lost@card=1", "reply_garbled@exchange=4",
    ],
)  # fmt: skip
def test_the_promised_spellings_are_read(text: str) -> None:
    assert CATALOGUE.parse(text).text == text


@pytest.mark.parametrize("text", ["claim_stuck@card=1", "jam@card=1,panel=o", "jam@card=1,at=noon"])
def test_what_this_family_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no "):
        CATALOGUE.parse(text)


@pytest.mark.parametrize(
    ("fault", "code", "at", "laid", "stands"),
    [
        ("jam@card=1,panel=m", JAM_TRANSFER, 0, 1, JAM_TRANSFER),
        ("jam@card=1,at=transfer", JAM_TRANSFER, 0, 4, JAM_TRANSFER),
        ("jam@card=1,at=fed", JAM_HOPPER, 0, 0, JAM_HOPPER),
        ("jam@card=1,at=eject", JAM_DISCHARGE, 5, 4, JAM_DISCHARGE),
        ("ribbon_end@card=1,panel=c", INK_OUT, 0, 2, INK_OUT),
        ("film_end@card=1,panel=k", FILM, 0, 3, FILM),
        ("head_hot@card=1,panel=y", HEAD_HOT, 0, 0, HEAD_HOT),
        ("head_hot@card=1,at=transfer", ROLLER_HOT, 0, 4, ROLLER_HOT),
        ("cover_open@card=1,panel=k", DOOR, 0, 3, DOOR),
        ("cover_open@card=1,at=fed", DOOR, 0, 0, DOOR),
    ],
)
def test_a_motion_broken_off_tells_its_code_and_what_it_had_done(
    fault: str, code: int, at: int, laid: int, stands: int
) -> None:
    printer = bench(fault)
    say = host(printer)
    total, head, errors = counters(printer)
    assert until_broken(say) == code
    assert (say.at(), say.status()) == (at, stands)
    assert counters(printer) == (total + 1, head + laid, errors + 1)
    assert len(told(printer, "film")) == laid
    assert told(printer, "ejected") == []
    printer.hand(ribbon="new")
    printer.hand(cover="closed")
    if stands not in (INK_OUT,):
        stays = {DOOR: POWER_LOST}.get(stands, stands)
        assert say.status() == stays
        assert say.say(EJECT).error == stays
    say.do(REJECT)
    assert told(printer, "rejected")
    printer.sleep_ms(61_000)
    say = host(printer)
    printer.hand(film="new")
    assert until_broken(say) == READY
    assert printer.truth[-1]["picture"] == picture(*(f"front {p}" for p in "ymck"))


def test_a_jam_in_the_turn() -> None:
    printer = bench("jam@card=1,at=flip")
    say = host(printer)
    assert until_broken(say, back=True) == JAM_TURN
    assert say.at() == 0
    assert len(told(printer, "panel")) == 4


def test_a_jam_at_the_very_exit_has_let_the_card_out() -> None:
    printer = bench("jam@card=1,at=out")
    say = host(printer)
    assert until_broken(say) == JAM_DISCHARGE
    assert (say.at(), say.status()) == (None, JAM_DISCHARGE)
    assert len(told(printer, "ejected")) == 1
    printer.hand(cover="open")
    printer.hand(cover="closed")
    assert say.status() == READY


def test_a_transfer_broken_off_has_spoiled_its_card() -> None:
    printer = bench("jam@card=1,at=transfer")
    say = host(printer)
    until_broken(say)
    assert [(event, panel) for event, _, panel, _ in told(printer, "stuck")] == [("stuck", "front film")]
    assert printer.hand(look=True)["inside"][0]["half"] == "front film"


def test_a_jam_is_told_as_it_happens() -> None:
    printer = bench("jam@card=1,panel=m")
    until_broken(host(printer))
    (uid,) = [line["blank"] for line in printer.truth if line["event"] == "fed"]
    assert told(printer, "stuck") == [("stuck", uid, None, "inside")]


def test_a_jam_that_holds_lets_nothing_out_until_the_door_was_opened() -> None:
    printer = bench("jam@card=1,at=fed,hand=yes")
    say = host(printer)
    until_broken(say)
    errors = counters(printer)[2]
    assert say.say(REJECT).error == JAM_HOPPER
    assert counters(printer)[2] == errors
    printer.hand(cover="open")
    assert say.status() == DOOR
    printer.hand(cover="closed")
    assert say.status() == JAM_HOPPER
    say.do(REJECT)
    assert say.status() == READY


def test_a_film_that_has_ended_has_to_be_changed() -> None:
    printer = bench("film_end@card=1,panel=m")
    say = host(printer)
    assert until_broken(say) == FILM
    say.do(REJECT)
    assert until_broken(say) == FILM
    assert len(told(printer, "fed")) == 1
    printer.hand(film="new")
    assert until_broken(say) == READY


def test_a_door_that_strikes_with_a_card_closes_by_itself() -> None:
    printer = bench("cover_open@card=1,panel=m,for=3000")
    say = host(printer)
    assert until_broken(say) == DOOR
    printer.sleep_ms(2_999)
    assert say.status() == DOOR
    printer.sleep_ms(1)
    assert say.status() == POWER_LOST


@pytest.mark.parametrize(("moment", "rejected"), [("eject", 0), ("out", 1)])
def test_a_card_on_its_way_to_the_reject_tray_can_be_struck_too(moment: str, rejected: int) -> None:
    printer = bench(f"jam@card=1,at={moment}")
    say = host(printer)
    say.do(LOAD_PRINT)
    assert say.say(REJECT).error == JAM_DISCHARGE
    assert len(told(printer, "rejected")) == rejected


def test_half_a_panel_stays_on_the_frame_and_marks_the_card_it_reaches() -> None:
    printer = bench("head_hot@card=1,panel=m,for=1000")
    say = host(printer)
    until_broken(say)
    printer.sleep_ms(1_000)
    assert say.status() == READY
    say.do(EJECT)
    assert printer.truth[-1]["picture"] == picture("front y")
    assert printer.hand(look=True)["output"][0]["half"] == "front m"


def test_heat_outlasts_a_reject() -> None:
    printer = bench("head_hot@card=1,panel=m")
    say = host(printer)
    until_broken(say)
    say.do(REJECT)
    assert say.status() == HEAD_HOT
    assert say.say(LOAD_PRINT).error == HEAD_HOT
    printer.sleep_ms(59_000)
    assert host(printer).status() == READY


def test_the_door_open_while_idle_is_no_fault() -> None:
    printer = bench()
    say = host(printer)
    say.do(LOAD_PRINT)
    errors = counters(printer)[2]
    printer.hand(cover="open")
    assert (say.status(), say.say(REJECT).error) == (DOOR, DOOR)
    printer.hand(cover="closed")
    assert (say.status(), counters(printer)[2]) == (READY, errors)


def test_the_door_opens_by_the_clock_and_closes_by_itself() -> None:
    printer = bench("cover_open@ms=5000,for=2000")
    say = host(printer)
    say.do(LOAD_PRINT)
    assert say.say(RETURN).error == DOOR
    assert printer.now_ms() == 5_000
    printer.sleep_ms(2_000)
    assert say.status() == POWER_LOST
    say.do(REJECT)


def test_a_door_opened_with_no_card_inside_leaves_nothing_wrong() -> None:
    printer = bench("cover_open@ms=1000,for=500")
    say = host(printer)
    assert say.say(LOAD_PRINT).error == DOOR
    printer.sleep_ms(500)
    assert (say.status(), say.at()) == (READY, None)


def test_a_job_may_be_lost_from_memory() -> None:
    printer = bench("job_lost@card=1")
    say = host(printer)
    errors = counters(printer)[2]
    assert until_broken(say) == 0x52000
    assert (say.status(), counters(printer)[2], told(printer, "film")) == (READY, errors, [])


def test_the_wire_pulled_ends_nothing_that_moves_and_begins_nothing_new() -> None:
    printer = bench("unplug@card=1,panel=m")
    say = host(printer)
    with pytest.raises(ConnectionResetError):
        until_broken(say)
    printer.sleep_ms(60_000)
    assert len(told(printer, "film")) == 4
    assert told(printer, "panel") == []
    say = host(printer)
    assert (say.status(), say.at()) == (READY, 0)
    say.do(REJECT)
    assert printer.truth[-1]["picture"] is None


def test_the_wires_are_told_of_the_plug_and_of_the_end_of_the_start_up() -> None:
    printer = bench()
    seen: list[tuple[int, bool]] = []
    printer.printer.watchers.append(lambda: seen.append((printer.now_ms(), printer.printer.there)))
    printer.hand(fault="unplug@now,for=900")
    printer.sleep_ms(1_000)
    printer.hand(power="cut")
    printer.sleep_ms(10_000)
    assert seen == [(0, False), (900, True), (1_000, False), (6_000, False), (11_000, True)]
