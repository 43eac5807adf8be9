"""``loket-hub``: the province's command line. Each command's work is told in its own file.

Whatever goes wrong becomes one clear sentence on standard error and a stable exit code: 0 done,
2 wrong usage, 3 attention needed, 4 a rule refused it (with ``{"refused": WORD}`` on standard
output), 5 unsafe set-up, 1 anything else.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

import click

from hub.commands import ask, province
from hub.commands.blanks import blanks
from hub.commands.common import prose, say
from hub.commands.journal import journal
from hub.commands.ledger import ledger
from hub.commands.orders import orders
from hub.commands.policy import policy
from hub.commands.recordings import recordings

TROUBLE, REFUSED, UNSAFE, STOPPED = 1, 4, 5, 130


class Province(click.Group):
    """The group whose failures are sentences and exit codes."""

    def main(self, args: Sequence[str] | None = None, *_told: Any, **_more: Any) -> NoReturn:
        """Run one command and leave with its exit code."""
        try:
            sys.exit(super().main(args, prog_name="loket-hub", standalone_mode=False) or 0)
        except click.exceptions.Exit as left:
            sys.exit(left.exit_code)
        except click.Abort:
            sys.exit(STOPPED)
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except _known() as error:
            sys.exit(_told_of(error))


@click.group(cls=Province, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="loket", prog_name="loket-hub")
def main() -> None:
    """The province: takes the stations' journals in, hands out orders, reports.

    \b
    Example:
        loket-hub init --home /var/lib/loket-hub
        loket-hub join-code 64.11 1 --home /var/lib/loket-hub
        loket-hub run --home /var/lib/loket-hub
    """


for command in (
    *(province.init, province.run, province.join_code, province.rebuild),
    *(blanks, ledger, orders, policy, recordings, ask.offices, ask.reconcile, ask.report, journal),
):
    main.add_command(command)


def _known() -> tuple[type[Exception], ...]:
    """What has a sentence for a person. Loaded only when something went wrong."""
    from domain.words import RefusedByRule
    from hub.database import DatabaseLost, DatabaseTrouble, DatabaseUnmade, UnsafeSetup
    from hub.home import Trouble

    return Trouble, RefusedByRule, DatabaseLost, DatabaseTrouble, DatabaseUnmade, UnsafeSetup, OSError


def _told_of(error: Exception) -> int:
    """Say what went wrong; the exit code."""
    from domain.words import RefusedByRule
    from hub.database import UnsafeSetup

    if isinstance(error, RefusedByRule):
        with suppress(OSError):  # the sentence says as much
            say({"refused": error.word, **({"detail": error.detail} if error.detail else {})})
        with suppress(OSError):
            prose(str(error))
        return REFUSED
    with suppress(OSError):  # nobody listens any more
        prose(_of_a_file(error) if isinstance(error, OSError) else str(error))
    return UNSAFE if isinstance(error, UnsafeSetup) else TROUBLE


def _of_a_file(error: OSError) -> str:
    """Which file it was, if the system tells, and what is wrong with it."""
    place = error.filename or "Standard output, or a file,"
    return f"{place} cannot be used: {error.strerror or error}."


if __name__ == "__main__":
    main()
