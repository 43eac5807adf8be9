"""The record of one run of the checks, which a technician or a maker can keep. Pure.

A record is a plain document; ``sha256`` in it is over everything else, so that a changed line shows. It does
not tell who made the record: that is what the page's line for a name is for. Nothing in it is of a person.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

RESULTS = ("passed", "failed", "skipped")


def make(
    address: str,
    device: Mapping[str, str],
    results: Sequence[Mapping[str, str]],
    asks: Mapping[str, str],
    at: str,
    versions: Mapping[str, str],
) -> dict[str, Any]:
    """One record.

    ``device``: what it says of itself. ``asks``: each check's question by its name. ``at``: the time of the
    run's end, ISO 8601. ``versions``: of the programs that took part.
    """
    checks = [{**result, "asks": asks.get(result["name"], "")} for result in results]
    record: dict[str, Any] = {
        "kind": "device conformance",
        "at": at,
        "address": address,
        "device": dict(device),
        "versions": dict(versions),
        "checks": checks,
        "counts": {word: sum(check["result"] == word for check in checks) for word in RESULTS},
    }
    return {**record, "sha256": digest(record)}


def digest(record: Mapping[str, Any]) -> str:
    """SHA-256 over the record without its own ``sha256``, as JSON with sorted keys and no spaces."""
    rest = {name: value for name, value in record.items() if name != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def as_json(record: Mapping[str, Any]) -> str:
    """The record as a file."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def as_markdown(record: Mapping[str, Any]) -> str:
    """The record as a page."""
    told = {"address": record["address"], **record["device"], **record["versions"]}
    counts = ", ".join(f"{number} {word}" for word, number in record["counts"].items())
    return "\n".join([
        f"# Device conformance: {'FAILED' if record['counts']['failed'] else 'passed'}",
        "",
        f"{record['at']}: {counts}. What was skipped was not tried.",
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {_cell(value)} |" for name, value in told.items()),
        "",
        "| result | check | asks | detail |",
        "|---|---|---|---|",
        *(
            f"| {each['result']} | `{each['name']}` | {_cell(each['asks'])} | {_cell(each['detail'])} |"
            for each in record["checks"]
        ),
        "",
        f"SHA-256 of this record (`sha256`): `{record['sha256']}`",
        "",
        "Name, date, signature: ______________________________",
        "",
    ])  # fmt: skip


def _cell(text: str) -> str:
    """Text that breaks no table."""
    return " ".join(text.replace("|", "/").split()) or "-"
