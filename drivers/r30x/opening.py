"""From an address to the driver of a fingerprint module: its line, its rate, its own address."""

from drivers.address import Address
from drivers.card_printer import Clock
from drivers.r30x.line import ANYBODY, Line, Progress
from drivers.r30x.module import Module
from drivers.r30x.reader import R30xReader
from drivers.transports.streams import OpenStream, opener, rate

BAUD = "57600"


def opened(
    address: Address,
    clock: Clock,
    open_stream: OpenStream | None = None,
    password: int = 0,
    progress: Progress | None = None,
) -> R30xReader:
    """The reader; nothing is said to it yet. ValueError if the address says what cannot be."""
    told = dict(address.options)
    baud = rate(told.get("baud", BAUD), address)
    try:
        number = int(told["module"], 16) if "module" in told else ANYBODY
    except ValueError:
        number = -1
    if not 0 <= number <= ANYBODY:
        raise ValueError(f"'{address}': '{told['module']}' is no module's address, such as 00000001.")
    line = Line(open_stream or opener(address, baud), clock, baud, number, progress)
    return R30xReader(Module(line, password), address, clock)
