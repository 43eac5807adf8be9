"""Recovery's decisions, held against every small combination and against what can physically happen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.printing.recovery import STATION, Act, Begun, Decision, decide
from agent.printing.states import State
from drivers.card_printer import Snapshot

OURS, THEIRS = 4711, 9
NAME, OTHER = "04A1", "04B2"
N = 2  # panels of the job
BEFORE = Snapshot(
    cards=10, panels=50, session=OURS, reset=False, claim=False, card_at=(), errors=(), warnings=()
)
CALM = BEFORE
FED = replace(BEFORE, cards=11, card_at=(STATION,))
OUT = replace(BEFORE, cards=11, panels=50 + N)

FEEDING = Begun(State.STAGED, None, None, OURS, BEFORE)
NAMED = Begun(State.STAGED, NAME, "chip", OURS, BEFORE)
BY_CLERK = Begun(State.STAGED, NAME, "clerk", OURS, BEFORE)
PRINTING = Begun(State.PRINTING, NAME, "chip", OURS, BEFORE, N)

CUT = replace(CALM, reset=True, session=0)
UNSURE_JOB = replace(PRINTING, state=State.UNSURE)
MISFIT, RESET, LAPSED, MISSING = "counter_mismatch", "printer_reset", "session_lost", "counter_missing"
STUCK = "claim_stuck"
NOTHING, WAIT, AGAIN, GO_ON, PRINTED, UNSURE = Act

ROWS = [
    ("a queued job is left alone", Begun(State.QUEUED), CALM, None, NOTHING, "", False),
    ("an unsure job waits for a person", UNSURE_JOB, OUT, None, NOTHING, "", False),
    ("an unsure job's card is moved out", UNSURE_JOB, FED, NAME, NOTHING, "", True),
    ("silence is waited out", PRINTING, None, None, WAIT, "no_answer", False),
    ("nothing was fed", FEEDING, CALM, None, AGAIN, "nothing_fed", False),
    ("nothing was fed and power went", FEEDING, CUT, None, AGAIN, "nothing_fed", False),
    ("it lapsed before anything was fed", FEEDING, replace(CALM, session=0), None, UNSURE, LAPSED, False),
    ("a clerk's blank was never fed", BY_CLERK, CALM, None, AGAIN, "nothing_fed", False),
    ("a card fed but not yet named", FEEDING, FED, NAME, GO_ON, "at_the_station", False),
    ("a card fed whose chip is silent", FEEDING, FED, None, UNSURE, "no_chip", True),
    ("a counter moved, nothing inside", FEEDING, replace(CALM, cards=11), None, UNSURE, MISFIT, False),
    ("the named card is still there", NAMED, FED, NAME, GO_ON, "at_the_station", False),
    ("another card is there", NAMED, FED, OTHER, UNSURE, "chip_changed", True),
    ("two cards were fed for one", FEEDING, replace(FED, cards=12), NAME, UNSURE, MISFIT, True),
    ("more were fed after it was named", NAMED, replace(FED, cards=12), NAME, UNSURE, MISFIT, True),
    ("the counter ran backwards", NAMED, replace(FED, cards=9), NAME, UNSURE, MISFIT, True),
    ("a counter may lag", NAMED, replace(FED, cards=10), NAME, GO_ON, "at_the_station", False),
    ("the named card went away", NAMED, CALM, None, UNSURE, MISFIT, False),
    ("the card came out", PRINTING, OUT, None, PRINTED, "evidence", False),
    ("bytes may be on their way to the card there", PRINTING, FED, NAME, UNSURE, "card_inside", True),
    ("counters that lag mean unsure", PRINTING, CALM, None, UNSURE, MISFIT, False),
    ("one panel is missing", PRINTING, replace(OUT, panels=51), None, UNSURE, MISFIT, False),
    ("it lies under the head", PRINTING, replace(OUT, card_at=("print",)), NAME, UNSURE, "card_inside", True),
    ("a panel was laid at the station", NAMED, replace(FED, panels=51), NAME, UNSURE, MISFIT, True),
    ("the printer restarted", PRINTING, replace(OUT, reset=True), None, UNSURE, RESET, False),
    ("it restarted with the card inside", NAMED, replace(FED, reset=True), NAME, UNSURE, RESET, True),
    ("the reservation lapsed", PRINTING, replace(OUT, session=0), None, UNSURE, LAPSED, False),
    ("somebody else reserved it", NAMED, replace(FED, session=THEIRS), NAME, UNSURE, LAPSED, True),
    ("an error is latched", PRINTING, replace(OUT, errors=("jam",)), None, UNSURE, "jam", False),
    ("the job is still claimed", PRINTING, replace(FED, claim=True), NAME, WAIT, STUCK, False),
    ("it lapsed under the claim", PRINTING, replace(FED, claim=True, session=0), None, WAIT, STUCK, False),
    ("somebody else's claim", PRINTING, replace(FED, claim=True, session=9), None, UNSURE, LAPSED, True),
    ("it came out and the claim hangs", PRINTING, replace(OUT, claim=True), None, UNSURE, STUCK, False),
    ("a counter does not answer", PRINTING, replace(OUT, panels=None), None, UNSURE, MISSING, False),
    ("no counters were noted", replace(PRINTING, before=None), OUT, None, UNSURE, MISSING, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("job", "now", "uid", "act", "cause", "reject"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_table_of_decisions(
    job: Begun, now: Snapshot | None, uid: str | None, act: Act, cause: str, reject: bool
) -> None:
    decision = decide(job, now, uid)
    assert (decision.act, decision.cause, decision.reject) == (act, cause, reject)


def test_a_live_refusal_before_any_byte_leaves_the_job_untouched() -> None:
    assert decide(PRINTING, CALM, None, unsent=True) == Decision(Act.AGAIN, "nothing_sent", NAME)


def test_the_error_that_says_why_nothing_was_taken_is_no_doubt() -> None:
    empty = replace(CALM, errors=("feeder_fault",))
    assert decide(PRINTING, empty, None, unsent=True).act is AGAIN
    assert decide(PRINTING, empty, None).act is UNSURE


def test_a_card_named_at_the_station_goes_on_under_its_own_name() -> None:
    assert decide(FEEDING, FED, NAME).blank == NAME
    assert decide(PRINTING, FED, NAME, unsent=True) == Decision(Act.GO_ON, "at_the_station", NAME)


def every_sight() -> list[tuple[Begun, Snapshot, str | None, bool]]:
    jobs = [
        FEEDING,
        NAMED,
        BY_CLERK,
        PRINTING,
        replace(PRINTING, witness="clerk"),
        replace(PRINTING, blank=None),
    ]
    cards, panels = (None, 9, 10, 11, 12), (None, 49, 50, 51, 52, 53)
    paths = ((), (STATION,), ("print",), (STATION, "print"), ("hopper", "feeder"))
    marks = product((OURS, 0, THEIRS, None), (False, True), (False, True), ((), ("jam",)))
    sights = [
        Snapshot(c, p, session, reset, claim, path, errors, ())
        for (session, reset, claim, errors), c, p, path in product(marks, cards, panels, paths)
    ]
    return [(j, s, uid, u) for j, s, uid, u in product(jobs, sights, (None, NAME, OTHER), (False, True))]


def test_over_every_small_combination_only_exact_evidence_settles_a_job() -> None:
    """The rows that settle are listed here a second time, as plain conditions."""
    for job, now, uid, unsent in every_sight():
        act = decide(job, now, uid, unsent=unsent).act
        ours = now.session == OURS and not (now.reset or now.claim)
        trusted = ours and not now.errors
        inside = set(now.card_at) - {"hopper", "feeder"}
        if act is Act.PRINTED:
            assert trusted and not inside and (now.cards, now.panels) == (11, 52), now
            assert job.state is State.PRINTING
        elif act is Act.GO_ON:
            assert trusted and inside == {STATION} and now.cards in (10, 11) and now.panels == 50
            assert uid in (NAME, OTHER)
            assert job.blank in (None, uid)
            assert job.state is State.STAGED or unsent, "bytes of a dead process may be on their way"
        elif act is Act.AGAIN:
            assert not now.claim and not inside and (now.cards, now.panels) == (10, 50), now
            ours_or_cut = now.session == OURS or (now.reset and now.session == 0)
            early = job.state is State.STAGED and job.witness != "chip"
            assert (unsent and ours) or (ours_or_cut and early)
        elif act is Act.WAIT:
            over = job.state is State.PRINTING and not inside and (now.cards, now.panels) == (11, 52)
            assert now.claim and not now.errors and not over
        else:
            assert act is Act.UNSURE


def test_a_card_inside_is_rejected_whenever_a_job_is_unsure() -> None:
    for job, now, uid, unsent in every_sight():
        decision = decide(job, now, uid, unsent=unsent)
        if decision.act is Act.UNSURE:
            assert decision.reject == bool(set(now.card_at) - {"hopper", "feeder"})


@dataclass
class World:
    """What physically happens to one card: a model of paper, ink and people, not of the program."""

    at: str = "feeder"  # feeder, station, print, output, gone
    laid: int = 0
    ours: int = 0  # of these, by this job
    cards: int = 10
    panels: int = 50
    session: int = OURS
    reset: bool = False
    claim: bool = False
    errors: tuple[str, ...] = ()
    hides: dict[str, int] = field(default_factory=dict)  # what a counter does not show yet

    def feed(self) -> None:
        if self.at == "feeder":
            self.at, self.cards = "station", self.cards + 1

    def print_panels(self, count: int) -> None:
        """A job whose stream ended after ``count`` panels; the last of them ejects the card."""
        self.feed()
        self.claim = True
        if count:
            self.at, self.laid, self.ours, self.panels = "print", count, count, self.panels + count
        if count == N:
            self.at = "output"

    def release_claim(self) -> None:
        if self.at in ("output", "station", "feeder"):
            self.claim = False

    def power_cut(self) -> None:
        self.reset, self.claim, self.session, self.errors = True, False, 0, ()

    def lapse(self) -> None:
        self.session = 0

    def somebody_prints(self, panels: int) -> None:
        """Another host can only reserve what stands free; a card left inside is printed on."""
        if self.session in (0, THEIRS):
            self.session = THEIRS
            if self.at == "station":
                self.at, self.laid = "output", self.laid + panels
            else:
                self.cards += 1
            self.panels += panels

    def hands_take_it(self) -> None:
        if self.at in ("station", "print"):  # only under an open cover, which the printer latches
            self.at, self.errors = "gone", ("cover_open",)

    def shows(self) -> Snapshot:
        inside = {"station": (STATION,), "print": ("print",)}.get(self.at, ())
        return Snapshot(
            cards=max(10, self.cards - self.hides.get("cards", 0)),
            panels=max(50, self.panels - self.hides.get("panels", 0)),
            session=self.session,
            reset=self.reset,
            claim=self.claim,
            card_at=inside,
            errors=self.errors,
            warnings=(),
        )


ACCIDENTS = {
    "power_cut": lambda world, n: world.power_cut(),
    "lapse": lambda world, n: world.lapse(),
    "somebody_prints": lambda world, n: world.somebody_prints(n),
    "hands_take_it": lambda world, n: world.hands_take_it(),
    "release_claim": lambda world, n: world.release_claim(),
    "cards_lag": lambda world, n: world.hides.update(cards=1),
    "panels_lag": lambda world, n: world.hides.update(panels=n),
}
WAYS = ["intended", "fed", "named", "print_intended", "underway", "sent_0", "sent_1", "sent_2"]


@settings(max_examples=3000)
@given(
    way=st.sampled_from(WAYS),
    witness=st.sampled_from(["chip", "clerk"]),
    accidents=st.lists(st.tuples(st.sampled_from(sorted(ACCIDENTS)), st.integers(1, 3)), max_size=5),
    chip=st.sampled_from(["answers", "silent"]),
)
def test_whatever_happened_no_decision_says_more_than_the_truth(
    way: str, witness: str, accidents: list[tuple[str, int]], chip: str
) -> None:
    """Goal: no second good card and no wasted claim; method: a world with cuts, thieves and slow counters."""
    world, job = World(), FEEDING
    step = WAYS.index(way)
    if witness == "chip" and step >= WAYS.index("fed"):
        world.feed()
    if step >= WAYS.index("named"):
        job = replace(job, blank=NAME, witness=witness)
    if step >= WAYS.index("print_intended"):
        job = replace(job, state=State.PRINTING, panels=N)
    if way.startswith("sent"):
        world.print_panels(int(way[-1]))
    for name, count in accidents:
        ACCIDENTS[name](world, count)
    uid = NAME if chip == "answers" and world.at == "station" else None
    decision = decide(job, world.shows(), uid)
    if decision.act is Act.PRINTED:
        assert (world.at, world.laid) == ("output", N)
    if decision.act is Act.GO_ON:
        assert (world.at, world.laid, decision.blank) == ("station", 0, NAME)
        assert way != "underway", "the wire still holds the job's bytes"
    if decision.act is Act.AGAIN:  # a card that somebody else stole in between is not this job's
        assert world.ours == 0 and job.witness != "chip" and way != "underway"
        assert world.at in ("feeder", "gone") or (world.panels > 50 and world.reset)
