"""What ``make test`` runs: the same checks a person runs at the desk, then every test.

Tests that own a machine-wide resource carry the mark ``serial`` and run alone, after the rest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
NEVER = "not hardware and not long"

CHECKS: list[list[str]] = [
    [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    [str(BIN / "ruff"), "check", "--quiet", "."],
    [str(BIN / "mypy")],
    [str(BIN / "lint-imports"), "--no-cache"],
]


def pytest(*arguments: str) -> list[str]:
    """One run of pytest."""
    return [sys.executable, "-m", "pytest", "-q", *arguments]


def main() -> int:
    """Run everything, even after a failure, and say at the end what failed."""
    workers = str(1 + max(2, os.cpu_count() or 2))  # half of the time is waiting for other programs
    runs = [
        *CHECKS,
        pytest("-n", workers, "--dist", "worksteal", "-m", f"{NEVER} and not serial"),
        pytest("-m", f"{NEVER} and serial"),
    ]
    failed = []
    for run in runs:
        sys.stdout.write(f"\n$ {Path(run[0]).name} {' '.join(run[1:])}\n")
        sys.stdout.flush()
        if subprocess.run(run, check=False).returncode:
            failed.append(" ".join(run))
    for command in failed:
        sys.stdout.write(f"failed: {command}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
