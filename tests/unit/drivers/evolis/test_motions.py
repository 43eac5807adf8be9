"""Staging, rejecting, reserving and looking where they go wrong: nothing moves unseen, or twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card_printer import Snapshot
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Unreachable
from tests.unit.drivers.evolis.scripted import (
    AT_PRINT,
    CLAIM,
    OURS,
    RESET,
    STATION,
    Answer,
    Script,
    reply,
    script,
    text,
    usual,
)  # fmt: skip

BEFORE = Snapshot(1000, 5000, OURS, False, False, (), (), ())
GARBAGE = b"\xff\xfe no end"


# -- staging and rejecting


def staging(*polls: Answer, sic: list[Answer]) -> Script:
    """Three looks of ``reserve``, two of ``stage`` before it moves anything, then ``polls``."""
    return script(poll=[*[reply()] * 5, *polls], Sic=sic)


def stage(wire: Script) -> None:
    printer = wire.printer()
    printer.reserve(OURS)
    printer.stage()


def test_staging_moves_one_card() -> None:
    wire = staging(reply(), sic=[reply("OK", STATION)])
    stage(wire)
    assert wire.count("Sic") == 1


def test_a_card_at_the_station_is_left_there() -> None:
    wire = script(poll=[reply("", STATION)], Sic=[AssertionError("moved")])
    wire.printer().stage()


@pytest.mark.parametrize(("answer", "kind", "cause"), [
    (reply("NO CARD", warning=0x0100_0000), NeedsHands, "feeder_empty"),
    (reply("NO CARD"), NeedsHands, "feeder_empty"),
    (reply("ERR FEEDER", error=0x0800_0000), NeedsHands, "feeder_fault"),
    (reply("ERR COVER", warning=0x0002_0000), NeedsHands, "cover_open"),
    (reply("ERR MECHANICAL", AT_PRINT, error=0x0100_0000), OutcomeUnknown, "jam"),
    (reply("NO CARD", STATION), OutcomeUnknown, "feeder_empty"),
    (reply("OK"), OutcomeUnknown, "hardware"),
    (reply("OK", AT_PRINT), OutcomeUnknown, "hardware"),
    (reply("WHAT", STATION), OutcomeUnknown, "hardware"),
    (GARBAGE, OutcomeUnknown, "garbled_reply"),
    (OutcomeUnknown("link_lost"), OutcomeUnknown, "link_lost"),
    (Unreachable("unplugged"), Unreachable, "unplugged"),
])  # fmt: skip
def test_staging_needs_hands_only_while_nothing_has_moved(
    answer: Answer, kind: type[DeviceError], cause: str
) -> None:
    wire = staging(reply(), sic=[answer])
    with pytest.raises(kind) as caught:
        stage(wire)
    assert (type(caught.value), caught.value.cause, wire.count("Sic")) == (kind, cause, 1)


@pytest.mark.parametrize(("before", "after"), [("1000", "1001"), ("1000", "ERR"), ("ERR", "ERR")])
def test_a_card_between_two_sensors_is_told_by_the_counter_alone(before: str, after: str) -> None:
    wire = staging(reply(), sic=[reply("ERR COVER", warning=0x0002_0000)])
    wire.answers["Rco;c"] = [text(before), text(after)]
    with pytest.raises(OutcomeUnknown) as caught:
        stage(wire)
    assert caught.value.cause == "cover_open"


def test_silence_after_the_feed_is_an_unknown_outcome() -> None:
    wire = staging(Unreachable("no_answer"), sic=[b"OK\0"])
    with pytest.raises(OutcomeUnknown):
        stage(wire)


@pytest.mark.parametrize(("seen", "kind", "cause"), [
    (reply("", AT_PRINT), NeedsHands, "card_inside"),
    (reply("", warning=0x0100_0000), NeedsHands, "feeder_empty"),
    (reply("", error=0x0100_0000), NeedsHands, "jam"),
    (reply("", CLAIM), Unreachable, "busy"),
    (reply("", RESET), Unreachable, "printer_reset"),
    (reply("", session=0), Unreachable, "session_lost"),
    (reply("", session=9), Unreachable, "session_lost"),
])  # fmt: skip
def test_staging_looks_before_it_moves(seen: bytes, kind: type[DeviceError], cause: str) -> None:
    wire = script(poll=[reply(), reply(), reply(), seen], Sic=[AssertionError("moved")])
    with pytest.raises(kind) as caught:
        stage(wire)
    assert caught.value.cause == cause


def test_nothing_is_staged_without_a_reservation() -> None:
    wire = script(Sic=[AssertionError("moved")])
    with pytest.raises(Unreachable) as caught:
        wire.printer().stage()
    assert caught.value.cause == "session_lost"


def test_rejecting_nothing_moves_nothing() -> None:
    script(Ser=[AssertionError("moved")]).printer().reject()


@pytest.mark.parametrize(("answer", "kind", "cause"), [
    (reply("ERR COVER", AT_PRINT, warning=0x0002_0000), NeedsHands, "cover_open"),
    (reply("OK", AT_PRINT), OutcomeUnknown, "card_inside"),
    (GARBAGE, OutcomeUnknown, "garbled_reply"),
    (Unreachable("unplugged"), Unreachable, "unplugged"),
])  # fmt: skip
def test_a_card_that_stays_inside_is_told(answer: Answer, kind: type[DeviceError], cause: str) -> None:
    wire = script(poll=[reply("", AT_PRINT)], Ser=[answer])
    with pytest.raises(kind) as caught:
        wire.printer().reject()
    assert (caught.value.cause, wire.count("Ser")) == (cause, 1)


def test_a_card_is_not_rejected_from_under_a_running_job() -> None:
    wire = script(poll=[reply("", CLAIM | AT_PRINT)], Ser=[AssertionError("moved")])
    with pytest.raises(Unreachable):
        wire.printer().reject()
    wire = script(poll=[reply("", CLAIM | AT_PRINT, error=0x0100_0000)], Ser=[reply("OK")])
    wire.printer().reject()


# -- reserving and looking


def test_reserving_clears_the_marks_only_after_the_reservation_shows() -> None:
    wire = script(poll=[reply("", RESET, session=0), reply("", RESET), reply()])
    wire.printer().reserve(OURS)
    assert [name.split(";")[0] for name in wire.said] == ["", "Psid", "", "Scs", "Rem", "Pem", ""]


def test_a_reservation_may_take_a_moment_to_show() -> None:
    wire = script(poll=[reply(session=0), reply(session=0), reply()], Psid=[reply("OK", session=0)])
    wire.printer().reserve(OURS)
    assert wire.count("Scs") == 1


def test_a_status_that_came_with_a_reply_is_not_asked_for_again() -> None:
    wire = script(poll=[reply(session=0)], Psid=[reply("OK")], Scs=[reply("OK")], Pem=[reply("OK")])
    wire.printer().reserve(OURS)
    assert [name.split(";")[0] for name in wire.said] == ["", "Psid", "Scs", "Rem", "Pem"]


def test_another_hosts_reservation_is_left_alone() -> None:
    wire = script(poll=[reply(session=9)])
    printer = wire.printer()
    with pytest.raises(Unreachable) as caught:
        printer.reserve(OURS)
    assert caught.value.cause == "busy"
    printer.release()
    assert wire.said == [""]


def test_a_reservation_that_does_not_show_is_busy() -> None:
    wire = script(poll=[reply(session=0)])
    with pytest.raises(Unreachable) as caught:
        wire.printer().reserve(OURS)
    assert (caught.value.cause, wire.count("Scs")) == ("busy", 0)


def test_releasing_gives_back_the_error_mode_the_printer_was_saved_with() -> None:
    wire = script(Rem=[text("0;2")])
    printer = wire.printer()
    printer.reserve(OURS)
    printer.release()
    assert wire.raw[-2:] == [b"\x1bPem;2\r", b"\x1bPsid;0;45\r"]


def test_renewing_prolongs_and_clears_no_mark() -> None:
    wire = script(poll=[reply("", RESET, error=0x0100_0000)])
    printer = wire.printer()
    printer.renew(OURS)
    printer.renew(OURS)
    assert [name.split(";")[0] for name in wire.said] == ["", "Rem", "Psid", "", "Psid"]
    printer.release()
    assert wire.raw[-2:] == [b"\x1bPem;0\r", b"\x1bPsid;0;45\r"], (
        "an earlier life's reservation is ours to give"
    )


@pytest.mark.parametrize("session", [0, 9])
def test_a_reservation_that_is_gone_is_not_taken_back_by_renewing(session: int) -> None:
    wire = script(poll=[reply(session=session)])
    wire.printer().renew(OURS)
    assert wire.said == [""]


@pytest.mark.parametrize("session", [0, 1, 2, 65536])
def test_a_session_is_a_number_of_ours(session: int) -> None:
    with pytest.raises(ValueError, match="session"):
        script().printer().reserve(session)


def test_status_blocks_are_switched_on_where_somebody_switched_them_off() -> None:
    wire = script(poll=[b"\0", reply()])
    assert wire.printer().status().state == "ready"
    assert wire.count("Pps") == 1


@pytest.mark.parametrize(("error", "cause"), [
    (Unreachable("unplugged"), "unplugged"), (OutcomeUnknown("no_answer"), "no_answer"),
])  # fmt: skip
def test_a_printer_that_does_not_answer_is_offline(error: Exception, cause: str) -> None:
    told = script(poll=[error]).printer().status()
    assert (told.state, told.cause) == ("offline", cause)


def test_a_question_that_gets_lost_has_changed_nothing() -> None:
    for answer in (OutcomeUnknown("link_lost"), GARBAGE):
        with pytest.raises(Unreachable):
            script(cards=[answer]).printer().snapshot()


@settings(max_examples=300)
@given(
    st.lists(st.binary(max_size=40) | st.sampled_from([reply(), reply("OK", CLAIM)]), min_size=1, max_size=12)
)
def test_whatever_a_printer_says_only_our_errors_come_out(noise: list[bytes]) -> None:
    asked = ("", *usual(), "Rtp", "Rfv", "Rsn", "Rr", "Sic", "Ser")
    for act in ("identify", "snapshot", "status", "stage", "reject", "finish", "release"):
        wire = Script({name: [*noise] for name in asked})
        try:
            getattr(wire.printer(), act)()
        except DeviceError:
            continue


@pytest.mark.parametrize("said", ["", "ERROR CDE", "NO CARD"])
def test_a_printer_that_does_not_tell_its_serial_number_is_nobody(said: str) -> None:
    asked: dict[str, list[bytes | Exception]] = {
        "Rtp": [text("Primacy")],
        "Rfv": [text("1")],
        "Rr": [text("k")],
    }
    wire = Script(usual() | asked | {"Rsn": [text(said), text("0815")]})
    printer = wire.printer()
    with pytest.raises(Unreachable, match="garbled_reply"):
        printer.identify()
    assert printer.identify().serial == "0815"


def test_finishing_ends_a_claim_and_nothing_else() -> None:
    wire = script(poll=[reply("", CLAIM), reply("", CLAIM), reply()])
    wire.printer().finish()
    assert wire.count("Pcla") == 1
    wire = script()
    wire.printer().finish()
    assert wire.said == [""]


def test_closing_lets_go_of_the_wire() -> None:
    wire = script()
    wire.printer().close()
    assert wire.said == ["close"]
