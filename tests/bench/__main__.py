"""``make bench [BENCH=name]``: each benchmark prints one JSON line; a goal not met is said so.

``against`` says which limit or peer was measured in the same run, ``against_figure`` what it reached; a
peer that is only shown has neither goal nor ``holds``. Every figure of time is a ratio, on this machine;
bytes, memory and virtual time stand alone. A benchmark never decides a test.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path

KEYS = ("name", "figure", "unit", "against", "ratio", "goal", "holds")
ORDER = (
    "journal_append",
    "agent_weight",
    "card_cost",
    "print_pace",
    "crash_matrix",
    "drain_one_station",
    "hub_ingest",
    "seal_and_store",
    "finger_rates",
)


def names() -> list[str]:
    """Every benchmark there is, those of the goals first."""
    there = {module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])}
    benches = {name for name in there if not name.startswith("_") and name not in HELPERS}
    return [name for name in ORDER if name in benches] + sorted(benches - set(ORDER))


HELPERS = frozenset({"peers", "rig"})


def main(wanted: list[str]) -> int:
    """Run the benchmarks asked for, or all; 1 if one could not be measured, whatever the figures say."""
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        sys.stderr.write(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(names())}\n")
        return 2
    failed = 0
    for name in wanted or names():
        try:
            lines = importlib.import_module(f"tests.bench.{name}").run()
        except Exception as error:  # noqa: BLE001 - one that cannot run here must not hide the others
            sys.stderr.write(f"{name}: not measured: {error}\n")
            failed = 1
            continue
        for line in lines if isinstance(lines, list) else [lines]:
            if missing := [key for key in KEYS if key not in line]:
                sys.stderr.write(f"{name}: its line does not say {', '.join(missing)}\n")
                failed = 1
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
