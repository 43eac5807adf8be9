"""What really happened to each card, read from the simulated printers' own truth files. Pure, but for the
tail.

The play looks here to strike while a card moves, and at the end to judge what the programs say. The programs
themselves never read it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_IN_MOTION = frozenset({"fed", "chip", "panel"})
_LEFT = frozenset({"ejected", "rejected", "removed"})


@dataclass(slots=True)
class Story:
    """One printer's truth so far, folded line by line."""

    moving: str | None = None  # the blank that was fed and has not left, while the printer works on it
    inside: set[str] = field(default_factory=set)
    fed: set[str] = field(default_factory=set)
    cards: list[tuple[str, str | None]] = field(default_factory=list)  # (blank, picture) in the output tray
    cuts: int = 0
    lines: int = 0

    @property
    def whole(self) -> int:
        """How many different pictures lie in the output tray: the cards of so many orders."""
        return len({picture for _, picture in self.cards if picture is not None})

    def tell(self, line: Mapping[str, Any]) -> None:
        """Fold one line in."""
        self.lines += 1
        event, blank = line["event"], line["blank"]
        if event == "power_on":
            self.moving = None
        elif event in _IN_MOTION:
            self.moving = blank
            self.inside.add(blank)
            self.fed.add(blank)
        elif event == "stuck":
            self.moving = None
        elif event in _LEFT:
            self.inside.discard(blank)
            if self.moving == blank:
                self.moving = None
            if event == "ejected" and line["tray"] == "output":
                self.cards.append((blank, line["picture"]))


class Tail:
    """Follows a truth file that is being written; a line that is not whole yet waits for the next look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.story = Story()
        self._at = 0

    def look(self) -> int:
        """Fold in what is new; returns how many lines that was."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._at)
                raw = file.read()
        except FileNotFoundError:
            return 0
        whole = raw[: raw.rfind(b"\n") + 1]
        self._at += len(whole)
        lines = whole.splitlines()
        for line in lines:
            self.story.tell(json.loads(line))
        return len(lines)


@dataclass(frozen=True, slots=True)
class Cards:
    """The good cards against the orders: how many of the wanted pictures came out once, never, or again."""

    printed: int
    duplicates: int
    lost: int


def judge(wanted: Iterable[str], stories: Iterable[Story], torn: frozenset[str] = frozenset()) -> Cards:
    """`wanted`: the picture of each order (one order draws one picture, byte for byte).

    A card with another picture is a torn one and no good card; a wanted picture that came out twice is a
    duplicate, and so is any whole picture at all that came out twice. `torn`: blanks whose cards somebody cut
    in two after they had come out: they are cards no more.
    """
    seen = Counter(
        picture
        for story in stories
        for blank, picture in story.cards
        if picture is not None and blank not in torn
    )
    pictures = list(wanted)
    return Cards(
        sum(1 for picture in pictures if seen[picture]),
        sum(count - 1 for count in seen.values()) + len(pictures) - len(set(pictures)),
        sum(1 for picture in pictures if not seen[picture]),
    )
