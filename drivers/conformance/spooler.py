"""The check of a printer whose word proves nothing, such as one behind a print spooler.

Most of the common checks ask for proof, and are skipped by name there. What is left to ask is that it claims
nothing: no count, no sensor, no station, and no card that it calls printed.
"""

from __future__ import annotations

from drivers.card_printer import Judgement, Verdict
from drivers.conformance.bench import Bench, Skipped, expect, expect_error
from drivers.errors import Refused


def what_proves_nothing_claims_nothing(bench: Bench) -> str:
    """It has no counter and no station, and calls the card unsure that it has just printed."""
    if bench.printer.identify().proves:
        raise Skipped("it counts and shows its sensors")
    for motion in (bench.printer.stage, bench.printer.reject):
        with expect_error(Refused, "unsupported"):
            motion()
    with bench.reserved() as before:
        expect((before.cards, before.panels, before.session) == (None, None, None), f"it counts: {before}")
        judged = bench.printer.print_card(bench.artefact(), before, staged=False)
        expect(judged.verdict is Verdict.UNSURE, f"judged {judged.verdict}: {judged.reason}")
        after = bench.printer.snapshot()
        expect(not after.claim, "its job is still there")
        again = bench.printer.judge(before, after, 1, named=True)
        expect(again == Judgement(Verdict.UNSURE, judged.reason), f"judged {again} the second time")
    return judged.reason
