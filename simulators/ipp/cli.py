"""The commands `loket-sim paper` and `loket-sim spooler`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from simulators.cli import Address, Pace
from simulators.ipp import faults

DEFAULT = ("127.0.0.1", 0)


def _parser(known: dict[str, str]) -> Callable[..., tuple[Any, ...]]:
    def parse(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> tuple[Any, ...]:
        try:
            return tuple(faults.parse(text, known) for text in texts)
        except ValueError as wrong:
            raise click.BadParameter(str(wrong)) from wrong

    return parse


def _options(known: dict[str, str]) -> Callable[[Any], Any]:
    told = "; ".join(f"{name}@job=N: {meaning}" for name, meaning in known.items())
    options: list[Callable[[Any], Any]] = [
        click.option("--ipp", type=Address(), default=DEFAULT, help="Listen here; else a free port."),
        click.option("--truth", type=click.Path(path_type=Path, dir_okay=False), help="What happened."),
        click.option("--speed", type=Pace(), default=1.0, help="Simulated ms a real ms."),
        click.option("--seed", type=int, default=1, show_default=True, help="Names printer and blanks."),
        click.option("--fault", "faults", multiple=True, callback=_parser(known), help=told),
    ]  # fmt: skip

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.command()
@_options(faults.PAPER)
def paper(**told: Any) -> None:
    """A printer of A4 sheets that speaks IPP.

    Prints one JSON line when it is ready, then answers one line of hands with one line: {"load": 100},
    {"clear": true}, {"fault": "jam@job=2"}, {"look": true}.

    \b
    Example:
        loket-sim paper --ipp 127.0.0.1:8631 --truth sheets.jsonl --fault paper_empty@job=2
    """
    from simulators.ipp.process import PAPER, Setup

    _run(Setup(kind=PAPER, cards=None, **told))


@click.command()
@click.option("--cards", type=click.IntRange(0), default=100, show_default=True, help="Blanks loaded.")
@click.option("--name", default="card", show_default=True, help="The queue's name.")
@click.option("--both-sides", is_flag=True, help="The queue says that it prints both sides.")
@_options(faults.SPOOLER)
def spooler(cards: int, name: str, both_sides: bool, **told: Any) -> None:
    """A print queue as cupsd has them, with a card printer behind it that tells nothing.

    Hands as with `loket-sim paper`, and {"release": true} for held jobs, {"policy": "retry-job"},
    {"foreign": "NAME"} for somebody else's job.

    \b
    Example:
        loket-sim spooler --ipp 127.0.0.1:8631 --cards 20 --truth t.jsonl --fault restart@job=1,for=3000
    """
    from simulators.ipp import process

    _run(process.Setup(kind=process.spooler(name, both_sides=both_sides), cards=cards, **told))


def _run(setup: Any) -> None:
    from simulators.ipp.process import run

    asyncio.run(run(setup))
