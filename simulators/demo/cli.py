"""`loket-sim demo`: one scaled province day, played and reconciled.

Progress and the table go to standard error; the last line of standard output is the JSON summary. Exit code 0
only if the day reconciles, 3 if it does not, 1 if it could not be played to its end.
"""

import asyncio
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from simulators.broker import find
from simulators.cli import Pace
from simulators.demo.day import Day
from simulators.demo.play import Options, keep_running, play
from simulators.demo.programs import Stuck
from simulators.demo.world import PRINTERS_MAX, World, world

TELL_EVERY_S = 2.0


class Teller:
    """One line of progress: rewritten on a terminal, told now and then elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._told_at = 0.0

    def say(self, line: str) -> None:
        """Something new."""
        if self._live:
            click.echo(f"\r\x1b[K{line[:110]}", err=True, nl=False)
        elif time.monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = time.monotonic()
            click.echo(line, err=True)

    def end(self) -> None:
        """The next line begins a line."""
        if self._live:
            click.echo("", err=True)


@click.command()
@click.option("--orders", default=120, show_default=True, type=click.IntRange(20), help="Cards of the day.")
@click.option("--stations", default=14, show_default=True, type=click.IntRange(10, PRINTERS_MAX))
@click.option("--seed", default=1, show_default=True, help="The same seed, the same people and accidents.")
@click.option(
    "--speed",
    default=20.0,
    show_default=True,
    type=Pace(),
    help="Simulated ms a real ms, in printers and links.",
)
@click.option(
    "--home", type=click.Path(file_okay=False, path_type=Path), help="Kept; else a place that goes."
)
@click.option(
    "--broker-program", default="auto", show_default=True, help="auto, embedded, or Mosquitto's path."
)
@click.option(
    "--recordings", default=3, show_default=True, type=click.IntRange(0, 100), help="People to record."
)
@click.option("--keep-running", is_flag=True, help="Leave the world running and say where its screens are.")
@click.option("--full", is_flag=True, help="All 103,068 cards on 53 printers; takes long.")
def demo(home: Path | None, full: bool, orders: int, stations: int, **told: object) -> None:
    """The province of 12 May 2020, scaled: printers, power cuts, bad links, and a reconciliation at the end.

    \b
    Example:
        loket-sim demo --orders 120 --seed 1
    """
    try:
        scaled = world(103_068, PRINTERS_MAX) if full else world(orders, stations)
        find(str(told["broker_program"]))
    except (ValueError, FileNotFoundError) as wrong:
        raise click.UsageError(f"this day cannot be: {wrong}") from wrong
    with contextlib.ExitStack() as stack:
        if home is None:
            home = Path(tempfile.mkdtemp(prefix="loket-demo-"))
            stack.callback(shutil.rmtree, home, ignore_errors=True)
        home.mkdir(parents=True, exist_ok=True)
        options = Options(home.resolve(), **told)  # type: ignore[arg-type]
        sys.exit(asyncio.run(_run(scaled, options)))


async def _run(scaled: World, options: Options) -> int:
    """Plays; whatever happens, every program is ended. Ctrl-C and SIGTERM are an orderly end."""
    teller = Teller()
    day = Day(scaled, options.home, options.seed, options.speed, teller.say, options.recordings)
    playing = asyncio.create_task(_play(day, options, teller))
    _on_signals(playing.cancel)
    try:
        return await playing
    except asyncio.CancelledError:
        teller.end()
        click.echo("stopped", err=True)
        return 1
    except Stuck as stuck:
        teller.end()
        click.echo(f"the day came to no end: {stuck}", err=True)
        return 1
    finally:
        await day.close()


async def _play(day: Day, options: Options, teller: Teller) -> int:
    if options.keep_running:
        await keep_running(day, options, click.echo)
    summary, lines = await play(day, options)
    teller.end()
    for line in [*lines, *summary.why]:
        click.echo(line, err=True)
    click.echo(json.dumps(summary.to_json()))
    return 3 if summary.why else 0


def _on_signals(stop: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt does it
            loop.add_signal_handler(number, stop)
