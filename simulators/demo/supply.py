"""Where blanks come from: the centre sends them to the province, the province to the counters, by name or by
number. Every consignment is booked at both ends and announced to who gets it.
"""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from domain.regions import split_station

STORE = "P-2020-05-12"
RESERVE = 200  # blanks that stay with the province for whoever runs short

Hub = Callable[..., Awaitable[object]]


class Supply:
    """The province's store. ``hub`` runs one of its commands; ``place`` keeps the manifests."""

    def __init__(self, hub: Hub, place: Path) -> None:
        self._hub, self._place = hub, place
        self._sent: dict[str, int] = {}

    async def open(self, count: int) -> None:
        """The centre's consignment has come."""
        await self._hub("blanks receive", "--consignment", STORE, "--count", str(count + RESERVE))

    async def deliver(self, to: str, count: int) -> str:
        """That many blanks are on their way to the counter; the name of the consignment."""
        named = self._next(to)
        await self._send(to, named, "--count", str(count))
        return named

    async def deliver_named(self, to: str, names: Sequence[str]) -> tuple[str, Path]:
        """These very blanks, by their manifest; the consignment and where its manifest lies."""
        named = self._next(to)
        manifest = self._place / f"{named}.txt"
        manifest.write_text("\n".join(names) + "\n", encoding="ascii")
        await self._hub("blanks receive", str(manifest), "--consignment", f"P-{named}")
        await self._send(to, named, str(manifest))
        return named, manifest

    def _next(self, to: str) -> str:
        self._sent[to] = self._sent.get(to, 0) + 1
        return f"K-{to}-{self._sent[to]}"

    async def _send(self, to: str, named: str, *which: str) -> None:
        office, number = split_station(to)
        await self._hub("blanks send", *which, "--to", office, str(number), "--consignment", named)
