"""The accidents this family of printers knows, what each means, and when it strikes."""

from __future__ import annotations

from simulators.cards.faults import Catalogue, Kind

_BY_CLOCK = frozenset({"ms", "card"})

CATALOGUE = Catalogue(
    {
        "feeder_empty": Kind(
            "card=N: the stack does not reach the rollers before card N, until loaded or for=MS",
            moment="stack",
        ),
        "feeder_fault": Kind(
            "card=N: the rollers slip; card N stays in the feeder, a feeder error is latched", moment="feed"
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
        "jam": Kind(
            "card=N[,panel=P][,face=F][,at=MOMENT]: the card stops, a mechanical error is latched; it can "
            "be rejected (hand=yes: only a hand gets it out)",
            usual="panel",
        ),
        "head_hot": Kind(
            "card=N[,panel=P][,face=F]: the head is too hot, the job breaks off; cool in for=MS (60000)",
            usual="panel",
        ),
        "cover_open": Kind(
            "ms=T or card=N[,panel=P][,at=MOMENT]: the cover opens, for=MS or until it is closed", _BY_CLOCK
        ),
        "hopper_full": Kind(
            "card=N: the output tray is full; card N waits at the exit until the tray is emptied",
            moment="hopper",
        ),
        "reject_full": Kind(
            "card=N: the reject tray is full; card N waits at the exit until the tray is emptied",
            moment="reject",
        ),
        "power_cut": Kind(
            "ms=T or card=N[,panel=P][,face=F][,at=MOMENT]: connections drop, memory is lost; back "
            "after for=MS (5000) with the reset bit raised",
            _BY_CLOCK,
        ),
        "unplug": Kind(
            "bytes=N, ms=T or card=N[,panel=P][,at=MOMENT]: the wire is pulled for=MS (5000), power stays",
            _BY_CLOCK | {"bytes"},
        ),
        "counter_lag": Kind(
            "card=N: the counters say what they said before card N, for=MS (5000) after it left too; "
            "until=poll: until they have been asked once after that; until=power: until the next power-on",
            moment="feed",
        ),
        "counter_missing": Kind(
            "card=N: the counters do not answer from card N until the next card is fed", moment="feed"
        ),
        "job_lost": Kind(
            "card=N[,panel=P][,face=F][,at=MOMENT]: the rest of the job is forgotten without a word; the "
            "card stays where it is",
            usual="panel",
        ),
        "claim_stuck": Kind("card=N: the job-in-progress bit stays on after card N", moment="claim"),
        "reply_garbled": Kind("exchange=N: the N-th answer is unreadable", frozenset({"exchange"})),
    },
    panels="ymckosf",
    moments=("fed", "chip", "start", "panel", "flip", "eject", "out"),
)
"""Every fault a technician can order. MOMENT is one of the moments."""
