"""A certificate as two stations tell each other of it: four words, and nothing else gets through."""

from __future__ import annotations

from typing import Any

import pytest

from domain import certificates

GOOD = certificates.told("SPECIMEN-64.11-1-2020-00001", "marriage", "2020-05-12", "2020-11-12")


def test_what_is_told_is_read_and_nothing_beside_it() -> None:
    assert certificates.read(GOOD) == GOOD
    assert certificates.read({**GOOD, "name": "ARDANU"}) == GOOD


@pytest.mark.parametrize(
    "changed",
    [
        {"number": ""}, {"number": 7}, {"number": "a b"}, {"number": "n" * 65}, {"number": "\ud800"},
        {"reason": "Marriage!"}, {"reason": None}, {"issued_on": "20200512"}, {"issued_on": "2020-02-30"},
        {"valid_until": "2020-13-01"}, {"valid_until": "２０２０-05-12"}, {"valid_until": float("nan")},
    ],
)  # fmt: skip
def test_anything_else_is_no_certificate(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        certificates.read({**GOOD, **changed})


@pytest.mark.parametrize("body", [None, [], "x", {}, 7])
def test_what_is_no_object_is_none(body: object) -> None:
    with pytest.raises(ValueError):
        certificates.read(body)
