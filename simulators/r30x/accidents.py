"""What accidents do to the module and to what it says (`faults` names them). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from simulators.lines.faults import Fault
from simulators.r30x import commands, wire
from simulators.r30x.codes import READY, Code
from simulators.r30x.glass import LAID
from simulators.r30x.model import Exchange, Module, Reply

POWER_MS, PLUG_MS, AWAY_MS, LATE_MS, SPLIT_MS = 1000, 2000, 2000, 1500, 60
NOISE_BYTES = 5
DOWNLOADS = (0x09, 0x0B)
_FORCED = {"flash": Code.FLASH, "full": Code.FULL}
PAYLOADS = (32, 64, 128, 256)


def _sensor(module: Module, fault: Fault) -> None:
    module.blind = True
    if fault.for_ms is not None:
        module.deadlines["sensor"] = module.now_ms + fault.for_ms


def _absent(module: Module, fault: Fault) -> None:
    module.glass.away(module.now_ms + fault.lasts_ms(AWAY_MS))


def _laid(module: Module, fault: Fault) -> None:
    if module.glass.finger is not None:
        module.glass.lay(module.glass.finger.laid(**LAID[fault.name]))


def _power_cut(module: Module, fault: Fault) -> None:
    module.power_off(fault.lasts_ms(POWER_MS))


def _unplug(module: Module, fault: Fault) -> None:
    module.unplug(fault.lasts_ms(PLUG_MS))


def _dead(module: Module, fault: Fault) -> None:
    module.dead = True
    module.power_off(None)


_POWER = {"power_cut": _power_cut, "unplug": _unplug, "dead": _dead}
_WORLD: Mapping[str, Callable[[Module, Fault], None]] = {
    "sensor": _sensor, "absent": _absent, "wet": _laid, "dry": _laid, "partial": _laid, "moving": _laid,
    **_POWER,
}  # fmt: skip


def _see(module: Module) -> None:
    module.blind = False


def _restart(module: Module) -> None:
    module.power_off(None)
    module.power_on()


DEADLINES: Mapping[str, Callable[[Module], None]] = {
    "boot": Module.woke,
    "power": Module.power_on,
    "plug": Module.plug,
    "sensor": _see,
    "restart": _restart,
}


def strike(module: Module, fault: Fault) -> None:
    """One whose time has come. What belongs into an exchange waits for the next one."""
    if fault.name in _WORLD:
        _WORLD[fault.name](module, fault)
    else:
        module.faults.add(replace(fault, when="exchange", value=module.exchanges + 1))


def before(module: Module, fault: Fault) -> None:
    """As an instruction comes in."""
    if fault.name in _WORLD and fault.place in (None, "command"):
        _WORLD[fault.name](module, fault)


def forced(module: Module, op: int) -> int | None:
    """The code that an accident puts in the place of the work."""
    exchange = module.exchange
    for fault in exchange.faults if exchange else []:
        if fault.name in _FORCED:
            return _FORCED[fault.name]
        if fault.name == "busy":
            return Code.CANNOT_TAKE if op in DOWNLOADS else Code.FAILED
        if fault.name == "code":
            return Code.FAILED if fault.code is None else fault.code
    return None


def answer(module: Module, exchange: Exchange, reply: Reply) -> None:
    """Say it, as whole as the accidents let it."""
    faults = {fault.name: fault for fault in exchange.faults}
    if late := faults.pop("late", None):
        exchange.due_ms = module.now_ms + late.lasts_ms(LATE_MS)
        exchange.faults.remove(late)
        exchange.reply, module.exchange = reply, exchange
        return
    at_answer = [each for each in exchange.faults if each.name in _POWER and each.place == "answer"]
    if at_answer:
        _WORLD[at_answer[0].name](module, at_answer[0])
        return
    if "silent" not in faults:
        _say(module, exchange, reply)
    if reply.after is not None:
        reply.after()


def _say(module: Module, exchange: Exchange, reply: Reply) -> None:
    address = module.flash.address
    content = bytes([reply.code]) + commands.padded(reply, exchange.ack).parameters
    acks = [wire.build(address, wire.ACK, content)]
    data = wire.data_packets(address, reply.data, PAYLOADS[module.active.packet]) if reply.data else []
    for fault in exchange.faults:
        where = data if fault.place == "data" else acks
        if where and fault.name in _TWISTS:
            where[:] = _TWISTS[fault.name](module, where)
    at_ms = module.now_ms
    for place, packets in (("answer", acks), ("data", data)):
        at_ms = _send(module, exchange, place, packets, at_ms)


def _send(module: Module, exchange: Exchange, place: str, packets: list[bytes], at_ms: int) -> int:
    """``packets`` from ``at_ms`` on, in pieces if so struck; when what comes after them may begin."""
    struck = {each.name: each for each in exchange.faults if (each.place or "answer") == place}
    if not packets:
        return at_ms
    pause = struck["split"].lasts_ms(SPLIT_MS) if "split" in struck else 0
    raw = b"".join(packets)
    cut = len(raw) // 2
    pieces = [raw[:3], raw[3:cut], raw[cut:]] if pause else [raw]
    for piece in pieces:
        module.line.say(piece, at_ms)
        at_ms = max(at_ms, module.line.down.free_ms) + pause
    gone = next((each for each in exchange.faults if each.name in _POWER and each.place == place), None)
    if gone is not None:
        amid_ms = (module.now_ms + module.line.down.free_ms) // 2
        module.faults.add(replace(gone, when="ms", value=amid_ms))
    return at_ms


def _noise(module: Module, packets: list[bytes]) -> list[bytes]:
    nonsense = bytes(module.dice.randrange(0x10, 0xE0) for _ in range(NOISE_BYTES))
    return [nonsense, *packets]


def _ready(module: Module, packets: list[bytes]) -> list[bytes]:
    return [READY, *packets]


def _bad_checksum(module: Module, packets: list[bytes]) -> list[bytes]:
    at = len(packets) // 2
    spoilt = packets[at][:-1] + bytes([packets[at][-1] ^ 0x5A])
    return [*packets[:at], spoilt, *packets[at + 1 :]]


def _short(module: Module, packets: list[bytes]) -> list[bytes]:
    """Of one packet its second half is lost; of several a whole one."""
    at = len(packets) // 2
    left = [packets[0][: len(packets[0]) // 2]] if len(packets) == 1 else []
    return left or [*packets[:at], *packets[at + 1 :]]


_TWISTS: Mapping[str, Callable[[Module, list[bytes]], list[bytes]]] = {
    "noise": _noise,
    "ready": _ready,
    "bad_checksum": _bad_checksum,
    "short": _short,
}
