"""The specimen application on a simulated card: what it answers, and its one file. Pure.

Written from drivers/chip/PROTOCOL.md. What kind of chip a card has is one word: ``live`` has the application,
``plain`` has none, ``mute`` refuses everything, ``dead`` never answers, ``torn`` leaves the field in the
middle of its next write and is ``live`` after. The file's bytes belong to the card and go where it goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

AID = bytes.fromhex("F04C4F4B455401")
FILE_BYTES = 63
SHORT_ID = 1
GET_UID = bytes.fromhex("FFCA0000")

_OK, _NO_FILE, _NO_INSTRUCTION = b"\x90\x00", b"\x6a\x82", b"\x6d\x00"
_WRONG_LENGTH, _WRONG_PLACE, _REFUSED = b"\x67\x00", b"\x6b\x00", b"\x6f\x00"
_SELECT, _READ, _UPDATE = 0xA4, 0xB0, 0xD6


class Chip(Protocol):
    """The part of a card that answers. ``file`` is empty until the first write."""

    uid: str
    chip: str
    file: bytes


class Gone(Exception):
    """The chip left the reader's field in the middle of something."""


@dataclass(slots=True)
class Session:
    """One chip under power: nothing is selected yet."""

    chip: Chip
    selected: bool = False

    def answer(self, apdu: bytes) -> bytes:
        """What it says to one APDU. Raises Gone when it leaves the field instead."""
        if self.chip.chip == "mute":
            return _REFUSED
        if apdu[:4] == GET_UID:
            return bytes.fromhex(self.chip.uid) + _OK
        if self.chip.chip == "plain" or len(apdu) < 5 or apdu[0]:
            return _NO_INSTRUCTION
        if apdu[1] == _SELECT:
            self.selected = apdu[2] == 4 and apdu[5 : 5 + apdu[4]] == AID
            return _OK if self.selected else _NO_FILE
        if apdu[1] in (_READ, _UPDATE):
            return self._file(apdu)
        return _NO_INSTRUCTION

    def _file(self, apdu: bytes) -> bytes:
        place, data = apdu[3], apdu[5:]
        if not self.selected or apdu[2] != 0x80 | SHORT_ID:
            return _NO_FILE
        if place + apdu[4] > FILE_BYTES:
            return _WRONG_PLACE
        if apdu[1] == _READ:
            return contents(self.chip)[place : place + apdu[4]] + _OK
        if len(data) != apdu[4]:
            return _WRONG_LENGTH
        if self.chip.chip == "torn":
            _put(self.chip, place, data[: len(data) // 2])
            self.chip.chip = "live"
            raise Gone
        _put(self.chip, place, data)
        return _OK


def contents(chip: Chip) -> bytes:
    """The whole file as it stands."""
    return chip.file or bytes(FILE_BYTES)


def _put(chip: Chip, place: int, data: bytes) -> None:
    was = contents(chip)
    chip.file = was[:place] + data + was[place + len(data) :]
