"""What happens at the pad as time passes. Pure."""

from __future__ import annotations

from simulators.lines.faults import Fault
from simulators.topaz.model import PLUG_MS, Pad


def next_ms(pad: Pad) -> int | None:
    """When something will happen by itself, or None."""
    times = [pad.line.next_ms(), pad.sign_ms, pad.plug_ms, pad.unplug_ms, pad.faults.next_ms()]
    times.append(pad.script[0][0] if pad.script else None)
    return min((at for at in times if at is not None), default=None)


def advance(pad: Pad, at_ms: int) -> None:
    """Let time pass up to then; nothing but what is due at that very moment happens."""
    pad.now_ms = max(pad.now_ms, at_ms)
    for fault in pad.faults.clock(pad.now_ms):
        strike(pad, fault)
    if pad.unplug_ms is not None and pad.unplug_ms <= pad.now_ms:
        pad.unplug(pad.away_ms)
    if pad.plug_ms is not None and pad.plug_ms <= pad.now_ms:
        pad.plug()
    if heard := pad.line.up.take(pad.now_ms):
        pad.hear(heard)
    if pad.sign_ms is not None and pad.sign_ms <= pad.now_ms:
        pad.sign()
    while pad.script and pad.script[0][0] <= pad.now_ms:
        at, packet = pad.script.popleft()
        pad.line.say(packet, at)


def strike(pad: Pad, fault: Fault) -> None:
    """One whose time has come; what belongs into a signature waits for the next one."""
    if fault.name == "unplug":
        pad.unplug(fault.lasts_ms(PLUG_MS))
    elif fault.name == "dead":
        pad.dead = True
        pad.script.clear()
    else:
        pad.faults.add(Fault(fault.text, fault.name, "exchange", pad.signatures + 1, for_ms=fault.for_ms))
