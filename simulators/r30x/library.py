"""The instructions that compare, and those that keep (PROTOCOL.md 4). Pure."""

from __future__ import annotations

from simulators.r30x.codes import INDEX_IDS, Code
from simulators.r30x.model import Module, Reply, Work

SCORE_MAX = 0xFFFF


def buffer(module: Module, number: int) -> int:
    """Which buffer a host means: on a module with two, everything but 1 is the second."""
    return number if 1 <= number <= module.make.buffers else module.make.buffers


def match(module: Module, _: bytes) -> Reply | Work:
    """03."""
    one, other = module.buffers.get(1), module.buffers.get(2)
    if one is None or other is None:
        module.matched = False
        return Reply(Code.NO_MATCH)

    def compared(score: int) -> Reply:
        module.matched = score >= module.eye.enough(module.active.level)
        return Reply(Code.DONE if module.matched else Code.NO_MATCH, _u16(score) if module.matched else b"")

    return Work(lambda: module.eye.compare(one, other), compared)


def search(module: Module, arguments: bytes) -> Reply | Work:
    """04 and 1B: the best of the range that is good enough."""
    held = module.buffers.get(buffer(module, arguments[0]))
    start, count = int.from_bytes(arguments[1:3], "big"), int.from_bytes(arguments[3:5], "big")
    module.matched = False
    kept = [(slot, module.flash.library[slot]) for slot in sorted(module.flash.library)]
    within = [(slot, template) for slot, template in kept if start <= slot < start + count]
    if held is None or not within:
        return Reply(Code.NOT_FOUND)
    compare = module.eye.compare

    def best() -> tuple[int, int]:
        return max((compare(held, template), -slot) for slot, template in within)

    def found(most: tuple[int, int]) -> Reply:
        score, slot = most[0], -most[1]
        if score < module.eye.enough(module.active.level):
            return Reply(Code.NOT_FOUND)
        module.matched = True
        return Reply(Code.DONE, _u16(slot) + _u16(score))

    return Work(best, found)


def combine(module: Module, _: bytes) -> Reply | Work:
    """05: the first scan stands for all if they are of one finger; an R503 takes all filled buffers."""
    filled = [module.buffers[number] for number in sorted(module.buffers)]
    if len(filled) < 2 or module.buffers.get(1) is None or module.buffers.get(2) is None:
        return Reply(Code.NOT_COMBINED)
    compare = module.eye.compare

    def compared(least: int) -> Reply:
        if least < module.eye.enough(module.active.level):
            return Reply(Code.NOT_COMBINED)
        for number in module.buffers:
            module.buffers[number] = filled[0]
        return Reply(Code.DONE)

    return Work(lambda: min(compare(filled[0], other) for other in filled[1:]), compared)


def store(module: Module, arguments: bytes) -> Reply:
    """06."""
    held, slot = module.buffers.get(buffer(module, arguments[0])), _slot(arguments[1:3])
    if slot >= module.make.library:
        return Reply(Code.BAD_ID)
    if held is None:
        return Reply(Code.FLASH)
    module.flash.library[slot] = held
    return Reply(module.write())


def load(module: Module, arguments: bytes) -> Reply:
    """07."""
    slot = _slot(arguments[1:3])
    if slot >= module.make.library:
        return Reply(Code.BAD_ID)
    kept = module.flash.library.get(slot)
    if kept is None:
        return Reply(Code.BAD_TEMPLATE)
    module.buffers[buffer(module, arguments[0])] = kept
    return Reply(Code.DONE)


def delete(module: Module, arguments: bytes) -> Reply:
    """0C."""
    start, count = _slot(arguments[:2]), _slot(arguments[2:4])
    if start + count > module.make.library:
        return Reply(Code.BAD_ID)
    for slot in range(start, start + count):
        module.flash.library.pop(slot, None)
    return Reply(module.write())


def empty(module: Module, _: bytes) -> Reply:
    """0D."""
    module.flash.library.clear()
    return Reply(module.write())


def number(module: Module, _: bytes) -> Reply:
    """1D."""
    return Reply(Code.DONE, _u16(len(module.flash.library)))


def index(module: Module, arguments: bytes) -> Reply:
    """1F: a bit a slot, least significant first."""
    page = arguments[0]
    if page * INDEX_IDS >= 4 * INDEX_IDS:
        return Reply(Code.BAD_ID)
    table = bytearray(INDEX_IDS // 8)
    for slot in module.flash.library:
        if slot // INDEX_IDS == page:
            at = slot % INDEX_IDS
            table[at // 8] |= 1 << at % 8
    return Reply(Code.DONE, bytes(table))


def _slot(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def _u16(number: int) -> bytes:
    return min(number, SCORE_MAX).to_bytes(2, "big")
