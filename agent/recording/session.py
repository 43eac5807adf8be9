"""From a person at the desk to a sealed packet on the disk, by the command's own process.

    begin    the rules of the day allow it; the recording has a name
    sit      agent/recording/conduct.py, in memory alone
    seal     packed, signed by the station, sealed to the province: this PC cannot open it
    about    the packet's hash is in the journal's database, so that a cut here loses nobody's half hour
    put      the packet is on the disk
    sealed   the journal line, from which the province learns that it waits

What goes wrong on the way is told by an ``abandoned`` line, or found by the next who sits here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from agent.home import Home
from agent.keys import Keys
from agent.recording import pictures, seat, sitting
from agent.recording.biodata import Person
from agent.recording.conduct import Sitting
from agent.recording.desk import Desk
from agent.recording.patience import Abandoned, Clock
from agent.recording.plan import Devices, Pictures, Plan
from agent.recording.seat import Perform
from agent.recording.words import SAID, Said, filled
from agent.store.journal import DiskFull
from agent.store.packets import Packets
from agent.trouble import Trouble
from domain.keys import SealKey
from domain.packet import BadPacket, Missing, Modality, Recording, info
from domain.packing import pack
from domain.policy import Capture
from domain.words import RefusedByRule

DISK_LOW_BYTES = 256 << 20
STOPPED, FAULT, BAD_PACKET, DISK_FULL, NOT_KEPT = "stopped", "fault", "bad_packet", "disk_full", "not_kept"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was told. ``link``: the link's state; ``rules``: of capturing, today."""

    person: Person
    missing: tuple[Missing, ...]
    by: str | None
    second: str | None
    ticket: int | None
    link: str
    rules: Capture
    patience_ms: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counter:
    """Where it happens. ``perform``: a station's action by name; ``unix_ms``: the time of day."""

    home: Home
    keys: Keys
    station: str
    devices: Devices
    desk: Desk
    perform: Perform
    clock: Clock
    unix_ms: Callable[[], int]
    pictures: Pictures = pictures


def record(counter: Counter, asked: Asked) -> dict[str, Any]:
    """One sitting; its document as ``loket record --json`` prints it: ``state`` is sealed or abandoned.

    Raises RefusedByRule SITTING_OPEN, DISK_LOW and as agent.recording.actions.begin does; Trouble, DiskFull.
    """
    packets = Packets(counter.home.recordings_path)
    with seat.taken(counter.home):
        reads = counter.home.reader()
        try:
            for id in seat.put_in_order(reads, packets, counter.perform):
                counter.desk.tell(filled(SAID["died"], Said(id, id)))
        finally:
            reads.close()
        if counter.home.free_bytes() < DISK_LOW_BYTES:
            raise RefusedByRule("DISK_LOW")
        told = {"link": asked.link, "ticket": asked.ticket}
        begun = counter.perform("recording-begin", {k: v for k, v in told.items() if v is not None})
        try:
            recording = _sit(counter, asked, begun)
            return _keep(counter, packets, recording)
        except Abandoned as gone:
            counter.perform("recording-abandon", {"id": begun["id"], "cause": gone.cause})
            counter.desk.tell(SAID["abandoned"])
            return _abandoned(begun["id"], gone.cause)


def _sit(counter: Counter, asked: Asked, begun: dict[str, Any]) -> Recording:
    """The sitting; whatever ends it before its time is told before it goes on up."""
    plan = Plan(
        id=begun["id"],
        station=counter.station,
        begun_ms=begun["begun_ms"],
        mode=begun["mode"],
        place=begun["place"] or "",
        person=asked.person,
        missing=asked.missing,
        by=asked.by,
        second=asked.second,
        rules=asked.rules,
        patience_ms=asked.patience_ms,
        flags=asked.flags,
    )
    held = Sitting(plan, counter.devices, counter.desk, counter.pictures, counter.clock, counter.unix_ms)
    try:
        return held.run()
    except Abandoned:
        raise
    except BaseException as error:
        cause = STOPPED if isinstance(error, KeyboardInterrupt) else FAULT
        counter.perform("recording-abandon", {"id": begun["id"], "cause": cause})
        counter.desk.tell(SAID["abandoned"])
        raise


def _keep(counter: Counter, packets: Packets, recording: Recording) -> dict[str, Any]:
    try:
        packed = pack(recording, counter.keys.sign.sign)
    except BadPacket as bad:
        raise Abandoned(f"{BAD_PACKET}_{bad.word.lower()}"[:40]) from None
    sealed = SealKey(counter.keys.hub_seal).seal(packed, info(counter.station, recording.id))
    told = {"id": recording.id, "sha256": sha256(sealed).hexdigest(), "size": len(sealed)}
    told |= sitting.counts(recording)
    _insist(counter.desk, lambda: counter.perform("recording-about", told))
    _insist(counter.desk, lambda: packets.put(sealed))
    counter.perform("recording-sealed", told)
    counter.desk.tell(filled(SAID["sealed"], Said(recording.id, recording.id)))
    return _document(recording, str(told["sha256"]))


def _insist(desk: Desk, act: Callable[[], object]) -> None:
    """Do it; while this PC cannot, the packet waits in memory for a clerk who sees to the disk."""
    while True:
        try:
            act()
            return
        except DiskFull:
            cause = DISK_FULL
        except (OSError, Trouble):
            cause = NOT_KEPT
        if desk.ask(SAID[cause], ("again", "stop")) == "stop":
            raise Abandoned(cause)


def _document(recording: Recording, packet: str) -> dict[str, Any]:
    return {
        "id": recording.id,
        "state": "sealed",
        "fingers": [part.part for part in recording.parts if part.modality is Modality.FINGER],
        "irises": [part.part for part in recording.parts if part.modality is Modality.IRIS],
        "exceptions": [{"part": each.part, "permanent": each.permanent} for each in recording.missing],
        "forced": [part.part or str(part.modality) for part in recording.parts if part.forced],
        "rechecked": str(recording.rechecked),
        "endorsed": recording.endorsed,
        "flags": list(recording.flags),
        "packet": packet,
        "cause": None,
    }


def _abandoned(id: str, cause: str) -> dict[str, Any]:
    told: dict[str, Any] = {"id": id, "state": "abandoned", "fingers": [], "irises": [], "exceptions": []}
    return told | {
        "forced": [],
        "rechecked": None,
        "endorsed": False,
        "flags": [],
        "packet": None,
        "cause": cause,
    }
