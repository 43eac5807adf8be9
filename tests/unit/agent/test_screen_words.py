"""Every word that can reach the clerk's screen is an Indonesian one: read from the code that makes the words.

Attention and rest are words in the code of a few files; each constant of them in capitals must be a headline.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from agent.printing import recovery
from agent.printing.states import State
from agent.status import headline
from agent.store import behind
from agent.web import words
from domain import duty
from drivers import evidence
from drivers.errors import CAUSES

ROOT = Path(__file__).parents[3]
ASKING = ("agent/status.py", "agent/stock/notices.py", "agent/keeping/report.py")
NO_ATTENTION = {"LANE_CLOSED"}  # the sentence that goes with UNSURE
CALLED = {"Decision", "Rest", "_unsure", "hold", "Judgement"}


def constants(path: str, pattern: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in found if isinstance(value, str) and re.fullmatch(pattern, value)}


def test_every_word_of_attention_has_a_headline_and_no_headline_is_of_nothing() -> None:
    asked = set().union(*(constants(path, "[A-Z][A-Z_]+") for path in ASKING)) - NO_ATTENTION
    assert len(asked) > 12
    assert set(words.HEADLINES) == asked | {"READY", behind.WORD}
    assert headline([]).word == "READY"


@pytest.mark.parametrize("word", sorted(words.HEADLINES))
def test_a_headline_takes_a_number_and_a_cause_and_says_both_lines(word: str) -> None:
    title, advice = (text.format(n="3", cause="Isi blangko.") for text in words.HEADLINES[word])
    assert title and advice.endswith(".")
    assert not re.search(r"[{}]|\bNone\b", title + advice)


def test_every_state_and_every_cause_has_a_word() -> None:
    assert set(words.STATES) == set(State)
    missing = (CAUSES | told_causes()) - set(words.CAUSES)
    assert missing == set()


def told_causes() -> set[str]:
    """What the agent itself gives as a cause: to be found in calls of the functions that take one."""
    found = {evidence.CLAIM_STUCK, evidence.CLAIM_NEVER_SEEN, evidence.BAD_BEFORE, evidence.NOTHING_SENT}
    found |= {recovery.CLAIMED, recovery.LAPSED, recovery.SPOOLED}
    for path in (ROOT / "agent").rglob("*.py"):
        found |= _given(ast.parse(path.read_text("utf-8")))
    return found | _given(ast.parse(Path(duty.__file__).read_text("utf-8")))


def _given(tree: ast.AST) -> set[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if _name(call.func) in CALLED]
    told = [arg.value for call in named for arg in call.args if isinstance(arg, ast.Constant)]
    told += [
        each.value.value
        for call in calls
        for each in call.keywords
        if each.arg == "cause" and isinstance(each.value, ast.Constant)
    ]
    return {word for word in told if isinstance(word, str) and re.fullmatch("[a-z_]+", word)} - {"evidence"}


def _name(called: ast.expr) -> str:
    return (
        called.attr
        if isinstance(called, ast.Attribute)
        else called.id
        if isinstance(called, ast.Name)
        else ""
    )


def test_the_scan_finds_what_it_is_for() -> None:
    assert {"day_full", "resting", "cooling", "no_answer", "nothing_fed", "card_inside"} <= told_causes()
