"""What an Evolis printer tells of its own keeping: ribbon, cleaning, heat, and settings. Source: PROTOCOL.md.

Settings are compared and never understood: the replies' layout is not public, but a text that differs from
the one before says that somebody, or a power cut, has changed something.
"""

from typing import Literal

from drivers.card_printer import Care
from drivers.evolis import codec, status
from drivers.evolis.codec import Status
from drivers.evolis.line import Line

CLEANING_DUE, CLEANING_ADVISED = 0x0004_0000, 0x0002_0100
"""INFORMATION: cleaning mandatory; cleaning recommended or required."""
_SETTINGS = {"firmware": "Rfv", "input_tray": "Rcim", "output_tray": "Rcem", "reject_tray": "Rcrm"}


def care(line: Line) -> Care:
    """Ask for everything once; what a printer refuses to tell is left out. Raises Unreachable."""
    seen = line.poll()
    left = line.ask("Rco", "l")
    told = {name: line.ask(mnemonic) for name, mnemonic in _SETTINGS.items()}
    settings = {name: reply.text for name, reply in told.items() if not reply.failed}
    mode = codec.take_error_mode(line.ask("Rem").text)
    if mode is not None:
        settings["error_mode"] = str(mode)
    settings["machine"] = f"{seen.config:08X}"
    return Care(
        ribbon_left=codec.take_counter(left.text),
        cleaning=_cleaning(seen),
        hot="head_hot" in status.errors(seen) or "head_hot" in status.warnings(seen),
        settings=tuple(sorted(settings.items())),
    )


def _cleaning(seen: Status) -> Literal["no", "recommended", "due"]:
    if seen.information & CLEANING_DUE:
        return "due"
    return "recommended" if seen.information & CLEANING_ADVISED else "no"
