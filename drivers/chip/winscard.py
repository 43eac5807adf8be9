"""The smart-card service's words, and what each means here. Pure tables.

The same on every system: pcsc-lite and Windows share numbers and calls, only Windows tells the words as
negative numbers. Source: drivers/chip/PROTOCOL.md, the wire ``pcsc://``.
"""

from typing import Protocol

from drivers.errors import DeviceError, NeedsHands, Unreachable

OK = 0
NO_READERS, TIMED_OUT = 0x8010002E, 0x8010000A
NO_SERVICE = frozenset({0x8010001D, 0x8010001E, 0x80100003})  # not there, stopped, or restarted meanwhile
NO_READER = frozenset({0x80100009, 0x80100017, NO_READERS})
NOT_ALLOWED = frozenset({0x8010006A, 0x80100027})  # this account; by policy
SHARED = 0x8010000B
"""Every other word means: this card has gone, or does not come up; it is asked again while there is time."""

SYSTEM, EXCLUSIVE, ANY_PROTOCOL, LEAVE, UNPOWER = 2, 1, 3, 0, 2
CHANGED, UNKNOWN, UNAVAILABLE, PRESENT = 0x02, 0x04, 0x08, 0x20


class Service(Protocol):
    """What we use of pyscard's ``smartcard.scard``; each answer begins with the service's word."""

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:
        """A context."""
        ...

    def SCardReleaseContext(self, context: int) -> int:
        """The context's end, and that of every card connected in it."""
        ...

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]:
        """The readers' names."""
        ...

    def SCardGetStatusChange(
        self, context: int, timeout_ms: int, readers: list[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        """Returns when a reader's state is not the one told, or the time is up."""
        ...

    def SCardConnect(self, context: int, reader: str, share: int, protocols: int) -> tuple[int, int, int]:
        """A card under power, and the protocol it speaks."""
        ...

    def SCardTransmit(self, card: int, protocol: int, apdu: list[int]) -> tuple[int, list[int]]:
        """One APDU and its answer."""
        ...

    def SCardDisconnect(self, card: int, disposition: int) -> int:
        """The card is let go."""
        ...


def raise_for(word: int) -> None:
    """Unreachable for a service or a reader that is not there, or not for us."""
    told = plain(word)
    if told in NOT_ALLOWED:
        raise Unreachable("refused_connection", f"this account may not use the reader ({told:08X})")
    if told in NO_SERVICE:
        raise Unreachable("no_answer", f"the smart-card service does not answer ({told:08X})")
    if told in NO_READER:
        raise Unreachable("unplugged", f"the reader has gone ({told:08X})")


def does_not_come_up(word: int) -> DeviceError:
    """What to say in the end of a card that is there and could not be connected."""
    if plain(word) == SHARED:
        return Unreachable("busy", "another program has the card")
    return NeedsHands("chip_dead", f"the card does not come up ({plain(word):08X})")


def plain(word: int) -> int:
    """The service's word without a sign: Windows tells it as a negative number."""
    return word & 0xFFFFFFFF
