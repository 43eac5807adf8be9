"""From an address to its driver: tables by family and by wire. The only file that knows them all.

A driver is imported when an address asks for it, so that an office with one printer carries no other;
``prepare`` imports Pillow, which is why it is called in a child process that ends.
"""

from collections.abc import Callable

from drivers.address import Address, parse
from drivers.card_printer import Artefact, CardPrinter, Clock, Transport
from drivers.chip import ChipReader
from drivers.finger_reader import FingerReader
from drivers.paper_printer import PaperPrinter
from drivers.scanner import Scanner
from drivers.signature_pad import SignaturePad
from drivers.transports.streams import OpenStream


def open_transport(address: Address) -> Transport:
    """The wire an address names; ValueError with one sentence for one that this machine has not."""
    opens = _WIRES.get((address.family, address.wire))
    if opens is None:
        raise ValueError(f"'{address}' is on no wire Loket can use.")
    return opens(address)


def open_printer(
    address: str, *, clock: Clock, open_transport: Callable[[Address], Transport] = open_transport
) -> CardPrinter:
    """The driver of the printer at ``address``; nothing is said to the printer yet.

    ``open_transport`` makes the wire. ValueError with one sentence if the address is none of a printer's.
    """
    found = parse(address)
    if found.family == "spool":
        return _spool(found, clock)
    if found.family not in _PRINTERS:
        raise ValueError(f"'{address}' is no card printer Loket can drive.")
    return _PRINTERS[found.family](open_transport(found), found, clock)


def has_station(address: str) -> bool:
    """Whether printers of this address's family bring a card to a chip reader before they print on it."""
    return parse(address).family not in _WITHOUT_STATION


def open_paper(address: str, *, clock: Clock) -> PaperPrinter:
    """The printer of paper sheets at ``address``; nothing is said to it yet. ValueError if it is none."""
    found = parse(address)
    if found.family not in ("ipp", "ipps"):
        raise ValueError(f"'{address}' is no printer of paper Loket can drive.")
    from drivers.ipp.client import IppClient
    from drivers.ipp.line import HttpLine
    from drivers.paper.printer import IppPaperPrinter

    return IppPaperPrinter(IppClient(found, HttpLine(found)), found, clock)


def open_chip(address: str) -> ChipReader:
    """The reader at the contactless station; ValueError with one sentence if the address is none of one."""
    found = parse(address)
    if found.wire not in _READERS:
        raise ValueError(f"'{address}' is no chip reader Loket can drive.")
    return _READERS[found.wire](found)


def open_reader(
    address: str, *, clock: Clock, open_stream: OpenStream | None = None, password: int = 0
) -> FingerReader:
    """The fingerprint reader at ``address``; nothing is said to it yet. ValueError if it is none.

    ``open_stream`` makes the line, else the address's own wire does.
    """
    found = parse(address)
    if found.family != "r30x":
        raise ValueError(f"'{address}' is no fingerprint reader Loket can drive.")
    from drivers.r30x.opening import opened

    return opened(found, clock, open_stream, password)


def open_pad(address: str, *, clock: Clock, open_stream: OpenStream | None = None) -> SignaturePad:
    """The signature pad at ``address``; its line is not open yet. ValueError if it is none."""
    found = parse(address)
    if found.family != "topaz":
        raise ValueError(f"'{address}' is no signature pad Loket can drive.")
    from drivers.topaz.opening import opened

    return opened(found, clock, open_stream)


def open_scanner(
    address: str,
    *,
    trust: bytes,
    now_unix_ms: Callable[[], int],
    pc_unix_ms: Callable[[], int] | None = None,
    clock: Clock,
) -> Scanner:
    """The scanner of people at ``address``; nothing is said to it yet.

    ``trust``: PEM of the certificates its devices' own must lead to; ``now_unix_ms``: unix time, as the
    province has it; ``pc_unix_ms``: as this PC has it, where that differs. ValueError with one sentence if
    the address is no scanner's, or ``trust`` holds nothing.
    """
    found = parse(address)
    if found.family != "sbi":
        raise ValueError(f"'{address}' is no scanner of people Loket can drive.")
    from drivers.sbi.line import HttpLine
    from drivers.sbi.scanner import SbiScanner
    from drivers.sbi.trust import Anchors

    anchors, line = Anchors(trust), HttpLine(found.host)
    return SbiScanner(line, found, anchors, now_unix_ms=now_unix_ms, pc_unix_ms=pc_unix_ms, clock=clock)


def prepare(family: str, model: str, ribbon: str, front: bytes, back: bytes | None, stamp_s: int) -> Artefact:
    """The pictures of one card as a job for a printer of ``family`` and ``model``. Pure, but heavy.

    ``front``, ``back``: RGB, 1016 x 648, rows top to bottom. ``model`` as the printer names itself, or its
    word (``primacy2``); ``ribbon`` likewise (``ymcko``, ``ymckok``, ``ymck``). ``stamp_s``: unix time.
    ValueError with one sentence if any of it cannot be printed.
    """
    if family not in _PREPARERS:
        raise ValueError(f"'{family}' is no family of card printers Loket can prepare cards for.")
    return _PREPARERS[family](model, ribbon, front, back, stamp_s)


