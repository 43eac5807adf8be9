"""True job streams of the maker's host software, and a reader of them that owes the driver nothing.

``tests/vectors/evolis``: ``*.prn.xz`` whole streams made from the pictures beside them; ``frames/*.txt`` the
same software's streams with the panel data left out (``[bytes]``) and the time set to 0.
"""

import lzma
import re
from functools import cache
from pathlib import Path

from PIL import Image

VECTORS = Path(__file__).parents[3] / "vectors" / "evolis"
PANEL_BYTES = {2: 82_296, 128: 576_072, 256: 658_368}


@cache
def stream(name: str) -> bytes:
    return lzma.decompress((VECTORS / f"{name}.prn.xz").read_bytes())


@cache
def rgb(name: str) -> bytes:
    with Image.open(VECTORS / f"{name}.png") as picture:
        return picture.convert("RGB").tobytes()


def white() -> bytes:
    return b"\xff" * (1016 * 648 * 3)


def frame(job: bytes) -> tuple[list[str], dict[str, list[bytes]]]:
    """A stream as lines (ESC for 1B, CR for 0D, data as ``[bytes]``), and its panels by letter."""
    lines: list[str] = []
    panels: dict[str, list[bytes]] = {}
    at = 0
    while at < len(job):
        if head := re.match(rb"\x1bDb;([a-z]);(\d+);", job[at : at + 20]):
            size = PANEL_BYTES[int(head[2])]
            data = job[at + head.end() : at + head.end() + size]
            at += head.end() + size + 1
            assert job[at - 1] == 0x0D
            panels.setdefault(head[1].decode(), []).append(data)
            lines.append(f"ESC{head[0][1:].decode()}[{size}] CR")
        elif job[at] == 0x1B:
            end = job.index(b"\r", at)
            lines.append(f"ESC{job[at + 1 : end].decode()} CR")
            at = end + 1
        else:
            end = job.find(b"\x1b", at) if b"\x1b" in job[at:] else len(job)
            lines.append(job[at:end].decode())
            at = end
    return lines, panels


def timeless(lines: list[str]) -> list[str]:
    return [re.sub(r"^ESCPpws;\d+", "ESCPpws;0", line) for line in lines]


def colourless(lines: list[str]) -> list[str]:
    """Without the figures of Pida: the maker corrects colours, we do not."""
    return [re.sub(r"^ESCPida;.*", "ESCPida", line) for line in timeless(lines)]


def densities(lines: list[str]) -> list[list[int]]:
    """The figures of every Pida."""
    return [[int(n) for n in line[8:-3].split(";")] for line in lines if line.startswith("ESCPida;")]
