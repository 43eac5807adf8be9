"""Commands to bytes, bytes to replies and status blocks. Pure; source: PROTOCOL.md §1, §3.

    command   1B  mnemonic (; parameter)*  0D
    reply     text  00  [ header 2 | 10 | CONFIG 4 | INFORMATION 4 | WARNING 4 | ERROR 4 | 02 | session 2
                          (| 04 | extension 4)* ]                                       big-endian

Whatever arrives, a reader here returns a value or raises Garbled, nothing else. What a garbled reply
means depends on what was asked, so it is the printer that turns it into an error for the caller.
"""

import struct
from dataclasses import dataclass

ESC, CR, NUL = b"\x1b", b"\r", b"\0"
OK = "OK"
NO_CARD = "NO CARD"

STATUS_OFF_MAX = 3
"""Up to so many bytes after the NUL mean that status blocks are switched off."""
REPLY_BYTES_MAX = 4096
COUNTER_DIGITS_MAX = 10

_BLOCK = struct.Struct(">2sB4IBH")
_EXTENSION = struct.Struct(">BI")
_EXTENSIONS_MAX = 4
_EXT1_FOLLOWS = 0x0800_0000
_NEXT_FOLLOWS = 0x8000_0000


class Garbled(Exception):
    """The bytes are no reply of this protocol."""


@dataclass(frozen=True, slots=True)
class Status:
    """The printer's four words, its session, and whatever extension words it announced."""

    config: int
    information: int
    warning: int
    error: int
    session: int
    extensions: tuple[int, ...] = ()

    def hex(self) -> str:
        """The words as a technician compares them with PROTOCOL.md §3."""
        words = (self.config, self.information, self.warning, self.error, *self.extensions)
        return " ".join(f"{word:08X}" for word in words)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; ``status`` is None where the printer sends none."""

    text: str
    status: Status | None

    @property
    def done(self) -> bool:
        """It did what it was told."""
        return self.text == OK

    @property
    def failed(self) -> bool:
        """It says that it did not."""
        return self.text.startswith("ERR") or self.text == NO_CARD


def command(mnemonic: str, *parameters: str | int) -> bytes:
    """One command; the NUL that ends what is sent on TCP is the transport's."""
    text = ";".join([mnemonic, *map(str, parameters)])
    return ESC + text.encode("ascii") + CR


def take_reply(raw: bytes) -> Reply:
    """Read one whole reply; Garbled if it has no NUL, strange text, or a broken status block."""
    if len(raw) > REPLY_BYTES_MAX:
        raise Garbled(f"{len(raw)} bytes")
    text, nul, block = raw.partition(NUL)
    if not nul:
        raise Garbled("no end")
    try:
        words = text.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise Garbled("not text") from error
    if words and not words.isprintable():
        raise Garbled("not text")
    return Reply(words, take_status(block))


def take_status(block: bytes) -> Status | None:
    """Read the bytes after a reply's NUL; None when status blocks are off."""
    if len(block) <= STATUS_OFF_MAX:
        return None
    if len(block) < _BLOCK.size:
        raise Garbled("status cut short")
    _, sixteen, config, information, warning, error, two, session = _BLOCK.unpack_from(block)
    if (sixteen, two) != (0x10, 0x02):
        raise Garbled("status marks")
    extensions = _take_extensions(block[_BLOCK.size :], config)
    return Status(config, information, warning, error, session, extensions)


def take_counter(text: str) -> int | None:
    """A counter's decimal text; None if the printer did not tell a number."""
    if text.isascii() and text.isdigit() and len(text) <= COUNTER_DIGITS_MAX:
        return int(text)
    return None


def take_error_mode(text: str) -> int | None:
    """The *saved* error mode from ``current;saved``; None if that is not what was said."""
    _, semicolon, saved = text.partition(";")
    return take_counter(saved) if semicolon else None


def _take_extensions(rest: bytes, config: int) -> tuple[int, ...]:
    """Extension words as far as each announces the next; Garbled if an announced one is missing."""
    found: list[int] = []
    follows = bool(config & _EXT1_FOLLOWS)
    while follows and len(found) < _EXTENSIONS_MAX:
        if len(rest) < _EXTENSION.size:
            raise Garbled("extension cut short")
        four, word = _EXTENSION.unpack_from(rest)
        if four != 0x04:
            raise Garbled("extension mark")
        found.append(word)
        rest = rest[_EXTENSION.size :]
        follows = bool(word & _NEXT_FOLLOWS)
    if rest:
        raise Garbled("bytes after the status")
    return tuple(found)
