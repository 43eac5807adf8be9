"""What is said to a chip, whatever reader it lies on: its name, and our specimen application's tag. Pure.

    E1 3D | 80 01 version | 81 10 attempt 16 | 82 20 artefact 32 | 83 04 CRC-32       63 bytes, one UPDATE

A reader gives a `Channel`; all that is decided about the answers is decided here, once for every reader.
Errors of the channel pass through as long as nothing was written: the reader may then begin again. After the
UPDATE has left, silence is an unknown outcome. Source: drivers/chip/PROTOCOL.md.
"""

import zlib
from enum import Enum
from typing import Protocol

from drivers.chip import ARTEFACT_BYTES, ATTEMPT_BYTES, Tag
from drivers.errors import NeedsHands, OutcomeUnknown

GET_UID = bytes.fromhex("FFCA000000")
UID_LENGTHS = (4, 7, 10)
RANDOM_UID = 0x08  # ISO/IEC 14443-3: a 4-byte UID that begins so is drawn anew at each power-up

AID = b"\xf0LOKET\x01"
SIZE = 63
SELECT = bytes.fromhex("00A4040C") + bytes([len(AID)]) + AID
READ = bytes.fromhex("00B08100") + bytes([SIZE])
UPDATE = bytes.fromhex("00D68100") + bytes([SIZE])

OK = b"\x90\x00"
NOT_OFFERED = frozenset({0x67, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E})  # ISO/IEC 7816-4: nothing changed

_OURS = b"\xe1\x3d\x80\x01"
_VERSION = b"\x01"
_ATTEMPT = b"\x81" + bytes([ATTEMPT_BYTES])
_ARTEFACT = b"\x82" + bytes([ARTEFACT_BYTES])
_CRC = b"\x83\x04"
_ATTEMPT_AT = len(_OURS + _VERSION + _ATTEMPT)
_ARTEFACT_AT = _ATTEMPT_AT + ATTEMPT_BYTES + len(_ARTEFACT)


class Channel(Protocol):
    """A card that has power and listens."""

    def transmit(self, apdu: bytes) -> bytes:
        """The whole answer, two status bytes last. TimeoutError when it is silent, OSError when gone."""
        ...


class State(Enum):
    """What a file may hold beside a tag."""

    BLANK = "blank"  # never written
    OTHER = "other"  # a record of another version
    TORN = "torn"  # begun and not whole


def uid(channel: Channel) -> str:
    """The chip's name in upper-case hex; NeedsHands("chip_dead") for an answer that is none."""
    answer = channel.transmit(GET_UID)
    name, verdict = answer[:-2], answer[-2:]
    if verdict != OK or len(name) not in UID_LENGTHS:
        raise NeedsHands("chip_dead", f"answer {verdict.hex()} of {len(name)} bytes")
    if len(name) == 4 and name[0] == RANDOM_UID:
        raise NeedsHands("chip_dead", "the chip gives a random UID")
    return name.hex().upper()


def read(channel: Channel, named: str) -> Tag | None:
    """The tag on the card ``named``; see `drivers.chip.ChipReader.read_tag`."""
    _meant(channel, named)
    file = _file(channel)
    found = None if file is None else unpack(file)
    if found is State.TORN:
        raise OutcomeUnknown("chip_changed", "the tag on the chip is torn")
    return found if isinstance(found, Tag) else None


def write(channel: Channel, named: str, tag: Tag) -> bool:
    """Put ``tag`` on the card ``named``; see `drivers.chip.ChipReader.write_tag`."""
    _meant(channel, named)
    file, record = _file(channel), pack(tag)
    if file is None:
        return False
    if file == record:
        return True
    try:
        answer = channel.transmit(UPDATE + record)
        if answer != OK:
            if _refused(answer):
                return False
            raise OutcomeUnknown("chip_changed", f"the write was answered {answer.hex()}")
        after = channel.transmit(READ)
    except OSError as error:
        raise OutcomeUnknown("chip_dead", "the chip fell silent while it was written") from error
    if after != record + OK:
        raise OutcomeUnknown("chip_changed", "the chip does not hold what was written")
    return True


def pack(tag: Tag) -> bytes:
    """The whole record, ``SIZE`` bytes."""
    body = _OURS + _VERSION + _ATTEMPT + tag.attempt + _ARTEFACT + tag.artefact
    return body + _CRC + _crc(body)


def unpack(file: bytes) -> Tag | State:
    """What the file's ``SIZE`` bytes hold."""
    if not file.strip(b"\x00") or not file.strip(b"\xff"):
        return State.BLANK
    if file.startswith(_OURS) and not file.startswith(_OURS + _VERSION):
        return State.OTHER
    attempt = file[_ATTEMPT_AT : _ATTEMPT_AT + ATTEMPT_BYTES]
    artefact = file[_ARTEFACT_AT : _ARTEFACT_AT + ARTEFACT_BYTES]
    tag = Tag(attempt, artefact)
    return tag if pack(tag) == file else State.TORN


def _crc(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(4, "big")


def _meant(channel: Channel, named: str) -> None:
    """NeedsHands("chip_changed") when another card lies there."""
    if uid(channel) != named:
        raise NeedsHands("chip_changed", "another card lies there")


def _file(channel: Channel) -> bytes | None:
    """The file as it is; None when the card does not offer it."""
    for apdu, size in ((SELECT, 0), (READ, SIZE)):
        answer = channel.transmit(apdu)
        if _refused(answer):
            return None
        if len(answer) != size + len(OK) or not answer.endswith(OK):
            raise NeedsHands("chip_dead", f"{len(answer)} bytes that end {answer[-2:].hex()}")
    return answer[:-2]


def _refused(answer: bytes) -> bool:
    return len(answer) == len(OK) and answer[0] in NOT_OFFERED
