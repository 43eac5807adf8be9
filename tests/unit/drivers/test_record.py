"""The record of a run: whole, countable, and a changed line shows."""

import json

import pytest

from drivers.conformance import card_printer, chip, families, finger_reader, record, signature_pad

ADDRESS = "matica+tcp://192.0.2.9"

RESULTS = [
    {"name": "identity", "result": "passed", "detail": "XID8600, serial SIM00001, firmware SIM1.00"},
    {"name": "simplex", "result": "failed", "detail": "judged unsure: jam | or so"},
    {"name": "jam_told", "result": "skipped", "detail": "needs hands:\nHold the next card back."},
]
DEVICE = {"device": "card printer", "model": "XID8600", "serial": "SIM00001"}


def made(results: list[dict[str, str]]) -> dict[str, object]:
    versions = {"loket": "0.1.0"}
    at = "2026-11-22T07:00:00+00:00"
    return record.make("matica+tcp://192.0.2.9", DEVICE, results, families.asks(ADDRESS), at, versions)


def test_a_record_counts_its_results_and_says_what_each_check_asks() -> None:
    told = made(RESULTS)
    assert told["counts"] == {"passed": 1, "failed": 1, "skipped": 1}
    assert isinstance(told["checks"], list)
    assert [check["asks"] for check in told["checks"]] == [
        "It says who it is.",
        "One side: judged printed, one card and the job's panels more.",
        "So does a jam.",
    ]


def test_a_changed_line_shows() -> None:
    told = json.loads(record.as_json(made(RESULTS)))
    assert record.digest(told) == told["sha256"]
    told["checks"][1]["result"] = "passed"
    assert record.digest(told) != told["sha256"]


def test_the_page_holds_every_check_in_a_table_that_nothing_breaks() -> None:
    told = made(RESULTS)
    page = record.as_markdown(told).splitlines()
    rows = [line for line in page if line.startswith(("| passed", "| failed", "| skipped"))]
    assert [row.count("|") for row in rows] == [5, 5, 5]
    assert page[0] == "# Device conformance: FAILED"
    assert any(str(told["sha256"]) in line for line in page)
    assert any(line.startswith("Name, date, signature") for line in page)
    assert record.as_markdown(made(RESULTS[:1])).startswith("# Device conformance: passed\n")


@pytest.mark.parametrize(("address", "checks"), [
    (ADDRESS, card_printer.CHECKS), ("vpcd://192.0.2.9", chip.CHECKS),
    ("r30x+tcp://192.0.2.9:4001", finger_reader.CHECKS), ("topaz+tcp://192.0.2.9:4001", signature_pad.CHECKS),
])  # fmt: skip
def test_every_check_of_a_family_says_what_it_asks(address: str, checks: dict[str, object]) -> None:
    asks = families.asks(address)
    assert set(checks) == set(asks)
    assert all(text.endswith(".") for text in asks.values())
