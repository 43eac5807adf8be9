"""Addresses of devices: the scheme names the family and the wire. Pure.

    evolis+usb://0f49            the only Evolis on USB, by vendor number
    evolis+usb://0f49/SERIAL     this one of several
    evolis+usbip://HOST:3240/1-1 a device another machine exports over USB/IP, by its bus id
    evolis+tcp://HOST:9100       raw TCP
    matica+usb://2166   matica+usbip://HOST:3240/1-1   matica+tcp://HOST:50730
    evolis+memory://NAME         a device in this very process (tests, demonstrations)
    r30x+serial:///dev/ttyUSB0   a serial line, by its path (``COM3`` on Windows: r30x+serial:///COM3)
    spool+ipp://HOST:631/printers/NAME   a queue of a print spooler (CUPS), by its IPP path
    spool+windows:///QUEUE NAME          a queue of Windows
    ipp://HOST:631/ipp/print             a printer of paper sheets; ``ipps`` with TLS
    r30x+tcp://HOST:PORT         the same behind a serial server
    r30x+serial:///dev/ttyUSB0?baud=115200&module=00000001    a line that is not as modules are when new
    topaz+serial:///dev/ttyUSB1?model=siglitelcd1x5   a signature pad; ``topaz+tcp://HOST:PORT`` likewise
    sbi://HOST                   a MOSIP SBI service, looked for on the ports 4501-4600
    sbi://HOST:4501              the one on this port
    vpcd://HOST:35963
    pcsc://READER NAME           a chip reader as the system names it; ``pcsc://`` alone: the only one

Nothing is ever probed by guess: what is not named in the address is not touched.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

DEFAULT_PORTS = {"tcp": 9100, "usbip": 3240, "sbi": 0, "vpcd": 35963, "ipp": 631, "ipps": 631}
"""0: it is looked for, on the ports that the protocol names."""
PORTS_OF = {("matica", "tcp"): 50730}
"""Where a family has its own."""
FAMILIES = {
    "evolis": frozenset({"usb", "usbip", "tcp", "memory"}),
    "matica": frozenset({"usb", "usbip", "tcp", "memory"}),
    "r30x": frozenset({"serial", "tcp", "memory"}),
    "topaz": frozenset({"serial", "tcp", "memory"}),
    "spool": frozenset({"ipp", "ipps", "windows"}),
}
ALONE = {"sbi": "sbi", "vpcd": "vpcd", "pcsc": "pcsc", "ipp": "ipp", "ipps": "ipps"}
"""Schemes without ``+wire``: family and wire are one word."""
PCSC = "pcsc://"
OPTIONS = {"r30x": frozenset({"baud", "module"}), "topaz": frozenset({"baud", "model"})}
"""What may stand behind a question mark, by family; elsewhere a question mark has no meaning."""


@dataclass(frozen=True, slots=True)
class Address:
    """One device's address; fields a wire does not use are empty. ``text`` is what was written."""

    text: str
    family: str
    wire: str
    host: str = ""
    port: int = 0
    vid: int = 0
    serial: str = ""
    busid: str = ""
    path: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Address:
    """Read an address; ValueError with one sentence if it is none."""
    if text[: len(PCSC)].lower() == PCSC:  # readers' names hold any sign, brackets and colons too
        return Address(text, "pcsc", "pcsc", path=unquote(text[len(PCSC) :]))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"'{text}' is no device address: {error}.") from error
    family, wire = _scheme(parts.scheme, text)
    found = _READERS[wire](Address(text, family, wire), parts, text)
    try:
        found.host.encode("idna")  # as sockets do, which would raise this at every look at the device
    except UnicodeError as error:
        raise ValueError(f"'{text}' names no host: {error}.") from error
    if family in OPTIONS:
        found = replace(found, options=_options(family, parts, text))
    if wire not in DEFAULT_PORTS:
        return found
    return replace(found, port=PORTS_OF.get((family, wire), DEFAULT_PORTS[wire]) if port is None else port)


