"""``loket``: the station's command line. Each command's work is told in its own file.

Whatever goes wrong becomes one clear sentence on standard error and a stable exit code: 0 done,
2 wrong usage, 3 attention needed, 4 a rule refused it (with ``{"refused": WORD}`` on standard
output), 5 unsafe set-up, 1 anything else.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from agent import failures
from agent.commands.common import prose, say
from agent.trouble import Trouble
from domain import people

if TYPE_CHECKING:
    from domain.words import RefusedByRule

TROUBLE, REFUSED, UNSAFE, STOPPED = 1, 4, 5, 130

# Where each command lives. Its file is loaded when it is named: the service carries none of the others.
COMMANDS: dict[str, tuple[str, ...]] = {
    "station": ("init", "run"),
    "show": ("status", "devices", "jobs", "journal", "audit", "export"),
    "work": ("print", "resolve", "cancel", "looked", "verify", "spoil", "lose"),
    "counter": ("ready", "hand-over", "withheld", "delivered"),
    "announce": ("announce",),
    "blanks": ("blanks",),
    "suket": ("suket",),
    "policy": ("policy",),
    "printer": ("printer",),
    "record": ("record", "recordings"),
    "recording_days": ("tickets", "outreach", "staff"),
    "bench": ("conformance",),
}
_FILES = {command: file for file, commands in COMMANDS.items() for command in commands}


class Station(click.Group):
    """The group whose commands are loaded when named, and whose failures are sentences and exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return sorted(_FILES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; its file is loaded now."""
        if cmd_name not in _FILES:
            return None
        file = vars(importlib.import_module(f"agent.commands.{_FILES[cmd_name]}"))
        return next(
            each for each in file.values() if isinstance(each, click.Command) and each.name == cmd_name
        )

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click itself would end without a word where nobody reads the answer."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise Trouble(failures.sentence(error)) from error

    def main(self, args: Sequence[str] | None = None, *_told: Any, **_more: Any) -> NoReturn:
        """Run one command and leave with its exit code."""
        failures.open_ends()
        try:
            sys.exit(super().main(args, prog_name="loket", standalone_mode=False) or 0)
        except click.exceptions.Exit as left:
            sys.exit(left.exit_code)
        except click.Abort:
            sys.exit(STOPPED)
        except click.ClickException as error:
            hidden = people.holds_nik(error.message)
            (click.ClickException("A NIK stands where none belongs.") if hidden else error).show()
            sys.exit(error.exit_code)
        except Exception as error:  # noqa: BLE001 - each has its sentence, and none may be a traceback
            sys.exit(_told_of(error))


@click.group(cls=Station, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="loket", prog_name="loket")
def main() -> None:
    """The counter's station: prints cards, keeps the journal, works for weeks without a link.

    \b
    Example:
        loket init --home /var/lib/loket --join 64.11-1.join
        loket run --home /var/lib/loket
    """


def _told_of(error: Exception) -> int:
    """Say what went wrong; the exit code."""
    from agent.store.sqlite import UnsafeSetup
    from domain.words import RefusedByRule

    if isinstance(error, RefusedByRule):
        try:
            say({"refused": error.word, **({"detail": error.detail} if error.detail else {})})
        except OSError:
            failures.nowhere()  # the sentence below says as much
        _in_both(error)
        return REFUSED
    prose(failures.sentence(error))
    return UNSAFE if isinstance(error, UnsafeSetup) else TROUBLE


def _in_both(refused: RefusedByRule) -> None:
    """The refusal, in Indonesian too where a clerk who records people may meet it."""
    from agent.recording.refused import told

    said = told(refused)
    prose(str(refused) if said is None else f"{said.id}\n  ({said.en})")


if __name__ == "__main__":
    main()
