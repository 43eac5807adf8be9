"""``loket``: the station's command line. Each command's work is told in its own file.

Whatever goes wrong becomes one clear sentence on standard error and a stable exit code: 0 done,
2 wrong usage, 3 attention needed, 4 a rule refused it (with ``{"refused": WORD}`` on standard
output), 5 unsafe set-up, 1 anything else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from agent.commands import bench, counter, show, station, work
from agent.commands.announce import announce
from agent.commands.blanks import blanks
from agent.commands.common import prose, say
from agent.commands.policy import policy
from agent.commands.printer import printer
from agent.commands.suket import suket

TROUBLE, REFUSED, UNSAFE, STOPPED = 1, 4, 5, 130


class Station(click.Group):
    """The group whose failures are sentences and exit codes."""

    def main(self, args: Sequence[str] | None = None, *_told: Any, **_more: Any) -> NoReturn:
        """Run one command and leave with its exit code."""
        try:
            sys.exit(super().main(args, prog_name="loket", standalone_mode=False) or 0)
        except click.exceptions.Exit as left:
            sys.exit(left.exit_code)
        except click.Abort:
            sys.exit(STOPPED)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except _known() as error:
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


for command in (
    *(station.init, station.run),
    *(show.status, show.devices, show.jobs, show.journal, show.audit, show.export),
    *(work.print_, work.resolve, work.cancel, work.looked, work.verify, work.spoil, work.lose, blanks),
    *(counter.ready, counter.hand_over, counter.withheld, counter.delivered, announce),
    *(suket, policy, printer, bench.conformance),
):
    main.add_command(command)


def _known() -> tuple[type[Exception], ...]:
    """What has a sentence for a person. Loaded only when something went wrong."""
    from agent.store.journal import DiskFull, JournalBroken
    from agent.store.sqlite import OtherSchema, UnsafeSetup
    from agent.trouble import Trouble
    from domain.words import RefusedByRule

    return Trouble, RefusedByRule, DiskFull, JournalBroken, OtherSchema, UnsafeSetup


def _told_of(error: Exception) -> int:
    """Say what went wrong; the exit code."""
    from agent.store.sqlite import UnsafeSetup
    from domain.words import RefusedByRule

    if isinstance(error, RefusedByRule):
        say({"refused": error.word, **({"detail": error.detail} if error.detail else {})})
    prose(str(error))
    if isinstance(error, RefusedByRule):
        return REFUSED
    return UNSAFE if isinstance(error, UnsafeSetup) else TROUBLE


if __name__ == "__main__":
    main()
