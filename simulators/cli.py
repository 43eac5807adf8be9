"""The technician's bench: every device, link and accident as a command.

The commands of other areas are imported only when they are used, so that `loket-sim printer` stays light.
"""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from simulators.places import place
from simulators.saying import forget

LAZY = {
    "people": ("simulators.people.cli", "people"),
    "link": ("simulators.link", "link"),
    "demo": ("simulators.demo.cli", "demo"),
    "sbi": ("simulators.sbi.cli", "sbi"),
    "paper": ("simulators.ipp.cli", "paper"),
    "spooler": ("simulators.ipp.cli", "spooler"),
    "reader": ("simulators.r30x.cli", "reader"),
    "pad": ("simulators.topaz.cli", "pad"),
}
MAKES = {
    "evolis": (("primacy2", "primacy", "zenius"), ("ymcko", "ymckok", "ko", "k")),
    "matica": (("xid580", "xid8600"), ("ymck", "ymckk", "ymcku")),
}
"""Models and ribbons of each make; the first of each is what one gets without asking."""
SLOWEST, FASTEST = 0.01, 10_000


class _Bench(click.Group):
    """A group that finds the commands of other areas when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Ours and the lazy ones."""
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports on first use."""
        if cmd_name not in LAZY:
            return super().get_command(ctx, cmd_name)
        module, name = LAZY[cmd_name]
        command: click.Command = vars(importlib.import_module(module))[name]
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; what the system refuses is one sentence and exit code 1."""
        if sys.stdout is None:
            raise click.ClickException("there is nowhere to write to: standard output is closed")
        try:
            return super().invoke(ctx)
        except OSError as wrong:
            forget()
            told = wrong.strerror or str(wrong)
            where = f": {wrong.filename}" if wrong.filename else ""
            raise click.ClickException(f"`{ctx.invoked_subcommand}` cannot go on: {told}{where}") from wrong


@click.group(cls=_Bench)
def main() -> None:
    """Devices, links and accidents as numbers, on the real wires.

    \b
    Example:
        loket-sim printer --tcp 127.0.0.1:9100 --cards 20 --speed 20
    """


class Address(click.ParamType[tuple[str, int]]):
    """``HOST:PORT``; without a host it is loopback, port 0 takes a free one."""

    name = "HOST:PORT"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """A (host, port) pair, or a usage error in one sentence."""
        if isinstance(value, tuple):
            return value
        try:
            return place(str(value), "127.0.0.1")
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


class Pace(click.ParamType[float]):
    """Simulated ms a real ms."""

    name = "FLOAT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, or a usage error in one sentence; NaN is none."""
        try:
            pace = float(value)
        except ValueError:
            pace = math.nan
        if not SLOWEST <= pace <= FASTEST:
            self.fail(f"{value!r} is no pace from {SLOWEST} to {FASTEST}", param, ctx)
        return pace


class PortName(click.ParamType[Path]):
    """The name of a serial port to make: what is free, or a link that may give way."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Its absolute path, or a usage error in one sentence. A link is not followed."""
        told = Path(value)
        link = told.parent.resolve() / told.name
        if link.exists() and not link.is_symlink():
            self.fail(f"{str(value)!r} is there already, and is no link: it is left alone", param, ctx)
        if not link.parent.is_dir():
            self.fail(f"there is no folder {str(link.parent)!r} to make a port in", param, ctx)
        return link


