"""The reader on the clerk's desk, with the real programs: what a card bears goes where the card goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.chip import ChipReader, Tag
from drivers.errors import OutcomeUnknown
from drivers.registry import open_chip
from tests.journeys.station import Station
from tests.journeys.sync_rig import free_port
from tests.journeys.technician import Technician, truth

TAG = Tag(bytes(range(16)), bytes(range(32)))


class Readers:
    """The antenna in the printer and the reader on the desk, both as vpcd."""

    def __init__(self) -> None:
        self.ports = free_port(), free_port()
        self.antenna: ChipReader
        self.antenna, self.desk = (open_chip(f"vpcd://127.0.0.1:{port}") for port in self.ports)

    def options(self, folder: Path, *more: str) -> list[str]:
        """What the simulated printer is told."""
        antenna, desk = (f"127.0.0.1:{port}" for port in self.ports)
        files = ["--state", str(folder / "state"), "--truth", str(folder / "truth")]
        return ["--chip", antenna, "--desk", desk, "--speed", "200", *files, *more]

    def close(self) -> None:
        self.antenna.close()
        self.desk.close()


@pytest.fixture
def readers() -> Iterator[Readers]:
    both = Readers()
    yield both
    both.close()


def test_a_tag_outlives_the_power_and_is_read_on_the_desk(tmp_path: Path, readers: Readers) -> None:
    options = readers.options(tmp_path)
    with Technician(*options) as printer:
        printer.ask("Scs")
        assert printer.ask("Sic") == "OK"
        uid = readers.antenna.uid(10)
        assert readers.antenna.write_tag(uid, TAG, 10)
        printer.kill()
    with Technician(*options) as printer:
        assert readers.antenna.read_tag(uid, 10) == TAG
        assert printer.ask("Ser") == "OK"
        assert printer.hand(desk=uid) == {"desk": uid}
        assert readers.desk.read_tag(readers.desk.uid(10), 10) == TAG
        printer.kill()
    with Technician(*options):
        assert readers.desk.read_tag(uid, 10) == TAG, "it still lies there"
    written = [line for line in truth(tmp_path / "truth") if line["event"] == "chip" and "file" in line]
    assert [(line["blank"], line["tray"]) for line in written] == [(uid, "inside")]


def test_a_tear_is_kept_as_it_was_left(tmp_path: Path, readers: Readers) -> None:
    options = readers.options(tmp_path, "--fault", "chip_torn@card=1")
    with Technician(*options) as printer:
        printer.ask("Scs")
        assert printer.ask("Sic") == "OK"
        uid = readers.antenna.uid(10)
        with pytest.raises(OutcomeUnknown):
            readers.antenna.write_tag(uid, TAG, 10)
        printer.kill()
    with Technician(*options):
        with pytest.raises(OutcomeUnknown) as caught:
            readers.antenna.read_tag(uid, 10)
        assert caught.value.cause == "chip_changed"
        assert readers.antenna.write_tag(uid, TAG, 10)


def test_a_reader_is_checked_by_its_address_alone(tmp_path: Path, readers: Readers) -> None:
    with Technician(*readers.options(tmp_path)) as printer:
        printer.ask("Scs")
        assert (printer.ask("Sic"), printer.ask("Ser")) == ("OK", "OK")
        (card,) = printer.hand(look=True)["reject"]
        printer.hand(desk=card["blank"])
        readers.desk.close()
        checked = Station(tmp_path / "home").loket(
            "conformance", f"vpcd://127.0.0.1:{readers.ports[1]}", "--json"
        )
    assert checked.code == 0, checked.out + checked.err
    results = [(each["name"], each["result"]) for each in checked.json]
    assert results[0] == ("name", "passed")
    assert [result for _, result in results] == ["passed"] * 4 + ["skipped"] * 5


def test_a_reader_without_a_card_is_one_clear_sentence(tmp_path: Path) -> None:
    address = f"vpcd://127.0.0.1:{free_port()}"
    done = Station(tmp_path).loket("conformance", address)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"The device at {address} cannot be checked: no_chip.\n"
