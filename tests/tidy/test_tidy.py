"""Style is a test: the README tells the truth, files fit a reader, every command shows an example."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("agent", "domain", "drivers", "hub", "simulators", "sync")
FILE_LINES_MAX, FUNCTION_LINES_MAX = 300, 40

SOURCES = sorted(p for room in (*ROOMS, "deploy", "tests") for p in (ROOT / room).rglob("*.py"))
README = (ROOT / "README.md").read_text("utf-8")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("source", SOURCES, ids=relative)
def test_every_file_fits_a_reader(source: Path) -> None:
    text = source.read_text("utf-8")
    assert len(text.splitlines()) <= FILE_LINES_MAX
    tree = ast.parse(text)
    if tree.body:
        assert ast.get_docstring(tree), "a file opens by saying what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= FUNCTION_LINES_MAX, f"{node.name} has {lines} lines"


def test_the_readme_s_map_names_the_folders_that_exist() -> None:
    told = set(re.findall(r"^    (\w+)/ ", README, re.M))
    real = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".") and tracked(p)}
    assert told == real


def tracked(folder: Path) -> bool:
    listed = subprocess.run(
        ["git", "ls-files", folder.name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return bool(listed.stdout)


def test_the_printed_diagram_of_job_states_is_fresh() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "agent.printing.states"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() in README


def commands(group: click.Command, path: tuple[str, ...]) -> list[tuple[str, click.Command]]:
    if not isinstance(group, click.Group):
        return [(" ".join(path), group)]
    context = click.Context(group)
    found = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    return [each for name, command in found if command for each in commands(command, (*path, name))]


ENTRIES = {"loket": "agent.cli", "loket-hub": "hub.cli", "loket-sim": "simulators.cli"}
COMMANDS = [
    each
    for script, module in ENTRIES.items()
    for each in commands(importlib.import_module(module).main, (script,))
]


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_shows_an_example(name: str, command: click.Command) -> None:
    assert command.help and "Example:" in command.help, name
    assert name in command.help, "the example is the command as it is typed"


def test_the_lock_names_no_registry_and_pins_every_hash() -> None:
    for lock in (ROOT / "deploy" / "lock").glob("*.txt"):
        text = lock.read_text("utf-8")
        assert "://" not in text
        pins = re.split(r"\n(?=[a-z])", text)
        assert all("--hash=sha256:" in pin for pin in pins if "==" in pin)


def test_an_office_pc_installs_neither_the_hub_s_nor_the_simulators_needs() -> None:
    station = (ROOT / "deploy" / "lock" / "station.txt").read_text("utf-8")
    for foreign in ("psycopg", "amqtt", "pytest", "evolis-sdk"):
        assert f"\n{foreign}==" not in station


def test_no_dependency_ships_a_module_of_our_name() -> None:
    owners = importlib.metadata.packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, ["loket"])) == {"loket"}


def test_no_source_names_a_person_s_machine() -> None:
    for source in SOURCES:
        if source != Path(__file__):
            assert not re.search(r"/(home|root|Users)/\w", source.read_text("utf-8")), source
