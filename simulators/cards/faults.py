"""Accidents by name: ``NAME@WHEN[,WHAT]`` and what each does to the simulated world.

Strategy: a fault is a value with a moment. The model asks at each moment "is one due here?"; a fault that has
struck is spent, and the state file remembers it, so that a restarted printer is not struck twice by the
same one. Cards count from 1 over the printer's whole life. Each family's `Catalogue` says which accidents its
printers know; what is the same accident has the same name in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.ordered import Ordered, whole

_WHENS = ("card", "ms", "bytes", "exchange")
_SAYS: Mapping[str, tuple[str, ...]] = {
    "face": ("front", "back"),
    "until": ("poll", "power"),
    "seen": ("yes",),
    "chip": ("under",),
    "hand": ("yes",),
}
_KEYS = {"panel", "face", "at", "for", "seen", "chip", "hand", "until"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One accident to come; ``value`` counts cards, simulated ms, bytes or exchanges, as ``when`` says."""

    text: str
    name: str
    when: str
    value: int
    panel: str | None = None
    face: str | None = None
    moment: str = "fed"
    for_ms: int | None = None
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kind:
    """One accident by name. ``moment``: where it always strikes; None: where ``at=`` says, else ``usual``."""

    meaning: str
    whens: frozenset[str] = frozenset({"card"})
    moment: str | None = None
    usual: str = "fed"


BY_CLOCK = frozenset({"ms", "card"})
SHARED: Mapping[str, Kind] = {
    "feeder_empty": Kind(
        "card=N: the stack does not reach the rollers before card N, until loaded or for=MS",
        moment="stack",
    ),
    "double_feed": Kind(
        "card=N: cards N and N+1 leave together, counted as one (seen=yes: as two); the upper "
        "takes the ink and its chip answers (chip=under: the lower one's)",
        moment="feed",
    ),
    "chip_dead": Kind("card=N: its chip never answers", moment="antenna"),
    "chip_mute": Kind("card=N: its chip powers up and then refuses every command", moment="antenna"),
    "chip_plain": Kind("card=N: its chip has no specimen application", moment="antenna"),
    "chip_torn": Kind(
        "card=N: its chip leaves the field in the middle of the first write, and is back a moment later",
        moment="antenna",
    ),
    "ribbon_end": Kind(
        "card=N[,panel=P][,face=F]: the ribbon ends before that panel, until a new one is put in",
        moment="ribbon",
    ),
    "unplug": Kind(
        "bytes=N, ms=T or card=N[,panel=P][,at=MOMENT]: the wire is pulled for=MS (5000), power stays",
        BY_CLOCK | {"bytes"},
    ),
    "counter_lag": Kind(
        "card=N: the counters say what they said before card N, for=MS (5000) after it left too; "
        "until=poll: until they have been asked once after that; until=power: until the next power-on",
        moment="feed",
    ),
    "counter_missing": Kind(
        "card=N: the counters do not answer from card N until the next card is fed", moment="feed"
    ),
}
"""The accidents that are the same in every family, word by word."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The accidents one family of printers knows, its panels' letters and the moments of a card's way."""

    kinds: Mapping[str, Kind]
    panels: str
    moments: tuple[str, ...]

    def parse(self, text: str) -> Fault:
        """Read ``NAME@WHEN[,WHAT]``. Raises ValueError with one sentence that names what is wrong."""
        name, _, rest = text.partition("@")
        if name not in self.kinds:
            raise ValueError(f"no fault is called {name!r}; `loket-sim faults` lists them")
        pairs = [part.partition("=") for part in rest.split(",")]
        words = {key: value for key, _, value in pairs}
        when = next((key for key in _WHENS if key in words), None)
        kind = self.kinds[name]
        if when is None or when not in kind.whens:
            allowed = sorted(kind.whens)
            raise ValueError(f"{name} needs one of {', '.join(allowed)}, as in {name}@{allowed[0]}=5")
        if unknown := set(words) - _KEYS - {when}:
            raise ValueError(f"{name} does not know {', '.join(sorted(unknown))}")
        panel, at = words.get("panel"), words.get("at")
        if panel is not None and panel not in set(self.panels):
            raise ValueError(f"no panel is called {panel!r}")
        if at is not None and at not in self.moments:
            raise ValueError(f"no moment is called {at!r}; there are {', '.join(self.moments)}")
        for key, may_be in _SAYS.items():
            if key in words and words[key] not in may_be:
                raise ValueError(f"{name}: {key} is {' or '.join(may_be)}, not {words[key]!r}")
        return Fault(
            text,
            name,
            when,
            whole(name, when, words[when]),
            panel,
            words.get("face"),
            kind.moment or at or ("panel" if panel is not None else kind.usual),
            whole(name, "for", words["for"]) if "for" in words else None,
            frozenset(f"{key}={words[key]}" for key in ("seen", "chip", "hand", "until") if key in words),
        )


@dataclass(slots=True)
class Faults(Ordered[Fault]):
    """Those of one device, and when they strike."""

    def due(self, moment: str, card: int, face: str | None = None, letter: str | None = None) -> list[Fault]:
        """Those that strike ``card`` now; they are spent by being told."""
        return self.strike(
            [
                fault
                for fault in self.ahead
                if fault.when == "card" and fault.value == card and fault.moment == moment
                and fault.panel in (None, letter) and fault.face in (None, face)
            ]
        )  # fmt: skip

    def reached(self, when: str, before: int, now: int) -> list[Fault]:
        """Those whose count of ``when`` lies in (before, now]."""
        return self.strike([f for f in self.ahead if f.when == when and before < f.value <= now])

    def coming(self, when: str) -> int | None:
        """The nearest value of ``when`` still ahead."""
        return min((fault.value for fault in self.ahead if fault.when == when), default=None)
