"""Every fault of the devices that record people is one clear sentence in both languages, with a next step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent.recording import words
from agent.recording.book import State
from agent.recording.sitting import GROUPS, INDEXES, Step
from domain.recording import Status
from drivers.errors import CAUSES
from drivers.sbi.codes import error_of
from drivers.sbi.verbs import Call

CARDS_AND_PAPER = {
    "feeder_empty", "feeder_fault", "ribbon_ended", "no_ribbon", "ribbon_unsupported", "cover_open",
    "jam", "hopper_full", "reject_full", "head_hot", "card_inside", "cleaning_needed", "no_chip",
    "chip_dead", "chip_changed", "counter_missing", "counter_mismatch", "printer_reset", "paper_empty",
    "paper_jam", "toner_empty", "output_full", "queue_stopped", "job_cancelled",
}  # fmt: skip
DRIVERS = Path(__file__).parents[4] / "drivers"
SOURCES = [path for family in ("sbi", "r30x", "topaz") for path in (DRIVERS / family).glob("*.py")]


def test_the_table_has_every_cause_that_is_not_a_printer_s() -> None:
    assert set(words.FAULTS) == CAUSES - CARDS_AND_PAPER


def test_no_driver_of_a_scanner_reader_or_pad_raises_any_other() -> None:
    assert SOURCES
    for path in SOURCES:
        quoted = set(re.findall(r'"([a-z_]+)"', path.read_text("utf-8")))
        assert not quoted & CARDS_AND_PAPER, path


@pytest.mark.parametrize("device", words.DEVICES)
@pytest.mark.parametrize("cause", words.FAULTS)
def test_a_fault_is_a_sentence_with_a_next_step_in_both_languages(device: str, cause: str) -> None:
    said = words.fault(device, cause)
    for text in said:
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text
        assert re.search(r"[;,:]| or | atau ", text), "what to do comes after what is wrong"
    assert said.id != said.en


def test_a_device_that_is_not_named_first_is_named_small() -> None:
    assert words.fault("pad", "garbled_reply").en.startswith("The answer of the signature pad")
    assert words.fault("pad", "unplugged").id.startswith("Papan tanda tangan")
    assert words.fault("scanner", "jam") == words.fault("scanner", "hardware")


def test_a_management_server_out_of_reach_is_no_cable() -> None:
    cause = error_of("104", Call.REGISTRATION).cause
    assert words.fault("scanner", cause).en.startswith("The scanner does not reach its management server;")
    assert "kabel" not in words.fault("scanner", cause).id


def test_every_step_with_a_press_has_its_prompt_and_every_index_its_name() -> None:
    assert set(GROUPS) | {Step.RECHECK, Step.SIGNATURE} == set(words.PROMPTS)
    assert set(words.PARTS) == set(INDEXES)


def test_the_clerk_s_guide_tells_what_to_do_at_every_answer_of_the_centre_and_every_state() -> None:
    guide = (DRIVERS.parent / "docs" / "petugas.md").read_text("utf-8")
    for word in (*Status, *State):
        started = word.startswith("ENROLL_FAILURE") or word is Status.UNREGISTERED  # nothing was recorded yet
        assert started or f"`{word}`" in guide, word


def test_all_sentences_are_there_twice_and_take_what_is_put_into_them() -> None:
    for said in (*words.SAID.values(), *words.PROMPTS.values()):
        assert said.id.count("{}") == said.en.count("{}")
        assert said.id
        assert said.en
