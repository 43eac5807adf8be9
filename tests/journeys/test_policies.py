"""A policy from the province's command to two counters, one of them off line at first; all real programs."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

from tests.journeys.moving_rig import Office

RULES = {"suket": {"allowed": "always"}, "first_card_print_age": 16}
DAY = "2020-05-12"


def test_every_counter_follows_it_once_and_the_province_sees_that_it_does(tmp_path: Path) -> None:
    file = tmp_path / "may.json"
    file.write_text(json.dumps({"name": "may", "from": DAY, "rules": RULES}))
    with ExitStack() as stack:
        office = Office("embedded", tmp_path, stack)
        one, two = office.one, office.two
        two.line.kill()
        told = office.hub("policy", "publish", str(file), "--json")
        assert told == {"policy": "may", "from": DAY, "new": True}
        one.tells("policy_applied", "may")
        code, here = one.loket("policy", "--date", DAY, "--json")
        assert (code, here["name"], here["rules"]["suket"]["allowed"]) == (0, "may", "always")
        assert two.loket("policy", "--date", DAY, "--json")[1]["name"] == "rules-of-2020"
        office.restart()
        two.line.start()
        two.tells("policy_applied", "may")
        assert office.hub("policy", "publish", str(file), "--json")["new"] is False
        for station in (one, two):
            office.orders(station, 1)  # whatever the province still had to say came before this
            assert station.journal("may") == ["policy_applied"]
            station.delivered()
        shown = office.hub("policy", "show", "--date", DAY, "--json")
        before = office.hub("policy", "show", "--date", "2020-05-11", "--json")
    assert (shown["name"], before["name"]) == ("may", "rules-of-2020")
    assert [(each["station"], each["state"]) for each in shown["stations"]] == [
        *((one.name, "applied"), (two.name, "applied")),
    ]
