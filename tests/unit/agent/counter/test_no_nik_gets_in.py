"""Whatever a person may name or say in words of his own: a NIK is refused, not repeated, and not written."""

from __future__ import annotations

from typing import Any

import pytest

from agent.actions import ACTIONS
from agent.trouble import Trouble
from tests.unit.agent.counter.shelf import NIK, Shelf, refused
from tests.unit.agent.counter.test_two_people import certificate

TWO = {"by": "ani", "second": "budi"}
GIVE = {"job": "O-1-1", "read": "0401", "tag": "", "finger": "matched", "by": "ani"}
FAR = {**GIVE, "channel": "post", "exception": "far", "supervisor": "budi"}
LOSE = {"count": 1, "minutes": "BA-1", "reason": "gone", **TWO}
BURN = {"minutes": "BA-2", "witnesses": ["ani", "budi"]}
KTP = {"kind": "ktp"}
REASON = f"n{NIK}"
DOTTED = f"{NIK[:6]}--{NIK[6:]}"
WAYS: list[tuple[str, dict[str, Any]]] = [
    ("blanks-receive", {**KTP, "consignment": NIK, "count": 1}),
    ("blanks-receive", {**KTP, "consignment": DOTTED, "count": 1}),
    ("blanks-receive", {**KTP, "consignment": "K-1", "names": [NIK]}),
    ("blanks-send", {**KTP, "consignment": NIK, "count": 1, "to": "province"}),
    ("blanks-send", {**KTP, "consignment": "T-1", "names": [DOTTED], "to": "province"}),
    ("blanks-count", {**KTP, "names": [NIK], **TWO}),
    ("blanks-count", {**KTP, "count": 1, "by": NIK, "second": "budi"}),
    ("blanks-count", {**KTP, "count": 1, "by": "ani", "second": DOTTED}),
    ("blanks-spoil", {"blank": NIK, "reason": "bent"}),
    ("blanks-spoil", {"blank": "0405", "reason": REASON}),
    ("blanks-lose", {"blank": NIK, "reason": "gone"}),
    ("blanks-lose", {**LOSE, "minutes": NIK}),
    ("blanks-lose", {**LOSE, "reason": REASON}),
    ("blanks-void", {"card": NIK, "why": "worn"}),
    ("blanks-void", {"card": DOTTED, "why": "worn"}),
    ("blanks-void", {"card": "OLD-1", "why": NIK}),
    ("blanks-void", {"card": "OLD-1", "why": "worn", "job": NIK}),
    ("blanks-void", {"card": "OLD-1", "why": "worn", "by": NIK}),
    ("blanks-destroy", {**BURN, "minutes": NIK}),
    ("blanks-destroy", {**BURN, "witnesses": ["ani", NIK]}),
    ("blanks-destroy", {**BURN, "place": f"rumah {NIK}"}),
    ("blanks-destroy", {**BURN, "names": [NIK]}),
    ("looked", {"spoiled": [NIK]}),
    ("verify", {"job": "O-2-1", "card": "0402", "shelf": NIK}),
    ("hand-over", {**GIVE, "old": [f"card:{NIK}"]}),
    ("hand-over", {**GIVE, "old": [f"suket:{DOTTED}"]}),
    ("hand-over", {**GIVE, "receiver": NIK}),
    ("hand-over", {**FAR, "proof": NIK}),
    ("hand-over", {**FAR, "proof": "R-1", "exception": REASON}),
    ("hand-over", {**FAR, "proof": "R-1", "supervisor": NIK}),
    ("withheld", {"job": "O-3-1", "reason": REASON, "by": "ani", "supervisor": "budi"}),
    ("withheld", {"job": "O-3-1", "up": True, "by": NIK}),
    ("suket-confirm", {"number": "", "by": NIK}),
    ("suket-void", {"number": "", "reason": REASON, **TWO}),
    ("suket-issue", {"order": "O-9", "reason": REASON, "sha256": "ab" * 32}),
    ("announced", {"batch": NIK, "jobs": ["O-1-1"], "channels": ["web"]}),
]


@pytest.mark.attack
def test_no_way_lets_a_nik_in(shelf: Shelf) -> None:
    held = {name: shelf.printed(f"O-{name}") for name in (1, 2, 3)}
    shelf.verify(held[1])
    shelf.verify(held[3])
    assert refused(shelf, held[3], finger="mismatch") == "FINGER_MISMATCH"
    ACTIONS["blanks-void"](shelf.journal, shelf.config, {"card": "OLD-9", "why": "worn"})
    number, before = certificate(shelf, "O-9"), shelf.journal.head()
    for action, args in WAYS:
        told = {**args, **({"number": number} if "number" in args else {})}
        if "read" in args:
            told["read"] = shelf.blank(held[1])
        with pytest.raises(Trouble) as caught:
            ACTIONS[action](shelf.journal, shelf.config, told)
        assert NIK not in str(caught.value) and DOTTED not in str(caught.value), action
        assert shelf.journal.head() == before, (action, args)