def usual_ribbon(family: str) -> str:
    """What a printer of ``family`` that does not tell its ribbon most likely has."""
    return _USUAL_RIBBONS.get(family, "ymcko")


def _evolis(transport: Transport, address: Address, clock: Clock) -> CardPrinter:
    from drivers.evolis.printer import EvolisPrinter

    return EvolisPrinter(transport, address, clock)


def _prepare_evolis(model: str, ribbon: str, front: bytes, back: bytes | None, stamp_s: int) -> Artefact:
    from drivers.evolis import artefact

    return artefact.prepare(model, ribbon, front, back, stamp_s)


def _spool(address: Address, clock: Clock) -> CardPrinter:
    """A card printer behind the operating system's spooler: no wire of ours, so no transport either."""
    from drivers.spool.opening import open_queue
    from drivers.spool.printer import SpoolPrinter

    return SpoolPrinter(open_queue(address), address, clock)


def _prepare_spool(model: str, ribbon: str, front: bytes, back: bytes | None, stamp_s: int) -> Artefact:
    from drivers.spool import artefact

    return artefact.prepare(front, back)


def _matica(transport: Transport, address: Address, clock: Clock) -> CardPrinter:
    """The same machine on either kind of wire: command blocks on USB, messages elsewhere."""
    from drivers.matica.net_machine import NetMachine
    from drivers.matica.printer import MaticaPrinter
    from drivers.matica.usb_machine import UsbMachine

    on_usb = address.wire in ("usb", "usbip")
    machine = UsbMachine(transport) if on_usb else NetMachine(transport)
    return MaticaPrinter(machine, address, clock)


def _prepare_matica(model: str, ribbon: str, front: bytes, back: bytes | None, stamp_s: int) -> Artefact:
    from drivers.matica import artefact

    return artefact.prepare(model, ribbon, front, back)


def _tcp(address: Address) -> Transport:
    from drivers.transports.tcp import TcpTransport

    return TcpTransport(address.host, address.port)


def _usb(address: Address) -> Transport:
    from drivers.transports.usb import UsbTransport

    return UsbTransport(address.vid, address.serial)


def _usbip(address: Address) -> Transport:
    from drivers.transports.usb import UsbTransport
    from drivers.transports.usbip import UsbipBackend

    backend = UsbipBackend(address.host, address.port, address.busid)
    return UsbTransport(EVOLIS_VENDOR, backend=backend, release=backend.close)


def _matica_tcp(address: Address) -> Transport:
    from drivers.matica.messages import by_datagram, is_answered
    from drivers.transports.messages import MessageTransport

    return MessageTransport(address.host, address.port, by_datagram, is_answered)


def _matica_usb(address: Address) -> Transport:
    from drivers.transports.bulk_only import BulkOnlyTransport

    return BulkOnlyTransport(address.vid, address.serial)


def _matica_usbip(address: Address) -> Transport:
    from drivers.transports.bulk_only import BulkOnlyTransport
    from drivers.transports.usbip import UsbipBackend

    backend = UsbipBackend(address.host, address.port, address.busid)
    return BulkOnlyTransport(MATICA_VENDOR, backend=backend, release=backend.close)


def _vpcd(address: Address) -> ChipReader:
    from drivers.chip.vpcd import VpcdReader

    return VpcdReader(address.host, address.port)


def _pcsc(address: Address) -> ChipReader:
    from drivers.chip.pcsc import PcscReader

    return PcscReader(address.path)


EVOLIS_VENDOR, MATICA_VENDOR = 0x0F49, 0x2166

_PRINTERS: dict[str, Callable[[Transport, Address, Clock], CardPrinter]] = {
    "evolis": _evolis,
    "matica": _matica,
}
_PREPARERS: dict[str, Callable[[str, str, bytes, bytes | None, int], Artefact]] = {
    "evolis": _prepare_evolis,
    "matica": _prepare_matica,
    "spool": _prepare_spool,
}
_USUAL_RIBBONS = {"matica": "ymck"}
_WIRES: dict[tuple[str, str], Callable[[Address], Transport]] = {
    ("evolis", "tcp"): _tcp,
    ("evolis", "usb"): _usb,
    ("evolis", "usbip"): _usbip,
    ("matica", "tcp"): _matica_tcp,
    ("matica", "usb"): _matica_usb,
    ("matica", "usbip"): _matica_usbip,
}
_WITHOUT_STATION = frozenset({"spool"})
_READERS: dict[str, Callable[[Address], ChipReader]] = {"vpcd": _vpcd, "pcsc": _pcsc}
