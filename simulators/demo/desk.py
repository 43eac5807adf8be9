"""The desk behind the counter: cards that came out are looked at, put on the shelf, announced, handed over.

Only a card that lies there whole is verified: one that the screen tells of and nobody can find never gets on
the shelf, and the day does not end. Each command may find the lights out; asked again it changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from simulators.demo.clerk import whole
from simulators.demo.counter import Counter
from simulators.demo.programs import Answer, Stuck
from simulators.demo.recordings import fingers

CLERK, SECOND, SUPERVISOR = "P.01", "P.02", "S.01"
ON_SHELF = frozenset({"verified", "ready"})
GONE = frozenset({"handed_over", "sent", "withheld", "returned"})
CAME_OUT = frozenset({"printed"}) | ON_SHELF | GONE
AT_ONCE = 5  # cards looked at before the next look at the printer
HAND_OVERS = 3  # holders who come on the same day
URGENT = "marriage"

Job = Mapping[str, Any]


class Desk:
    """One counter's desk. ``clear``: no card waits to be looked at."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._holders = dict(counter.part.holders)
        self.clear = False

    async def certificate(self, order: str) -> bool:
        """A sheet for somebody who cannot wait; whether it is in the holder's hands."""
        counter = self._counter
        if order not in counter.lot.sukets:
            asked = ("--order", order, "--reason", URGENT, "--by", CLERK, "--json")
            told = await counter.loket("suket issue", *asked, may_fail=True)
            if told is None:
                return False
            counter.lot.sukets[order] = told["number"]
        number = counter.lot.sukets[order]
        held = await counter.loket("suket confirm", number, "--by", CLERK, "--json", may_fail=True)
        return held is not None

    async def tidy(self, jobs: Sequence[Job], panels: Sequence[str]) -> bool:
        """Verify some of the cards that came out, and part with the smeared one; whether anything moved."""
        waiting = [job for job in jobs if job["state"] == "printed"]
        if self._counter.part.smears and not await self._smeared(jobs):
            self.clear = False
            return True
        self.clear = not waiting
        if not waiting:
            return False
        look = await self._counter.look()
        good = {card["blank"] for card in (*look["output"], *look["hands"]) if whole(card, panels)}
        moved = False
        for job in [job for job in waiting if job["blank"] in good][:AT_ONCE]:
            shelf = f"A-{job['order'][-2:]}"
            told = ("--card", job["blank"], "--shelf", shelf, "--by", CLERK, "--json")
            moved |= await self._counter.loket("verify", job["id"], *told, may_fail=True) is not None
        return moved

    async def _smeared(self, jobs: Sequence[Job]) -> bool:
        """One card of this counter is found bad and cut in two; whether that is written down."""
        torn = self._counter.lot.torn
        if not torn:
            torn.update(
                job["blank"] for job in [each for each in jobs if each["state"] in ON_SHELF | {"printed"}][:1]
            )
        for job in jobs:
            if job["blank"] in torn and job["state"] != "spoiled":
                told = ("--blank", job["blank"], "--reason", "luntur", "--by", CLERK, "--second", SECOND)
                await self._counter.loket("spoil", job["id"], *told, "--json", may_fail=True)
                return False
        return bool(torn)

    async def serve(self, jobs: Sequence[Job]) -> None:
        """All is printed: tell the holders, give cards to those who come, and burn what is bad."""
        counter = self._counter
        batch = await counter.loket("announce", "--json")
        if batch["batch"]:
            await counter.loket("announce", "--done", batch["batch"], "--json")
        blank_of = {job["id"]: job["blank"] for job in jobs}
        cards = await counter.loket("ready", "--json")
        cards.sort(key=lambda card: card["order"] not in self._holders)  # whoever's finger is known, first
        if counter.part.withholds and cards:
            await self._withhold(cards.pop(0), blank_of)
        taken_in = 0
        for card in cards[:HAND_OVERS]:
            papers = self._papers(card)
            taken_in += "card" in papers
            old = [word for paper in papers for word in ("--old", paper)]
            told = ("--card", blank_of[card["job"]], *old, "--by", CLERK, "--json")
            await self._give(card, told)
        if taken_in or any(job["state"] == "spoiled" for job in jobs):
            await self._burn()

    async def _withhold(self, card: Mapping[str, Any], blank_of: Mapping[str, str]) -> None:
        """The finger of whoever stands here is another's: whatever he says, the card stays."""
        old = [word for paper in self._papers(card) for word in ("--old", paper)]
        told = ("--card", blank_of[card["job"]], *old, "--by", CLERK)
        if card["order"] in self._holders:
            answer = await self._asked(card, (*told, "--json"), None)
            word = (answer.json() or {}).get("refused")
        else:
            word = await self._counter.refused("hand-over", card["job"], *told, "--finger", "mismatch")
        if word != "FINGER_MISMATCH":
            raise Stuck(f"{self._counter.name} gave {card['job']} to somebody else ({word})")

    async def _give(self, card: Mapping[str, Any], told: Sequence[str]) -> None:
        """Over the counter: by the finger on the reader here, or by what the ministry's own showed."""
        nik = self._holders.get(card["order"])
        if nik is None:
            await self._counter.loket("hand-over", card["job"], "--finger", "matched", *told)
            return
        answer = await self._asked(card, told, nik)
        if answer.code:
            raise Stuck(f"{self._counter.name} did not give {card['job']} to its holder: {answer.err}")

    async def _asked(self, card: Mapping[str, Any], told: Sequence[str], nik: str | None) -> Answer:
        """`loket hand-over` with the finger of ``nik`` laid down where it asks; None: a stranger's."""
        room = self._counter.room
        if room is None:
            raise Stuck(f"{self._counter.name} has no reader")
        async with room.seat:
            words = self._counter.words("hand-over", card["job"], *told)
            return await room.talk(words, fingers(nik, "The holder's {} on the reader"))

    def _papers(self, card: Mapping[str, Any]) -> Iterable[str]:
        """What the holder brings along: all that is due, the certificate by its number."""
        number = self._counter.lot.sukets.get(card["order"], f"S-{card['order']}")
        named = {"suket": f"suket:{number}"}
        return [named.get(word, word) for word in card["comes_in"]] or ["none"]

    async def _burn(self) -> None:
        minutes = f"BA-{self._counter.name}"
        out = self._counter.home.parent / f"{minutes}.pdf"
        seen = ("--witness", SECOND, "--witness", SUPERVISOR, "--by", CLERK)
        await self._counter.loket(
            *("blanks destroy", "--all", "--minutes", minutes, *seen, "--out", str(out), "--json")
        )
        if not out.read_bytes().startswith(b"%PDF"):
            raise Stuck(f"{minutes} is no PDF")
