"""What deploy/ says has to fit what the programs do."""

from __future__ import annotations

import re
from pathlib import Path

from agent.service import CARD_S

LINUX = Path(__file__).parents[2] / "deploy" / "linux"


def test_the_service_manager_waits_for_the_card_that_is_on_its_way() -> None:
    told = re.search(r"^TimeoutStopSec=(\d+)$", (LINUX / "loket.service").read_text(), re.MULTILINE)
    assert told is not None
    assert int(told[1]) >= CARD_S + 20, "the link, the page and the journal end after the card"
