"""Consignments by the province: each has a name of its own, and is booked before it goes out."""

import asyncio
from pathlib import Path

from simulators.demo.supply import RESERVE, STORE, Supply


class Province:
    """Keeps the commands it was given."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def hub(self, words: str, *rest: str) -> object:
        self.asked.append((words, *rest))
        return None


def test_the_store_holds_what_is_asked_for_and_a_reserve(tmp_path: Path) -> None:
    province = Province()
    asyncio.run(Supply(province.hub, tmp_path).open(500))
    assert province.asked == [("blanks receive", "--consignment", STORE, "--count", str(500 + RESERVE))]


def test_consignments_are_counted_by_counter(tmp_path: Path) -> None:
    province = Province()
    supply = Supply(province.hub, tmp_path)
    named = [asyncio.run(supply.deliver(to, 10)) for to in ("64.01-1", "64.02-1", "64.01-1")]
    assert named == ["K-64.01-1-1", "K-64.02-1-1", "K-64.01-1-2"]
    assert province.asked[0] == (
        *("blanks send", "--count", "10", "--to", "64.01", "1", "--consignment", "K-64.01-1-1"),
    )


def test_named_blanks_are_booked_in_by_their_manifest_before_they_go_out(tmp_path: Path) -> None:
    province = Province()
    named, manifest = asyncio.run(Supply(province.hub, tmp_path).deliver_named("64.03-1", ["04AA", "04BB"]))
    assert manifest.read_text() == "04AA\n04BB\n"
    assert [asked[0] for asked in province.asked] == ["blanks receive", "blanks send"]
    assert all(str(manifest) in asked for asked in province.asked)
    assert province.asked[1][-1] == named
