"""What happens as time passes: bytes come and go, instructions are taken up and answered. Pure.

`next_ms` and `advance` drive a module; between them whoever runs it looks at `work` and gives back `done`.
"""

from __future__ import annotations

from typing import Any

from simulators.r30x import accidents, commands
from simulators.r30x.codes import Code
from simulators.r30x.model import HELD_BYTES_MAX, Exchange, Module, Reply, Work
from simulators.r30x.wire import COMMAND, DATA, LAST, Packet

SEARCH_MS_MAX = 1000
"""A search takes its row's ms for each finger it looks at, and at most so much."""
SEARCHES = (0x04, 0x1B)


def next_ms(module: Module) -> int | None:
    """When something will happen by itself, or None."""
    times = [module.line.next_ms(), module.faults.next_ms(), *module.deadlines.values()]
    if module.exchange is not None and module.exchange.reply is not None:
        times.append(module.exchange.due_ms)
    return min((at for at in times if at is not None), default=None)


def advance(module: Module, at_ms: int) -> None:
    """Let time pass up to then; nothing but what is due at that very moment happens."""
    module.now_ms = max(module.now_ms, at_ms)
    for fault in module.faults.clock(module.now_ms):
        accidents.strike(module, fault)
    for name in [name for name, at in module.deadlines.items() if at <= module.now_ms]:
        del module.deadlines[name]
        accidents.DEADLINES[name](module)
    came = module.line.up.take(module.now_ms)
    if came and module.awake and not module.line.down.busy:
        module.held += came[: HELD_BYTES_MAX - len(module.held)] if module.exchange else came
    _answer(module)
    _serve(module)


def work(module: Module) -> Work | None:
    """The long work that is to be done now, for whoever runs the module; then `done`."""
    return module.exchange.work if module.exchange else None


def done(module: Module, work: Work, result: Any) -> None:
    """The work gave ``result``; of no use if the power went meanwhile."""
    exchange = module.exchange
    if exchange is not None and exchange.work is work:
        exchange.work, exchange.reply = None, work.finish(result)
        _answer(module)
        _serve(module)


def _answer(module: Module) -> None:
    exchange = module.exchange
    if exchange and exchange.reply is not None and exchange.due_ms <= module.now_ms:
        module.exchange = None
        accidents.answer(module, exchange, exchange.reply)


def _serve(module: Module) -> None:
    """Take up what has come, until there is an instruction to work on."""
    while module.exchange is None and module.awake:
        if module.held:
            module.stream.feed(bytes(module.held), module.now_ms)
            module.held.clear()
        packet = next(iter(module.stream), None)
        if packet is None:
            return
        if packet.address == module.flash.address:
            _packet(module, packet)


def _packet(module: Module, packet: Packet) -> None:
    if packet.kind in (DATA, LAST):
        module.deliver(packet)
    elif packet.kind == COMMAND:
        module.download = None  # given up; what it was for holds nothing since it began
        _command(module, packet)


def _command(module: Module, packet: Packet) -> None:
    op = packet.content[0] if packet.content else -1
    row = commands.row(module, op)
    module.exchanges += 1
    faults = module.faults.exchange(module.exchanges, op)
    exchange = Exchange(op, row.ack if row else 1, module.now_ms, faults)
    module.exchange = exchange
    for fault in faults:
        accidents.before(module, fault)
    if module.exchange is not exchange:  # the power has gone
        return
    outcome = _outcome(module, packet, row, op)
    exchange.due_ms += _takes_ms(module, row, packet.content)
    if isinstance(outcome, Work):
        exchange.work = outcome
    else:
        exchange.reply = outcome
        _answer(module)


def _outcome(module: Module, packet: Packet, row: commands.Row | None, op: int) -> Reply | Work:
    if not packet.sound:
        return Reply(Code.BAD_PACKET)
    if row is None:
        return Reply(Code.UNSUPPORTED)
    if module.flash.password and not module.verified and op != commands.VERIFY:
        return Reply(Code.PASSWORD_FIRST)
    if len(packet.content) - 1 != row.arguments:
        return Reply(Code.BAD_PACKET)
    forced = accidents.forced(module, op)
    return row.do(module, packet.content[1:]) if forced is None else Reply(forced)


def _takes_ms(module: Module, row: commands.Row | None, content: bytes) -> int:
    if row is None:
        return 0
    if content[0] not in SEARCHES:
        return row.ms
    return min(SEARCH_MS_MAX, row.ms * max(1, len(module.flash.library)))
