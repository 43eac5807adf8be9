"""Real programs that tests are held against: found, or the test skips by their name.

With ``CI`` set no package may be missing: there a skip would hide a hole, so it fails instead.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def program(name: str, package: str) -> str:
    """The path of a real program; skips the test by name where it is absent, fails it in CI."""
    places = [shutil.which(name), shutil.which(name, path="/usr/sbin:/sbin")]
    places += sorted((str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)
    where = next((place for place in places if place), None)
    if where is None:
        absent(f"{name} (package {package})")
    return where


def library(module: str, package: str) -> None:
    """Go on only with a library that may be missing here; as `program`."""
    if importlib.util.find_spec(module) is None:
        absent(f"{module} (package {package})")


def absent(what: str) -> NoReturn:
    """Skip the running test because a package is missing; in CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"missing in CI: {what}")
    pytest.skip(f"missing: {what}")


def right(what: str) -> NoReturn:
    """Skip the running test because this machine withholds a kernel right (fuse, netns)."""
    pytest.skip(f"kernel right not given: {what}")
