"""What the centre may say of a recording, and what of it may follow what: the whole table."""

from __future__ import annotations

import pytest

from domain.recording import CLARIFY, COME_AGAIN, MOVES, Status, follows, odd

TABLE = """
UNREGISTERED                BIO_CAPTURED
BIO_CAPTURED                PROCESSING
PROCESSING                  SENT_FOR_ENROLLMENT ENROLL_FAILURE_AT_REGIONAL
SENT_FOR_ENROLLMENT         RECEIVED_AT_CENTRAL ENROLL_FAILURE_AT_REGIONAL
RECEIVED_AT_CENTRAL         ENROLL_FAILURE_AT_CENTRAL SEARCH_FAILURE_AT_CENTRAL ADJUDICATE_RECORD \
                            DUPLICATE_RECORD PRINT_READY_RECORD
ENROLL_FAILURE_AT_REGIONAL
ENROLL_FAILURE_AT_CENTRAL
SEARCH_FAILURE_AT_CENTRAL   ENROLL_FAILURE_AT_CENTRAL ADJUDICATE_RECORD DUPLICATE_RECORD PRINT_READY_RECORD
ADJUDICATE_RECORD           ENROLL_FAILURE_AT_CENTRAL DUPLICATE_RECORD PRINT_READY_RECORD
DUPLICATE_RECORD
PRINT_READY_RECORD          SENT_FOR_CARD_PRINTING
SENT_FOR_CARD_PRINTING      CARD_PRINTED
CARD_PRINTED                CARD_SHIPPED CARD_ISSUED
CARD_SHIPPED                CARD_ISSUED
CARD_ISSUED
"""
"""Each status and what comes next; what the centre cannot search it searches again, and a person decides
where two records look like one."""
ENDS = {"ENROLL_FAILURE_AT_REGIONAL", "ENROLL_FAILURE_AT_CENTRAL", "DUPLICATE_RECORD", "CARD_ISSUED"}


def written() -> dict[str, set[str]]:
    rows = [line.split() for line in TABLE.strip().splitlines()]
    return {first: set(rest) for first, *rest in rows}


def reached(status: str) -> set[str]:
    found: set[str] = set()
    ahead = {status}
    while ahead := {after for each in ahead for after in written()[each]} - found:
        found |= ahead
    return found


def test_the_table_is_the_written_one_move_by_move() -> None:
    assert {str(each): {str(after) for after in moves} for each, moves in MOVES.items()} == written()
    assert {name for name, after in written().items() if not after} == ENDS


@pytest.mark.parametrize("before", Status)
def test_an_answer_follows_what_leads_to_it_in_one_move_or_in_several(before: Status) -> None:
    assert {str(after) for after in Status if follows(before, after)} == reached(before)
    assert {str(after) for after in Status if not odd(before, after)} == reached(before)


def test_what_nobody_told_before_is_of_somebody_unregistered_and_unknown_words_are_odd() -> None:
    assert not odd(None, "BIO_CAPTURED") and odd(None, "UNREGISTERED")
    assert odd("BIO_CAPTURED", "PACKET_RETRY") and odd("PACKET_RETRY", "PROCESSING")


def test_who_comes_again_and_whose_two_recordings_are_cleared_up() -> None:
    assert {str(each) for each in COME_AGAIN} == {"ENROLL_FAILURE_AT_REGIONAL", "ENROLL_FAILURE_AT_CENTRAL"}
    assert {str(each) for each in CLARIFY} == {"DUPLICATE_RECORD"}
