"""Commands outside a job, replies, the reservation."""

import pytest

from tests.unit.simulators.evolis.kit import RESET, ask, bench, job, look


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("Rtp", "Evolis Primacy 2"),
        ("Rtp;d", "Evolis Primacy 2"),
        ("Roem", "0"),
        ("Rr", "ymcko"),
        ("Rem;1", "2;0"),
        ("Rok", "OK"),
        ("Psmgr;1", "OK"),
        ("Psc;27;59;13", "OK"),
        ("Pem;x", "ERROR PARAM"),
        ("Psid;70000;45", "ERROR PARAM"),
        ("Rco;q", "ERROR PARAM"),
        ("Xyz", "ERROR CDE"),
        ("sic", "ERROR CDE"),
        ("P", "ERROR CDE"),
        ("Dm;1;HELLO", "ERROR CDE"),
        ("Ser", "NO CARD"),
    ],
)
def test_a_lone_command_is_answered(command: str, reply: str) -> None:
    assert ask(bench(), command) == reply


def test_it_says_that_it_is_simulated() -> None:
    printer = bench()
    assert ask(printer, "Rsn").startswith("SIM")
    assert ask(printer, "Rfv").startswith("SIM")


def test_one_exchange_has_one_reply_the_first_failure_if_there_is_one() -> None:
    printer = bench()
    assert printer.exchange(b"\x1bRsn\r\x1bXyz\r\x1bQqq;1\r\x1bRfv\r").split(b"\0")[0] == b"ERROR CDE"
    assert printer.exchange(b"\x1bRtp\r\x1bRok\r").split(b"\0")[0] == b"OK"


def test_what_is_no_command_is_not_answered() -> None:
    assert bench().exchange(b"\x1cn\0\0\0\0") == b""


def test_a_command_cut_off_by_the_end_is_thrown_away() -> None:
    assert bench().exchange(b"\x1bRok\r\x1bSic").split(b"\0")[0] == b"OK"


def test_the_status_block_can_be_switched_off() -> None:
    printer = bench()
    assert printer.exchange(b"\x1bPps;0\r\0") == b"OK\0"
    assert printer.exchange(b"") == b"\0"
    printer.exchange(b"\x1bPps;1\r\0")
    assert look(printer).config == 0x82782020


def test_the_status_as_text_says_the_same() -> None:
    printer = bench()
    seen = look(printer)
    assert ask(printer, "Rpst") == f"{seen.config:08X}{seen.info:08X}{seen.warning:08X}{seen.error:08X}"


@pytest.mark.parametrize(
    ("model", "config"), [("primacy2", 0x82782020), ("primacy", 0x80782020), ("zenius", 0x40482020)]
)
def test_each_model_says_what_it_has(model: str, config: int) -> None:
    assert look(bench(model=model)).config == config


def test_a_free_printer_is_reserved_and_the_reservation_lapses() -> None:
    printer = bench()
    assert ask(printer, "Psid;4711;45") == "OK"
    printer.sleep_ms(44_999)
    assert look(printer).session == 4711
    printer.sleep_ms(1)
    assert look(printer).session == 0


def test_another_id_changes_nothing_while_one_stands() -> None:
    printer = bench()
    ask(printer, "Psid;4711;45")
    assert ask(printer, "Psid;4712;180") == "OK"
    assert look(printer).session == 4711
    printer.sleep_ms(45_000)
    assert look(printer).session == 0


def test_the_printing_session_prolongs_the_one_that_stands() -> None:
    printer = bench()
    ask(printer, "Psid;4711;45")
    ask(printer, "Psid;2;180")
    printer.sleep_ms(179_999)
    assert look(printer).session == 4711
    ask(printer, "Psid;0;45")
    assert look(printer).session == 0
    ask(printer, "Psid;2;180")
    assert look(printer).session == 2


def test_a_session_lapses_by_the_hosts_clock_not_the_simulated_one() -> None:
    printer = bench()
    printer.printer.patience = 20.0
    ask(printer, "Psid;4711;45")
    printer.sleep_ms(45_000 * 20 - 1)
    assert look(printer).session == 4711


def test_status_and_counters_are_answered_while_a_card_is_printed() -> None:
    printer = bench()
    printer.exchange(job())
    start = printer.now_ms()
    assert ask(printer, "Rco;c").isdecimal()
    assert ask(printer, "Psid;9;45") == "OK"
    look(printer)
    assert printer.now_ms() == start


def test_a_motion_waits_for_the_job_to_end() -> None:
    printer = bench()
    printer.exchange(job("k"))
    start = printer.now_ms()
    assert ask(printer, "Sic") == "OK"
    assert printer.now_ms() - start == 4_700 + 2_800


def test_reset_is_cleared_by_scs_and_by_nothing_else() -> None:
    printer = bench()
    ask(printer, "Srs")
    printer.sleep_ms(10_000)
    assert RESET in look(printer)
    printer.exchange(job("k"))
    printer.sleep_ms(10_000)
    assert RESET in look(printer)
    ask(printer, "Scs")
    assert RESET not in look(printer)


def test_a_new_printer_has_a_past() -> None:
    assert int(ask(bench(seed=3), "Rco;p")) > 0
