"""Every accident a technician can order does what its meaning says."""

import pytest

from simulators.evolis.faults import CATALOGUE
from tests.unit.simulators.evolis.kit import (
    AT_EJECT,
    AT_PRINT,
    CLAIM,
    ask,
    bench,
    closing,
    counters,
    job,
    look,
    told,
)


@pytest.mark.parametrize(
    "text",
    [
        "feeder_empty@card=5",
        "ribbon_end@card=3,panel=c",
        "jam@card=2,panel=k",
        "cover_open@ms=12000,for=30000",
        "power_cut@card=4,panel=m",
        "unplug@bytes=1000000",
        "chip_dead@card=7",
        "double_feed@card=9",
        "counter_lag@card=2,for=800",
        "counter_lag@card=2,until=poll",
        "job_lost@card=2,panel=m",
        "counter_missing@card=2",
        "claim_stuck@card=1",
        "hopper_full@card=3",
        "feeder_fault@card=3",
        "reply_garbled@exchange=4",
    ],
)
def test_the_promised_spellings_are_read(text: str) -> None:
    fault = CATALOGUE.parse(text)
    assert f"{fault.name}@{fault.when}={fault.value}" == text.split(",")[0]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("explode@card=1", "no fault is called"),
        ("jam", "needs one of card"),
        ("jam@ms=5", "needs one of card"),
        ("jam@card=x", "whole number"),
        ("jam@card=1,panel=q", "no panel"),
        ("jam@card=1,at=noon", "no moment"),
        ("jam@card=1,colour=red", "does not know colour"),
        ("cover_open@ms=5,for=long", "whole number"),
        ("counter_lag@card=1,until=noon", "until is poll"),
    ],
)
def test_a_wrong_spelling_is_told_in_one_sentence(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        CATALOGUE.parse(text)


def test_the_feeder_runs_empty_before_the_card_and_says_so_at_once() -> None:
    printer = bench("feeder_empty@card=2")
    assert look(printer).warning == 0
    printer.exchange(job("k"))
    closing(printer)
    printer.sleep_ms(10_000)
    assert look(printer).warning == 0x01000000
    assert ask(printer, "Sic") == "NO CARD"
    printer.hand(load=0)
    assert ask(printer, "Sic") == "OK"


def test_a_feeder_that_slips_keeps_its_card() -> None:
    printer = bench("feeder_fault@card=1")
    before = counters(printer)
    assert ask(printer, "Sic") == "ERR FEEDER"
    assert look(printer).error == 0x08000000
    assert counters(printer) == before
    ask(printer, "Scs")
    assert ask(printer, "Sic") == "OK"


def test_two_blanks_stuck_together_are_counted_as_one_and_both_come_out() -> None:
    printer = bench("double_feed@card=1")
    before = counters(printer)
    ask(printer, "Sic")
    upper = printer.chip()
    printer.exchange(job("k"))
    printer.sleep_ms(10_000)
    assert counters(printer) == (before[0] + 1, before[1] + 1)
    out = printer.hand(look=True)["output"]
    assert [(card["blank"] == upper, card["panels"]) for card in out] == [(True, ["front k"]), (False, [])]
    assert [line["picture"] is None for line in printer.truth if line["event"] == "ejected"] == [False, True]


def test_two_blanks_may_be_seen_and_the_wrong_chip_may_answer() -> None:
    printer = bench("double_feed@card=1,seen=yes,chip=under")
    cards, _ = counters(printer)
    ask(printer, "Sic")
    assert counters(printer)[0] == cards + 2
    answered = printer.chip()
    printer.exchange(job("k"))
    printer.sleep_ms(10_000)
    out = printer.hand(look=True)["output"]
    assert [card["blank"] for card in out if not card["panels"]] == [answered]


def test_the_last_blank_has_no_other_to_stick_to() -> None:
    printer = bench("double_feed@card=1", cards=1)
    assert ask(printer, "Sic") == "OK"
    assert len(printer.hand(look=True)["inside"]) == 1


def test_a_dead_chip_is_silence_and_a_mute_one_is_there() -> None:
    printer = bench("chip_dead@card=1", "chip_mute@card=2")
    assert ask(printer, "Sic") == "OK"
    assert printer.chip() is None
    assert printer.printer.chip_there() is None
    assert not told(printer, "chip")
    ask(printer, "Ser")
    ask(printer, "Sic")
    there = printer.printer.chip_there()
    assert there is not None
    assert there[1]


def test_a_jam_on_the_way_in_lies_at_the_print_position_and_counts() -> None:
    printer = bench("jam@card=1,at=fed")
    cards, _ = counters(printer)
    assert ask(printer, "Sic") == "ERR MECHANICAL"
    assert AT_PRINT in look(printer)
    assert counters(printer)[0] == cards + 1
    assert [event for event, *_ in told(printer, "stuck")] == ["stuck"]


def test_a_stubborn_jam_needs_a_hand() -> None:
    printer = bench("jam@card=1,panel=k,hand=yes")
    printer.exchange(job("k"))
    printer.sleep_ms(10_000)
    assert ask(printer, "Ser") == "ERR MECHANICAL"
    (inside,) = printer.hand(look=True)["inside"]
    assert printer.hand(take=inside["blank"]) == {"taken": [inside["blank"]]}
    assert told(printer, "removed") == [("removed", inside["blank"], None, "inside")]
    ask(printer, "Scs")
    assert ask(printer, "Sic") == "OK"


def test_the_cover_opened_in_a_panel_spoils_it() -> None:
    printer = bench("cover_open@card=1,panel=m,for=30000")
    printer.exchange(job())
    printer.sleep_ms(10_000)
    seen = look(printer)
    assert (seen.error, seen.warning) == (0x02000000, 0x00020000)
    printer.sleep_ms(30_000)
    seen = look(printer)
    assert (seen.error, seen.warning) == (0x02000000, 0)
    assert printer.hand(look=True)["inside"][0]["half"] == "front m"


def test_the_cover_opened_by_the_clock_interrupts_whatever_moves() -> None:
    printer = bench("cover_open@ms=3000,for=1000")
    printer.exchange(job())
    printer.sleep_ms(20_000)
    assert look(printer).error == 0x02000000


def test_the_cover_opened_while_idle_is_only_a_warning() -> None:
    printer = bench("cover_open@ms=3000,for=1000")
    printer.sleep_ms(3_500)
    assert (look(printer).error, look(printer).warning) == (0, 0x00020000)
    printer.sleep_ms(1_000)
    assert look(printer).warning == 0


def test_a_hot_head_interrupts_and_cools() -> None:
    printer = bench("head_hot@card=1,panel=c,for=9000")
    printer.exchange(job())
    printer.sleep_ms(9_000)
    assert (look(printer).error, look(printer).warning) == (0x20000000, 0x00200000)
    printer.sleep_ms(9_000)
    assert look(printer).warning == 0


def test_counters_that_lag_tell_the_old_figures_for_a_while() -> None:
    printer = bench("counter_lag@card=1,for=800")
    before = counters(printer)
    printer.exchange(job("k"))
    printer.sleep_ms(4_700)
    assert told(printer, "ejected")
    assert counters(printer) == before
    printer.sleep_ms(800)
    assert counters(printer) == (before[0] + 1, before[1] + 1)


def test_counters_may_lag_until_they_have_been_asked_once() -> None:
    printer = bench("counter_lag@card=1,until=poll")
    before = counters(printer)
    printer.exchange(job("k"))
    printer.sleep_ms(600_000)
    assert int(ask(printer, "Rco;c")) == before[0]
    assert counters(printer) == (before[0] + 1, before[1] + 1)


def test_counters_may_lag_until_the_power_comes_back() -> None:
    printer = bench("counter_lag@card=1,until=power")
    before = counters(printer)
    printer.exchange(job("k"))
    printer.sleep_ms(600_000)
    assert [counters(printer), counters(printer)] == [before, before]
    printer.hand(power="cut")
    printer.sleep_ms(5_000)
    assert counters(printer) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("fault", ["job_lost@card=1,panel=m", "job_lost@card=1,at=eject"])
def test_a_job_may_be_forgotten_without_a_word(fault: str) -> None:
    printer = bench(fault)
    panels = counters(printer)[1]
    assert printer.exchange(job("ymk")).startswith(b"OK\0")
    printer.sleep_ms(60_000)
    closing(printer)
    seen = look(printer)
    assert (seen.error, CLAIM in seen, AT_PRINT in seen) == (0, False, True)
    assert not told(printer, "ejected")
    assert counters(printer)[1] == panels + len(told(printer, "panel"))
    ask(printer, "Ser")
    printer.exchange(job("k"))
    printer.sleep_ms(60_000)
    assert len(told(printer, "ejected")) == 1


def test_counters_may_not_answer_until_the_next_card() -> None:
    printer = bench("counter_missing@card=1")
    printer.exchange(job("k"))
    closing(printer)
    printer.sleep_ms(10_000)
    assert ask(printer, "Rco;c") == "ERR"
    ask(printer, "Sic")
    assert ask(printer, "Rco;c").isdecimal()


def test_a_claim_may_never_clear() -> None:
    printer = bench("claim_stuck@card=1")
    printer.exchange(job("k"))
    closing(printer)
    printer.sleep_ms(60_000)
    assert CLAIM in look(printer)
    assert told(printer, "ejected")


def test_a_full_reject_tray_holds_the_card_at_the_exit() -> None:
    printer = bench("reject_full@card=1")
    ask(printer, "Sic")
    assert ask(printer, "Ser") == "ERR REJECT"
    seen = look(printer)
    assert AT_EJECT in seen
    assert seen.warning == 0x08000000
    printer.hand(take="reject")
    assert ask(printer, "Ser") == "OK"


def test_a_garbled_reply_has_no_end_a_host_could_find() -> None:
    printer = bench("reply_garbled@exchange=3")
    assert b"\0" not in printer.exchange(b"\x1bRsn\r")[:4]
    assert ask(printer, "Rsn").startswith("SIM")


def test_the_same_seed_delivers_the_same_blanks_and_another_seed_others() -> None:
    def uids(seed: int) -> list[str]:
        printer = bench(seed=seed)
        for _ in range(3):
            ask(printer, "Sie")
        return [card["blank"] for card in printer.hand(look=True)["output"]]

    assert uids(5) == uids(5)
    assert not set(uids(5)) & set(uids(6))
    assert all(len(uid) == 14 and uid.startswith("04") for uid in uids(5))
