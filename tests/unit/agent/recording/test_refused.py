"""Whatever a rule says to a clerk who records people is one sentence in both languages, with a next step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import agent
from agent.recording.refused import INDONESIAN, told
from domain.words import SENTENCES, RefusedByRule

AGENT = Path(agent.__file__).parent
TO_THE_PROVINCE = AGENT / "recording" / "answers.py"  # these words go into the journal, not to a clerk
SOURCES = [
    *(path for path in (AGENT / "recording").glob("*.py") if path != TO_THE_PROVINCE),
    *(AGENT / name for name in ("asking.py", "commands/record.py", "commands/recording_days.py")),
    AGENT / "store" / "behind.py",
]


def test_every_word_that_a_clerk_may_meet_is_in_the_table_and_no_other() -> None:
    said = [path.read_text("utf-8") for path in SOURCES]
    words = {word for text in said for word in re.findall(r'RefusedByRule\("([A-Z_]+)"', text)}
    words |= {word for text in said for word in re.findall(r'^WORD = "([A-Z_]+)"', text, re.MULTILINE)}
    assert "JOURNAL_BEHIND_HUB" in words
    assert set(INDONESIAN) == words <= set(SENTENCES)


@pytest.mark.parametrize("word", INDONESIAN)
def test_a_refusal_is_one_sentence_with_a_next_step(word: str) -> None:
    sentence = INDONESIAN[word]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert re.search(r"[;,:]", sentence), "what to do comes after what is wrong"
    assert sentence != SENTENCES[word]


def test_the_detail_stays_and_a_word_of_another_trade_is_told_as_it_is() -> None:
    said = told(RefusedByRule("BAD_DATE", "Within 31 days."))
    assert said is not None
    assert said.en == f"{SENTENCES['BAD_DATE']} Within 31 days."
    assert told(RefusedByRule("WRONG_BLANK")) is None
