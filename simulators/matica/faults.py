"""The accidents this family of printers knows, what each means, and when it strikes (PROTOCOL.md §8.1)."""

from __future__ import annotations

from simulators.cards.faults import BY_CLOCK, SHARED, Catalogue, Kind

CATALOGUE = Catalogue(
    {
        **SHARED,
        "feeder_fault": Kind(
            "card=N: the rollers slip; card N stays in the feeder, a jam in the hopper is told until "
            "the door has been opened and closed",
            moment="feed",
        ),
        "film_end": Kind(
            "card=N[,panel=P][,face=F]: the film ends before that panel, until a new one is put in",
            moment="film",
        ),
        "jam": Kind(
            "card=N[,panel=P][,face=F][,at=MOMENT]: the card stops, the place's jam is told; it can "
            "be rejected (hand=yes: only after the door has been opened and closed)",
            usual="panel",
        ),
        "head_hot": Kind(
            "card=N[,panel=P][,face=F][,at=transfer]: the head (the transfer's roller) is too hot, the "
            "motion breaks off; cool in for=MS (60000)",
            usual="panel",
        ),
        "cover_open": Kind(
            "ms=T or card=N[,panel=P][,at=MOMENT]: the door opens, for=MS or until it is closed", BY_CLOCK
        ),
        "power_cut": Kind(
            "ms=T or card=N[,panel=P][,face=F][,at=MOMENT]: connections drop, memory and the film's frame "
            "are lost; back after for=MS (5000), cold",
            BY_CLOCK,
        ),
        "job_lost": Kind(
            "card=N[,face=F]: the panels in memory are forgotten before they are laid", moment="start"
        ),
        "reply_garbled": Kind(
            "exchange=N: the N-th answer has a wrong tag (USB) or sequence (Ethernet)",
            frozenset({"exchange"}),
        ),
    },
    panels="ymckpu",
    moments=("fed", "chip", "start", "panel", "transfer", "flip", "eject", "out"),
)
"""Every fault a technician can order. MOMENT is one of the moments."""
