"""What two snapshots of a printer prove about one card, whatever its family. Pure; source: PROTOCOL.md §9.

Rule 1: a card counts as printed only if *every* piece of evidence is there and fits.
Rule 2: it counts as untouched only on positive evidence, never because counters stand still.
Rule 3: anything else is unsure, with the word of what spoke against it; a person with the card decides.
This file never guesses, never waits and never asks a printer anything.
"""

from drivers.card_printer import INSIDE, Judgement, Snapshot, Verdict

EVIDENCE = "evidence"
CHIP_AT_STATION = "chip_at_station"
NOTHING_SENT = "nothing_sent"
CLAIM_STUCK = "claim_stuck"
CLAIM_NEVER_SEEN = "claim_never_seen"
BAD_BEFORE = "bad_before"
STATION = "contactless"


def judge(
    before: Snapshot, after: Snapshot, panels: int, *, named: bool = False, unsent: bool = False
) -> Judgement:
    """Judge one card of ``panels`` panels.

    ``before``: taken under our reservation and before any card moved. ``after``: taken when the job should
    be over. ``named``: the chip of this very card answers at the contactless station. ``unsent``: this
    process knows that no byte of the job was accepted.
    """
    objection = _before_objection(before, panels) or _after_objection(before, after)
    if objection is not None:
        return Judgement(Verdict.UNSURE, objection)
    inside = INSIDE.intersection(after.card_at)
    fed, laid = _moved(before, after)
    if (fed, laid, inside) == (1, panels, frozenset()):
        return Judgement(Verdict.PRINTED, EVIDENCE)
    if laid == 0:
        if named and inside == {STATION} and fed == _fed_to_station(before):
            return Judgement(Verdict.UNTOUCHED, CHIP_AT_STATION)
        if unsent and fed == 0 and not inside:
            return Judgement(Verdict.UNTOUCHED, NOTHING_SENT)
    return Judgement(Verdict.UNSURE, "card_inside" if inside else "counter_mismatch")


def start_objection(before: Snapshot, now: Snapshot, *, staged: bool) -> str | None:
    """The word that forbids sending a job now, None if nothing does.

    ``before`` as in ``judge``; ``staged``: our card must lie at the contactless station, and nowhere else.
    Warnings are not looked at: they wait for hands and put nothing in doubt.
    """
    objection = _before_objection(before, 1) or _after_objection(before, now)
    if objection is not None:
        return objection
    inside = INSIDE.intersection(now.card_at)
    if inside != ({STATION} if staged else frozenset()):
        return "card_inside" if inside else "counter_mismatch"
    expected = _fed_to_station(before) if staged else 0
    return None if _moved(before, now) == (expected, 0) else "counter_mismatch"


def _fed_to_station(before: Snapshot) -> int:
    """How many blanks had to leave the feeder for one to lie at the station."""
    return 0 if STATION in before.card_at else 1


def _moved(before: Snapshot, after: Snapshot) -> tuple[int, int]:
    """Blanks fed and panels laid between the two; both are known to count."""
    if before.cards is None or before.panels is None or after.cards is None or after.panels is None:
        raise ValueError("counters are missing")  # the objections come first
    return after.cards - before.cards, after.panels - before.panels


def _before_objection(before: Snapshot, panels: int) -> str | None:
    """A ``before`` that could prove nothing, whatever comes after."""
    if before.cards is None or before.panels is None:
        return "counter_missing"
    if not before.session:
        return "session_lost"
    if before.reset or before.claim or before.errors or panels < 1:
        return BAD_BEFORE
    return None


def _after_objection(before: Snapshot, after: Snapshot) -> str | None:
    """What speaks against any certainty, the gravest first."""
    if after.reset:
        return "printer_reset"
    if after.errors:
        return after.errors[0]
    if after.session != before.session:
        return "session_lost"
    if after.claim:
        return CLAIM_STUCK
    if after.cards is None or after.panels is None:
        return "counter_missing"
    return None
