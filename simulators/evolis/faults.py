"""Accidents by name: ``NAME@WHEN[,WHAT]`` and what each does to the simulated world.

Strategy: a fault is a value with a moment. The model asks at each moment "is one due here?"; a fault that has
struck is spent, and the state file remembers it, so that a restarted printer is not struck twice by the
same one. Cards count from 1 over the printer's whole life.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MEANING: dict[str, str] = {
    "feeder_empty": "card=N: the stack does not reach the rollers before card N, until loaded or for=MS",
    "feeder_fault": "card=N: the rollers slip; card N stays in the feeder, a feeder error is latched",
    "double_feed": "card=N: cards N and N+1 leave together, counted as one (seen=yes: as two); the upper "
    "takes the ink and its chip answers (chip=under: the lower one's)",
    "chip_dead": "card=N: its chip never answers",
    "chip_mute": "card=N: its chip powers up and then refuses every command",
    "ribbon_end": "card=N[,panel=P][,face=F]: the ribbon ends before that panel, until a new one is put in",
    "jam": "card=N[,panel=P][,face=F][,at=MOMENT]: the card stops, a mechanical error is latched; it can "
    "be rejected (hand=yes: only a hand gets it out)",
    "head_hot": "card=N[,panel=P][,face=F]: the head is too hot, the job breaks off; cool in for=MS (60000)",
    "cover_open": "ms=T or card=N[,panel=P][,at=MOMENT]: the cover opens, for=MS or until it is closed",
    "hopper_full": "card=N: the output tray is full; card N waits at the exit until the tray is emptied",
    "reject_full": "card=N: the reject tray is full; card N waits at the exit until the tray is emptied",
    "power_cut": "ms=T or card=N[,panel=P][,face=F][,at=MOMENT]: connections drop, memory is lost; back "
    "after for=MS (5000) with the reset bit raised",
    "unplug": "bytes=N, ms=T or card=N[,panel=P][,at=MOMENT]: the wire is pulled for=MS (5000), power stays",
    "counter_lag": "card=N: the counters say what they said before card N, for=MS (5000) after it left too",
    "counter_missing": "card=N: the counters do not answer from card N until the next card is fed",
    "claim_stuck": "card=N: the job-in-progress bit stays on after card N",
    "reply_garbled": "exchange=N: the N-th answer is unreadable",
}
"""Every fault a technician can order. MOMENT is fed, chip, start, panel, flip, eject or out."""

MOMENTS = ("fed", "chip", "start", "panel", "flip", "eject", "out")
_WHENS = ("card", "ms", "bytes", "exchange")
_KEYS = {"panel", "face", "at", "for", "seen", "chip", "hand"}
_WHEN_OF = {
    "cover_open": {"ms", "card"},
    "power_cut": {"ms", "card"},
    "unplug": {"bytes", "ms", "card"},
    "reply_garbled": {"exchange"},
}
_OWN_MOMENT = {
    "feeder_empty": "stack", "feeder_fault": "feed", "double_feed": "feed", "counter_lag": "feed",
    "counter_missing": "feed", "chip_dead": "antenna", "chip_mute": "antenna", "ribbon_end": "ribbon",
    "hopper_full": "hopper", "reject_full": "reject", "claim_stuck": "claim",
}  # fmt: skip


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


def parse(text: str) -> Fault:
    """Read ``NAME@WHEN[,WHAT]``. Raises ValueError with one sentence that names what is wrong."""
    name, _, rest = text.partition("@")
    if name not in MEANING:
        raise ValueError(f"no fault is called {name!r}; `loket-sim faults` lists them")
    pairs = [part.partition("=") for part in rest.split(",")]
    words = {key: value for key, _, value in pairs}
    when = next((key for key in _WHENS if key in words), None)
    allowed = _WHEN_OF.get(name, {"card"})
    if when is None or when not in allowed:
        raise ValueError(f"{name} needs one of {', '.join(sorted(allowed))}, as in {name}@{min(allowed)}=5")
    if unknown := set(words) - _KEYS - {when}:
        raise ValueError(f"{name} does not know {', '.join(sorted(unknown))}")
    panel = words.get("panel")
    if panel is not None and panel not in set("ymckosf"):
        raise ValueError(f"no panel is called {panel!r}")
    if (at := words.get("at")) is not None and at not in MOMENTS:
        raise ValueError(f"no moment is called {at!r}; there are {', '.join(MOMENTS)}")
    return Fault(
        text,
        name,
        when,
        _number(name, when, words[when]),
        panel,
        words.get("face"),
        _OWN_MOMENT.get(name) or at or _usual_moment(name, panel),
        _number(name, "for", words["for"]) if "for" in words else None,
        frozenset(f"{key}={words[key]}" for key in ("seen", "chip", "hand") if key in words),
    )


def _number(name: str, key: str, value: str) -> int:
    if not value.isdecimal():
        raise ValueError(f"{name}: {key} must be a whole number, not {value!r}")
    return int(value)


def _usual_moment(name: str, panel: str | None) -> str:
    """Where a fault strikes when only the card is told."""
    if panel is not None or name in ("head_hot", "jam"):
        return "panel"
    return "fed"


@dataclass(slots=True)
class Faults:
    """The accidents still to come, and those that struck."""

    ahead: list[Fault] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """One more; a text that has struck before may be ordered again by hand."""
        self.ahead.append(fault)

    def due(self, moment: str, card: int, face: str | None = None, letter: str | None = None) -> list[Fault]:
        """Those that strike ``card`` now; they are spent by being told."""
        return self._spend(
            [
                fault
                for fault in self.ahead
                if fault.when == "card" and fault.value == card and fault.moment == moment
                and fault.panel in (None, letter) and fault.face in (None, face)
            ]
        )  # fmt: skip

    def reached(self, when: str, before: int, now: int) -> list[Fault]:
        """Those whose count of ``when`` lies in (before, now]."""
        return self._spend([f for f in self.ahead if f.when == when and before < f.value <= now])

    def coming(self, when: str) -> int | None:
        """The nearest value of ``when`` still ahead."""
        return min((fault.value for fault in self.ahead if fault.when == when), default=None)

    def _spend(self, found: list[Fault]) -> list[Fault]:
        for fault in found:
            self.ahead.remove(fault)
            self.struck.append(fault.text)
        return found
