"""The checks every chip reader must pass, whatever it is plugged into; the card on it is written to.

    from drivers.conformance.chip import run
    run("pcsc://")  ->  [{"name": "name", "result": "passed", "detail": "04A1B2C3D4E5F6"}, ...]

A test card lies on the reader. Whether it carries the specimen application is found out; one without it is
as good, and what needs the application is skipped by name. Those checks that exchange the card ask for hands.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from drivers.chip import ARTEFACT_BYTES, ATTEMPT_BYTES, ChipReader, Tag
from drivers.conformance.bench import Hands, Skipped, ask, expect, expect_error, judged
from drivers.errors import NeedsHands, OutcomeUnknown
from drivers.registry import open_chip

TIMEOUT_S = 5.0
ABSENT_S = 1.5
"""A service may take most of a second to see that a card has gone."""
NOBODY = "04000000000000"
FIRST, SECOND = (Tag(bytes([mark]) * ATTEMPT_BYTES, bytes([mark]) * ARTEFACT_BYTES) for mark in (1, 2))

TASKS: dict[str, str] = {
    "lay_card": "Lay the first test card on the reader.",
    "take_card_away": "Take the card off the reader.",
    "lay_another_card": "Lay another test card on the reader.",
    "lay_plain_card": "Lay a card without the specimen application on the reader.",
    "lay_mute_card": "Lay a card whose chip is broken on the reader.",
    "lay_card_to_tear": "Lay a test card on the reader, to be pulled away within the next write.",
    "lay_it_back": "Lay the card that was pulled away back on the reader.",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """The reader under test, and perhaps somebody beside it."""

    reader: ChipReader
    hands: Hands | None

    def hand(self, task: str) -> None:
        """Have ``task`` done, or Skipped."""
        ask(self.hands, TASKS, task)

    def uid(self) -> str:
        """The name of the card that lies there."""
        return self.reader.uid(TIMEOUT_S)

    def read(self, uid: str) -> Tag | None:
        """Its tag."""
        return self.reader.read_tag(uid, TIMEOUT_S)

    def tagged(self, uid: str) -> Tag:
        """A tag it did not bear, just written; Skipped on a card that cannot bear one."""
        try:
            tag = SECOND if self.read(uid) == FIRST else FIRST
        except OutcomeUnknown:  # torn
            tag = FIRST
        if not self.reader.write_tag(uid, tag, TIMEOUT_S):
            raise Skipped("the card does not offer the specimen application")
        return tag


Check = Callable[[Bench], str]


def name(bench: Bench) -> str:
    """The card tells its name, and the same one again."""
    first, second = bench.uid(), bench.uid()
    expect(first == second, f"{first}, and then {second}")
    expect(len(first) in (8, 14, 20) and first == first.upper(), f"{first} is no name")
    return first


def tag_written_and_read_back(bench: Bench) -> str:
    """What is written is read, in a conversation of its own."""
    uid = bench.uid()
    tag = bench.tagged(uid)
    expect(bench.read(uid) == tag, "another tag is read than was written")
    return "written, and read back"


def tag_written_again(bench: Bench) -> str:
    """The same tag again is well; another one takes its place."""
    uid = bench.uid()
    tag = bench.tagged(uid)
    expect(bench.reader.write_tag(uid, tag, TIMEOUT_S), "the same tag again is refused")
    later = bench.tagged(uid)
    expect(bench.read(uid) == later != tag, "the first tag is still there")
    return "the same again, then another"


def another_name_is_neither_read_nor_written(bench: Bench) -> str:
    """A card that is not the one meant keeps what it bears."""
    uid = bench.uid()
    before = bench.read(uid)
    with expect_error(NeedsHands, "chip_changed"):
        bench.read(NOBODY)
    with expect_error(NeedsHands, "chip_changed"):
        bench.reader.write_tag(NOBODY, FIRST, TIMEOUT_S)
    expect(bench.read(uid) == before, "the card was written all the same")
    return "refused, unchanged"


def card_taken_away_is_no_chip(bench: Bench) -> str:
    """An empty reader tells no name, least of all the last one; the card laid back tells it again."""
    uid = bench.uid()
    bench.hand("take_card_away")
    try:
        with expect_error(NeedsHands, "no_chip"):
            bench.reader.uid(ABSENT_S)
    finally:
        bench.hand("lay_card")
    expect(bench.uid() == uid, "it is another card now")
    return "gone, and back"


def card_exchanged_is_told(bench: Bench) -> str:
    """Another card has another name, and is not written in the first one's."""
    first = bench.uid()
    bench.hand("lay_another_card")
    try:
        second = bench.uid()
        expect(second != first, f"both are {first}")
        with expect_error(NeedsHands, "chip_changed"):
            bench.read(first)
    finally:
        bench.hand("lay_card")
    return f"{first}, then {second}"


def plain_card_is_fine(bench: Bench) -> str:
    """A card without the application has a name, bears no tag, and that is no error."""
    bench.hand("lay_plain_card")
    try:
        uid = bench.uid()
        expect(bench.read(uid) is None, "a tag is read from it")
        expect(not bench.reader.write_tag(uid, FIRST, TIMEOUT_S), "a tag is written to it")
    finally:
        bench.hand("lay_card")
    return "no tag, no error"


def mute_chip_is_dead(bench: Bench) -> str:
    """A chip that answers nothing sensible is told as dead."""
    bench.hand("lay_mute_card")
    try:
        with expect_error(NeedsHands, "chip_dead"):
            bench.uid()
    finally:
        bench.hand("lay_card")
    return "chip_dead"


def torn_write_is_unknown(bench: Bench) -> str:
    """A write cut off in the middle is unknown, seen as torn afterwards, and may be done again."""
    bench.hand("lay_card_to_tear")
    try:
        uid = bench.uid()
        with expect_error(OutcomeUnknown, "chip_dead"):
            bench.tagged(uid)
        bench.hand("lay_it_back")
        with expect_error(OutcomeUnknown, "chip_changed"):
            bench.read(uid)
        tag = bench.tagged(uid)
        expect(bench.read(uid) == tag, "it cannot be written again")
    finally:
        bench.hand("lay_card")
    return "unknown, torn, then whole"


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        name,
        tag_written_and_read_back,
        tag_written_again,
        another_name_is_neither_read_nor_written,
        card_taken_away_is_no_chip,
        card_exchanged_is_told,
        plain_card_is_fine,
        mute_chip_is_dead,
        torn_write_is_unknown,
    )
}


def run(address: str, hands: Hands | None = None) -> list[dict[str, str]]:
    """Every check in turn on the reader at ``address``: a list of {name, result, detail}.

    ``result`` is ``passed``, ``failed`` or ``skipped``. ValueError if the address is none of a reader's.
    """
    with closing(open_chip(address)) as reader:
        return [run_one(each, reader, hands) for each in CHECKS]


def run_one(check: str, reader: ChipReader, hands: Hands | None = None) -> dict[str, str]:
    """One check by its name."""
    return judged(check, lambda: CHECKS[check](Bench(reader, hands)))