def _options(family: str, parts: SplitResult, text: str) -> tuple[tuple[str, str], ...]:
    found = tuple(parse_qsl(parts.query, keep_blank_values=True))
    for name, _ in found:
        if name not in OPTIONS[family]:
            known = ", ".join(sorted(OPTIONS[family]))
            raise ValueError(f"'{text}' says '{name}', which is none of {known}.")
    return found


def _scheme(scheme: str, text: str) -> tuple[str, str]:
    if scheme in ALONE:
        return scheme, ALONE[scheme]
    family, plus, wire = scheme.partition("+")
    if not plus or family not in FAMILIES:
        known = ", ".join(sorted([*FAMILIES, *ALONE]))
        raise ValueError(f"'{text}' names no device family Loket knows ({known}).")
    if wire not in FAMILIES[family]:
        known = ", ".join(sorted(FAMILIES[family]))
        raise ValueError(f"'{text}': a {family} is reached over {known}, not over '{wire}'.")
    return family, wire


def _host(address: Address, parts: SplitResult, text: str) -> Address:
    if not parts.hostname:
        raise ValueError(f"'{text}' names no host.")
    if parts.path.strip("/"):
        raise ValueError(f"'{text}' has a path after the port, which this wire has no use for.")
    return replace(address, host=parts.hostname)


def _usbip(address: Address, parts: SplitResult, text: str) -> Address:
    busid = parts.path.strip("/")
    if not parts.hostname or not busid:
        raise ValueError(
            f"'{text}' must name a host and a bus id, such as evolis+usbip://127.0.0.1:3240/1-1."
        )
    return replace(address, host=parts.hostname, busid=busid)


def _usb(address: Address, parts: SplitResult, text: str) -> Address:
    try:
        vid = int(parts.netloc, 16)
    except ValueError:
        vid = 0
    if not 0 < vid <= 0xFFFF:
        raise ValueError(f"'{text}' must name the maker's USB number, such as evolis+usb://0f49.")
    return replace(address, vid=vid, serial=unquote(parts.path.strip("/")))


def _memory(address: Address, parts: SplitResult, text: str) -> Address:
    if not parts.netloc:
        raise ValueError(f"'{text}' names nothing in memory.")
    return replace(address, path=parts.netloc)


def _serial(address: Address, parts: SplitResult, text: str) -> Address:
    path = unquote(parts.path)
    if parts.netloc or len(path) < 2:
        raise ValueError(f"'{text}' must name a serial line, such as r30x+serial:///dev/ttyUSB0.")
    windows = path[1:].upper().startswith("COM")
    return replace(address, path=path[1:] if windows else path)


def _ipp(address: Address, parts: SplitResult, text: str) -> Address:
    if not parts.hostname or not parts.path.strip("/"):
        raise ValueError(f"'{text}' must name a host and a path, such as ipp://127.0.0.1:631/ipp/print.")
    if parts.query or parts.fragment or not parts.path.isascii() or " " in parts.path:
        raise ValueError(f"'{text}' has signs in its path that must be written as %XX.")
    return replace(address, host=parts.hostname, path=parts.path)


def _windows(address: Address, parts: SplitResult, text: str) -> Address:
    queue = unquote(parts.path).removeprefix("/")
    if parts.netloc or not queue:
        raise ValueError(f"'{text}' must name a queue, such as spool+windows:///HDP5000 Card Printer.")
    return replace(address, path=queue)


def _reader(address: Address, parts: SplitResult, text: str) -> Address:
    raise ValueError(f"'{text}' must be written pcsc://READER NAME.")


_READERS: dict[str, Callable[[Address, SplitResult, str], Address]] = {
    "tcp": _host,
    "sbi": _host,
    "vpcd": _host,
    "usbip": _usbip,
    "usb": _usb,
    "memory": _memory,
    "serial": _serial,
    "pcsc": _reader,
    "ipp": _ipp,
    "ipps": _ipp,
    "windows": _windows,
}
