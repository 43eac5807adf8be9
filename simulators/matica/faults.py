"""The accidents this family of printers knows, what each means, and when it strikes (PROTOCOL.md §8.1)."""

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
            "card=N: the rollers slip; card N stays in the feeder, a jam in the hopper is told until "
            "the door has been opened and closed",
            moment="feed",
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
            "ms=T or card=N[,panel=P][,at=MOMENT]: the door opens, for=MS or until it is closed", _BY_CLOCK
        ),
        "power_cut": Kind(
            "ms=T or card=N[,panel=P][,face=F][,at=MOMENT]: connections drop, memory and the film's frame "
            "are lost; back after for=MS (5000), cold",
            _BY_CLOCK,
        ),
        "unplug": Kind(
            "bytes=N, ms=T or card=N[,panel=P][,at=MOMENT]: the wire is pulled for=MS (5000), power stays",
            _BY_CLOCK | {"bytes"},
        ),
        "job_lost": Kind(
            "card=N[,face=F]: the panels in memory are forgotten before they are laid", moment="start"
        ),
        "counter_lag": Kind(
            "card=N: the counters say what they said before card N, for=MS (5000) after it left too; "
            "until=poll: until they have been asked once after that; until=power: until the next power-on",
            moment="feed",
        ),
        "counter_missing": Kind(
            "card=N: the counters do not answer from card N until the next card is fed", moment="feed"
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
