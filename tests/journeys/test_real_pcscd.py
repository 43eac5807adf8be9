"""A real pcscd and vsmartcard's virtual reader between our chip reader and the simulated cards.

One slot is the antenna in the printer, the other the reader on the clerk's desk. The same checks by name as
on the other wires, what only a service can do (stop, be shared, have several readers), and one card's life.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from drivers.chip import Tag
from drivers.conformance.chip import CHECKS, run_one
from drivers.errors import DeviceError, NeedsHands, Unreachable
from drivers.registry import open_chip
from tests.conformance.desks import Desk, as_process
from tests.journeys.killer_rig import Life, prepare
from tests.journeys.technician import Technician
from tests.journeys.test_one_card import Counter
from tests.pcscd import Service, running

pytestmark = pytest.mark.serial


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running() as one:
        yield one


@pytest.fixture(scope="module")
def desk(service: Service) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield as_process(stack, service.slots[1], open_chip(f"pcsc://{service.names[1]}"))


@pytest.fixture
def printer(service: Service) -> Iterator[Technician]:
    with Technician("--chip", f"127.0.0.1:{service.slots[0]}", "--speed", "200") as one:
        one.ask("Scs")
        yield one


def cause(kind: type[DeviceError], address: str, timeout_s: float) -> str:
    with pytest.raises(kind) as caught:
        open_chip(address).uid(timeout_s)
    return caught.value.cause


@pytest.mark.parametrize("name", CHECKS)
def test_the_reader_on_the_desk_passes(name: str, desk: Desk) -> None:
    result = run_one(name, desk.reader, desk.hands)
    assert result["result"] == "passed", result


def test_the_card_at_the_station_is_named_until_it_leaves(service: Service, printer: Technician) -> None:
    station = f"pcsc://{service.names[0]}"
    assert cause(NeedsHands, station, 0.5) == "no_chip"
    assert printer.ask("Sic") == "OK"
    (inside,) = printer.hand(look=True)["inside"]
    assert open_chip(station).uid(5) == inside["blank"]
    assert printer.ask("Ser") == "OK"
    assert cause(NeedsHands, station, 2) == "no_chip"


def test_a_dead_chip_is_no_chip_at_all(service: Service, printer: Technician) -> None:
    printer.hand(fault="chip_dead@card=1")
    assert printer.ask("Sic") == "OK"
    assert cause(NeedsHands, f"pcsc://{service.names[0]}", 1.5) == "no_chip"


def test_of_two_slots_one_must_be_named(service: Service) -> None:
    with pytest.raises(ValueError, match=", ".join(f"'{name}'" for name in service.names)):
        open_chip("pcsc://")
    assert cause(Unreachable, "pcsc://Nobody's", 1) == "unplugged"


def test_a_card_that_another_program_holds_is_busy(service: Service, printer: Technician) -> None:
    assert printer.ask("Sic") == "OK"
    reader = open_chip(f"pcsc://{service.names[0]}")
    uid = reader.uid(5)
    other: Any = importlib.import_module("smartcard.scard")
    _, context = other.SCardEstablishContext(other.SCARD_SCOPE_USER)
    word, card, _ = other.SCardConnect(
        context, service.names[0], other.SCARD_SHARE_EXCLUSIVE, other.SCARD_PROTOCOL_ANY
    )
    assert word == 0
    assert cause(Unreachable, f"pcsc://{service.names[0]}", 0.5) == "busy"
    other.SCardDisconnect(card, other.SCARD_LEAVE_CARD)
    other.SCardReleaseContext(context)
    assert reader.uid(5) == uid


def test_a_service_that_stops_is_told_and_found_again(service: Service, printer: Technician) -> None:
    assert printer.ask("Sic") == "OK"
    reader = open_chip(f"pcsc://{service.names[0]}")
    uid = reader.uid(5)
    service.stop()
    try:
        assert cause(Unreachable, f"pcsc://{service.names[0]}", 1) == "no_answer"
    finally:
        service.start()
    assert reader.uid(5) == uid


def test_a_card_is_named_tagged_printed_and_known_again_on_the_desk(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    desk.hands.do("take_card_away")
    at_station = (service.slots[0], f"pcsc://{service.names[0]}")
    on_desk = f"127.0.0.1:{service.slots[1]}"
    (tmp_path / "prepared").mkdir()
    life = Life(prepare(tmp_path / "prepared"), tmp_path, "ymcko", at_station, "--desk", on_desk)
    station = Counter(life)
    try:
        station.print()
        job = station.comes_to("printed")
        life.truth_agrees()
        station.printer.ask(desk=job["blank"])
        tag = open_chip(f"pcsc://{service.names[1]}").read_tag(job["blank"], 10)
        ((artefact,),) = life.reads.rows("SELECT artefact FROM job")
        assert tag == Tag(sha256(job["id"].encode()).digest()[:16], bytes.fromhex(artefact))
    finally:
        station.close()
