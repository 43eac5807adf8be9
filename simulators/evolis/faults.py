"""The accidents this family of printers knows, what each means, and when it strikes."""

from __future__ import annotations

from simulators.cards.faults import BY_CLOCK, SHARED, Catalogue, Kind

CATALOGUE = Catalogue(
    {
        **SHARED,
        "feeder_fault": Kind(
            "card=N: the rollers slip; card N stays in the feeder, a feeder error is latched", moment="feed"
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
            "ms=T or card=N[,panel=P][,at=MOMENT]: the cover opens, for=MS or until it is closed", BY_CLOCK
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
            BY_CLOCK,
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