class Accident(click.ParamType[Any]):
    """``NAME@WHEN``, read by ``parse`` of whichever device it is for."""

    name = "NAME@WHEN"

    def __init__(self, parse: Callable[[str], object]) -> None:
        self._parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """A fault, or a usage error in the sentence of ``parse``."""
        try:
            return self._parse(str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


def _of(make: str, module: str, name: str) -> Any:
    """The room of one make is entered only when it is asked for."""
    return vars(importlib.import_module(f"simulators.{make}.{module}"))[name]


def _fit(make: str, told: dict[str, Any]) -> None:
    """What was left out, and what only this make can judge."""
    for option, known in zip(("model", "ribbon"), MAKES[make], strict=True):
        told[option] = told[option] or known[0]
        if told[option] not in known:
            raise click.BadParameter(f"{make} knows {', '.join(known)}", param_hint=f"--{option}")
    try:
        told["faults"] = tuple(_of(make, "faults", "CATALOGUE").parse(text) for text in told["faults"])
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--fault") from wrong


_OPTIONS: list[Callable[[Any], Any]] = [
    click.option("--make", type=click.Choice([*MAKES]), default="evolis", show_default=True),
    click.option("--model", help="evolis: primacy2, primacy, zenius; matica: xid580, xid8600."),
    click.option("--ribbon", help="evolis: ymcko, ymckok, ko, k; matica: ymck, ymckk, ymcku."),
    click.option("--tcp", type=Address(), help="Listen for hosts here (evolis: 9100, matica: 50730)."),
    click.option("--usbip", type=Address(), help="Export the printer over USB/IP here."),
    click.option("--chip", type=Address(), help="Where a card at the contactless station connects to."),
    click.option("--desk", type=Address(), help="Where a card laid on the desk's chip reader connects to."),
    click.option("--cards", type=click.IntRange(0), default=100, show_default=True, help="Blanks loaded."),
    click.option("--speed", type=Pace(), default=1.0, help="Simulated ms a real ms."),
    click.option("--seed", type=int, default=1, show_default=True, help="Names the printer and its blanks."),
    click.option("--state", type=click.Path(path_type=Path, dir_okay=False), help="What survives a SIGKILL."),
    click.option("--truth", type=click.Path(path_type=Path, dir_okay=False), help="What really happened."),
    click.option("--fault", "faults", multiple=True, help="See `loket-sim faults`."),
    click.option("--warming", "warming_ms", type=click.IntRange(0), help="matica: ms from cold to warm."),
]  # fmt: skip


def _with_options(command: Any) -> Any:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@main.command()
@_with_options
def printer(make: str, **told: Any) -> None:
    """A card printer on the wires asked for; TCP on a free port if none is.

    Prints one JSON line when it is ready, then answers one line of hands with one line: {"load": 20},
    {"look": true}, {"take": "UID"}, {"ribbon": "new"}, {"cover": "open"}, {"fault": "jam@card=3"},
    {"power": "cut"}, {"desk": "UID"} (on the desk's reader; "none" lifts it); a matica knows {"film": "new"},
    {"settings": "HEX"} and {"clean": true}, too.
    SIGKILL is a power cut: with --state the same command brings the printer back, whatever --cards then says.

    \b
    Example:
        loket-sim printer --tcp 127.0.0.1:9100 --state p.json --truth p.jsonl --fault jam@card=2,panel=k
    """
    import asyncio

    from simulators.cards.process import Setup, run

    _fit(make, told)
    if not (told["tcp"] or told["usbip"]):
        told["tcp"] = ("127.0.0.1", 0)
    try:
        asyncio.run(run(Setup(**told), _of(make, "process", "FAMILY")))
    except ValueError as wrong:
        raise click.ClickException(f"the printer cannot start: {wrong}") from wrong


@main.command("faults")
def list_faults() -> None:
    """Every accident a printer can be given, and what it means.

    \b
    Example:
        loket-sim faults
    """
    for make in MAKES:
        catalogue = _of(make, "faults", "CATALOGUE")
        click.echo(f"{make}:")
        for name, kind in catalogue.kinds.items():
            click.echo(f"  {name}@{kind.meaning}")
        panels, moments = "|".join(catalogue.panels), "|".join(catalogue.moments)
        click.echo(f"  WHAT: panel={panels}  face=front|back  for=MS (simulated)  at={moments}")
    ipp = importlib.import_module("simulators.ipp.faults")
    for command, known in (("paper", ipp.PAPER), ("spooler", ipp.SPOOLER)):
        click.echo(f"loket-sim {command}:")
        for name, meaning in known.items():
            click.echo(f"  {name}@job=N[,for=MS]: {meaning}")
    sbi = importlib.import_module("simulators.sbi.faults")
    click.echo("loket-sim sbi:")
    for name, sbi_kind in sbi.KINDS.items():
        click.echo(f"  {name}@WHEN: {sbi_kind.meaning}")
    click.echo("  WHEN: start|capture=N|stream=N|ms=T  WHAT: times=K  for=MS (simulated)  hard=yes")
    click.echo(f"  of={'|'.join(sbi.GROUPS)}: that device, or the captures of that hand counted alone")
    for command, room in (("reader", "r30x"), ("pad", "topaz")):
        click.echo(f"loket-sim {command}:")
        for name, meaning in importlib.import_module(f"simulators.{room}.faults").KNOWN.items():
            click.echo(f"  {name}@exchange=N|ms=T[,WHAT]: {meaning}")
    click.echo("  WHAT: op=HEX (the first such one from N on)  at=command|answer|data  for=MS  code=HEX")
