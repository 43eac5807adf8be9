"""A policy's JSON: kept as told, and one sentence for whatever is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy import CHANNELS, DEFAULT, REASONS, Policy, Suket
from domain.policy_form import check, from_json, made, to_json
from domain.words import RefusedByRule

GOOD: dict[str, Any] = {"name": "no-suket", "from": "2020-03-02", "rules": {"suket": {"allowed": "never"}}}


def test_what_a_policy_does_not_tell_is_as_in_2020() -> None:
    found = from_json(GOOD)
    assert found == Policy("no-suket", "2020-03-02", suket=Suket(allowed="never"))
    assert found.kia_bands == DEFAULT.kia_bands
    assert to_json(found, whole=False) == GOOD


def test_the_rules_of_2020_are_a_policy_themselves() -> None:
    told = to_json(DEFAULT)
    assert from_json(told) == DEFAULT
    assert told["rules"]["suket"] == {
        "allowed": "urgent", "urgent_reasons": ["marriage"], "valid_months": 6,
        "void_needs_second": True,
    }  # fmt: skip
    assert to_json(DEFAULT, whole=False)["rules"] == {}


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ({"suket": {"allowed": "sometimes"}}, "suket.allowed"),
        ({"suket": {"valid_months": 0}}, "Suket.valid_months"),
        ({"suket": {"valid_months": True}}, "Suket.valid_months"),
        ({"suket": {"valid_months": 6.0}}, "Suket.valid_months"),
        ({"suket": {"vaild_months": 6}}, "'vaild_months' in suket"),
        ({"suket": "never"}, "Suket is no object"),
        ({"suket": {"void_needs_second": 1}}, "Suket.void_needs_second is neither"),
        ({"reasons": ["first_card"]}, "Reasons has to name each"),
        ({"reasons": [*REASONS, "friend_of_mine"]}, "Reasons may only name"),
        ({"reasons": [*REASONS, "first_card"]}, "Reasons names a word twice"),
        ({"announce_channels": [*CHANNELS, "radio"]}, "Announce_channels may only name"),
        ({"print_statuses": "PRR"}, "Print_statuses is no list"),
        ({"print_statuses": [""]}, "Print_statuses is no list"),
        ({"first_card_print_age": -1}, "First_card_print_age"),
        ({"recording_mode": "offline"}, "Recording_mode"),
        ({"kia_bands": {"photo_from": 18}}, "Kia_bands.photo_from"),
        ({"name": "other"}, "knows no rule 'name'"),
        ({"colour": "red"}, "knows no rule 'colour'"),
        ([], "Rules is no object"),
    ],
)
def test_a_bad_rule_is_refused_by_its_name(rules: Any, named: str) -> None:
    with pytest.raises(RefusedByRule) as refused:
        check({"name": "p", "from": "2020-05-12", "rules": rules})
    assert refused.value.word == "BAD_POLICY"
    assert named.lower() in refused.value.detail.lower()


def test_no_other_rules_bear_the_name_of_those_of_2020() -> None:
    assert made(DEFAULT.name, "2023-01-01", {}).effective == "2023-01-01"
    with pytest.raises(RefusedByRule, match="name of the rules"):
        made(DEFAULT.name, "2020-01-01", {"suket": {"allowed": "always"}})


@pytest.mark.parametrize("told", [None, [], "", {}, {"name": "a"}, GOOD | {"more": 1}])
def test_what_is_no_policy_at_all_is_refused(told: Any) -> None:
    with pytest.raises(RefusedByRule):
        from_json(told)


@pytest.mark.parametrize("name", ["", "a b", "../a", "a" * 65, None, 7])
@pytest.mark.parametrize("day", ["2020-05-12", "2020-02-30", "12-05-2020", "20200512", None, 20200512])
def test_a_policy_has_a_name_and_a_day(name: Any, day: Any) -> None:
    with pytest.raises(RefusedByRule):
        made(name, day, {})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_RULES = st.dictionaries(st.sampled_from(list(to_json(DEFAULT)["rules"])), _JSON, max_size=3)


@pytest.mark.attack
@given(_RULES)
def test_whatever_is_told_is_a_policy_or_refused_and_what_is_read_reads_the_same_again(
    rules: dict[str, Any],
) -> None:
    try:
        found = made("p", "2020-05-12", rules)
    except RefusedByRule as refused:
        assert refused.word == "BAD_POLICY"
    else:
        assert from_json(to_json(found)) == found
        assert from_json(to_json(found, whole=False)) == found
