"""A clerk's day at one counter: press print, watch the screen, settle what is unsure, feed the printer.

The clerk knows the screen, the trays and the ear: a printer that has fallen silent is a reason to look up.
What to do with an unsure card is decided in `simulators.demo.clerk`, purely; what becomes of a card that came
out is the desk's (`simulators.demo.desk`).
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from simulators.demo.clerk import Settle, Take, judge
from simulators.demo.counter import Counter
from simulators.demo.desk import CAME_OUT, CLERK, SECOND, Desk
from simulators.demo.printers import FINISHED
from simulators.demo.programs import Stuck

GLANCE_S = 0.15
PRESS_AGAIN_S = 1.5
SILENT_S = 1.2
ROUND_S = 12.0  # how long the cards that came out are left in the tray of a printer that goes on
PATIENCE_S = 90
PRESS_MAX = 500
LOAD_BLANKS = 10
_WORKING = frozenset({"queued", "staged", "printing"})
_OPEN = _WORKING | {"unsure", "printed"}  # printed: nobody has looked at the card


class Clerk:
    """Works one counter until every order has its card."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._desk = Desk(counter)
        self._panels: tuple[str, ...] = FINISHED[counter.part.make]
        self._heard_at = time.monotonic()
        self._looked_at = 0.0
        self._progress_at = time.monotonic()
        self.jobs: list[dict[str, Any]] = []
        self.printed = 0

    async def work(self) -> None:
        """The day. Raises Stuck when nothing moves for `PATIENCE_S`."""
        if self._counter.part.urgent:
            await self._certificate(self._counter.part.urgent)
        if not self._counter.scans:
            await self._take_orders()
        while self.printed < self._counter.orders or not self._desk.clear:
            await asyncio.sleep(GLANCE_S)
            self.listen()
            if self._is_worth_a_look():
                await self._stand_at_the_counter()
            if time.monotonic() - self._progress_at > PATIENCE_S:
                raise Stuck(f"{self._counter.name} stands still: {self._standing()}")
        await self._desk.serve(self.jobs)

    async def _certificate(self, order: str) -> None:
        """Somebody cannot wait for the card; the order is not here before the line is."""
        while not await self._desk.certificate(order):
            await asyncio.sleep(PRESS_AGAIN_S)
            if time.monotonic() - self._progress_at > PATIENCE_S:
                raise Stuck(f"{self._counter.name} got no certificate for {order}")

    async def _stand_at_the_counter(self) -> None:
        """One look with all that follows from it; it ends early when the lights go out."""
        async with self._counter.lights:
            nights = self._counter.nights
            try:
                await self._look()
            except Stuck:
                if nights == self._counter.nights and not self._counter.dark:
                    raise

    def listen(self) -> None:
        """The printer makes a noise with everything it does."""
        if self._counter.tail.look():
            self._heard_at = self._progress_at = time.monotonic()

    def _is_worth_a_look(self) -> bool:
        now = time.monotonic()
        silent, since = now - self._heard_at > SILENT_S, now - self._looked_at
        return since > ROUND_S or (silent and since > SILENT_S)

    async def _take_orders(self) -> None:
        """Presses print until the counter has taken all its orders; they come over the link one batch at a
        time."""
        taken: set[str] = set()
        while len(taken) < self._counter.orders:
            left = str(min(PRESS_MAX, self._counter.orders - len(taken)))
            told = await self._counter.loket("print", "--next", left, "--json", may_fail=True)
            fresh = {job["order"] for job in told["jobs"]} - taken if told else set()
            taken |= fresh
            now = time.monotonic()
            self._progress_at = now if fresh else self._progress_at
            if now - self._progress_at > PATIENCE_S:
                got = f"{len(taken)} of {self._counter.orders} orders"
                raise Stuck(f"{self._counter.name} got {got} from the province")
            if len(taken) < self._counter.orders:
                await asyncio.sleep(PRESS_AGAIN_S)

    async def _look(self) -> None:
        """Up from the papers: the screen, and then whatever it asks for."""
        told = await self._counter.loket("jobs", "--json", may_fail=True)
        self._looked_at = time.monotonic()
        if told is None:
            return
        self.jobs = told
        done = {job["order"] for job in self.jobs if job["state"] in CAME_OUT}
        if len(done) != self.printed:
            self.printed, self._progress_at = len(done), self._looked_at
        unsure = [job for job in self.jobs if job["state"] == "unsure"]
        if unsure:
            for job in unsure:
                await self._settle(job)
        elif not await self._press_again(done):
            await self._keep_going()
            if await self._desk.tidy(self.jobs, self._panels):
                self._progress_at = time.monotonic()

    async def _keep_going(self) -> None:
        """Nothing is unsure and nothing was spoiled: the printer wants something, or the next blank."""
        if any(job["state"] in _WORKING for job in self.jobs):
            if time.monotonic() - self._heard_at > SILENT_S:
                await self._serve_the_printer()
        elif self._counter.scans and self.printed < self._counter.orders:
            blank = await self._counter.lay_next()
            await self._counter.loket("print", "--next", "1", "--blank", blank, "--json", may_fail=True)

    async def _press_again(self, done: set[str]) -> bool:
        """A new press for every order whose last card was spoiled."""
        latest = {job["order"]: job for job in sorted(self.jobs, key=lambda job: _attempt(job["id"]))}
        again = [order for order, job in latest.items() if job["state"] == "spoiled" and order not in done]
        if self._counter.scans:
            return False  # it waits among the others for the next blank that is scanned
        for order in again:
            await self._counter.loket("print", "--order", order, "--json", may_fail=True)
        return bool(again)

    async def _settle(self, job: Mapping[str, Any]) -> None:
        lot = self._counter.lot
        look = await self._counter.look()
        self._learn(look)
        known = lot.settled | {
            each["blank"] for each in self.jobs if each["blank"] and each["state"] != "unsure"
        }
        act = judge(job, look, self._panels, frozenset(known))
        if isinstance(act, Take) and not self._counter.scans:  # nobody can reach into a printer on its own
            await self._counter.printer.hand({"take": act.blank})
        elif isinstance(act, Settle):
            reason = () if act.word == "--came-out" else ("--reason", act.reason)
            told = await self._counter.loket(
                *("resolve", act.job, act.word, act.blank, *reason),
                *("--by", CLERK, "--second", SECOND, "--json"),
                may_fail=True,
            )
            if told is not None:
                lot.settled.add(act.blank)
                self._progress_at = time.monotonic()
                if told["state"] == "spoiled" and not self._counter.scans:
                    await self._counter.loket("print", "--order", job["order"], "--json", may_fail=True)

    def _learn(self, look: Mapping[str, Any]) -> None:
        """What a finished card of this counter shows: as many others in the tray do."""
        good = {job["blank"] for job in self.jobs if job["state"] in CAME_OUT}
        for card in look["output"]:
            if card["blank"] in good:
                self._panels = tuple(card["panels"])

    async def _serve_the_printer(self) -> None:
        """Jobs wait and the printer is silent: blanks, ribbon, cover, or a card in the way."""
        if self._counter.scans:
            return  # it tells nothing, and its blank lies in it
        look = await self._counter.look()
        if look["feeder"] == 0 and not look["inside"]:
            await self._counter.refill(LOAD_BLANKS)
            return
        status = await self._counter.loket("status", "--json", may_fail=True)
        cause = status["printer"]["cause"] if status else None
        if cause in ("ribbon_ended", "no_ribbon"):
            await self._counter.printer.hand({"ribbon": "new"})
        elif cause == "hopper_full":
            await self._counter.printer.hand({"take": "output"})
        elif cause == "reject_full":
            await self._counter.printer.hand({"take": "reject"})
        elif cause == "claim_stuck":
            await self._counter.printer.hand({"power": "cut"})
        elif cause == "cards_unknown":
            await self._look_into_the_trays(look)

    async def _look_into_the_trays(self, look: Mapping[str, Any]) -> None:
        """The printer counted a card that no job knows of: whatever has ink and no name here is told."""
        known = self._counter.lot.settled | {job["blank"] for job in self.jobs if job["blank"]}
        strays = [
            card["blank"]
            for card in (*look["output"], *look["reject"])
            if card["panels"] and card["blank"] not in known
        ]
        named = [word for blank in strays for word in ("--spoiled", blank)]
        if (
            await self._counter.loket(
                *("looked", *named, "--by", CLERK, "--second", SECOND, "--json"), may_fail=True
            )
            is not None
        ):
            self._progress_at = time.monotonic()

    def _standing(self) -> str:
        states = [f"{job['id']} {job['state']} {job['cause'] or ''}".strip() for job in self.jobs]
        open_ones = [each for each, job in zip(states, self.jobs, strict=True) if job["state"] in _OPEN]
        return (
            f"{self.printed} of {self._counter.orders} printed; {', '.join(open_ones[:4]) or 'no open job'}"
        )


def _attempt(job: str) -> int:
    return int(job.rpartition("-")[2])
