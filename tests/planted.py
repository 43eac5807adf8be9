"""Looks for a person in the bytes of files: as they are, and in the disguises bytes take on a disk.

``Planted(texts, binaries)`` is what must be nowhere; ``found(folders)`` says where which of it is. A text is
searched as it is and backwards, in UTF-16 and hexadecimal; everything in base64, whatever stands before it;
and each file's deflated parts are opened. Of pictures, any start of an ISO record, a JP2 file or its
codestream counts, whoever's it is: nothing on a station's disk begins like that.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PICTURES = {
    "a finger's record": b"FIR\x00020\x00",
    "an iris's record": b"IIR\x00020\x00",
    "a face's record": b"FAC\x00030\x00",
    "a JP2 file": b"jP  \r\n\x87\n",
    "a JPEG 2000 codestream": b"\xff\x4f\xff\x51\x00",
    "parts in CBEFF": b"<BDB>",
}
INFLATED_BYTES_MAX = 1 << 20
_STREAM = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|PK\x03\x04")
_ZIP_HEAD_BYTES = 30


@dataclass(frozen=True, slots=True)
class Planted:
    """``texts``: by what they are; ``binaries`` likewise, long enough to be no chance."""

    texts: dict[str, str]
    binaries: dict[str, bytes]

    def needles(self) -> dict[str, bytes]:
        """Everything to be searched for, by how it would be told."""
        made = {f"{name}, {form}": raw for name, text in self.texts.items() for form, raw in disguises(text)}
        for name, raw in {**self.binaries, **PICTURES}.items():
            made[name] = raw
            made |= {f"{name}, base64 {n}": each for n, each in enumerate(base64s(raw))}
        return made

    def found(self, folders: Iterable[Path]) -> tuple[set[str], int]:
        """``file: what`` for each that is there, and how many bytes were searched."""
        needles, hits, searched = self.needles(), set(), 0
        for folder in folders:
            for path in (path for path in sorted(folder.rglob("*")) if path.is_file()):
                data = path.read_bytes().strip(b"\0")  # the reserve is nothing but room
                searched += len(data)
                for seen in (data, *inflated(data)):
                    hits |= {f"{path.name}: {name}" for name, raw in needles.items() if raw in seen}
        return hits, searched


def disguises(text: str) -> Iterator[tuple[str, bytes]]:
    """(form, bytes) of a text."""
    raw = text.encode()
    yield "as it is", raw
    yield "backwards", raw[::-1]
    yield "UTF-16", b"\0".join(raw[at : at + 1] for at in range(len(raw)))  # of either order
    yield "hexadecimal", raw.hex().encode()
    yield "HEXADECIMAL", raw.hex().upper().encode()
    yield from ((f"base64 {n}", each) for n, each in enumerate(base64s(raw)))


def base64s(raw: bytes) -> Iterator[bytes]:
    """What base64 makes of it behind 0, 1 and 2 bytes, as far as nothing else has a say; both alphabets."""
    for encode in (b64encode, urlsafe_b64encode):
        for before in range(3):
            whole = encode(b"\0" * before + raw)
            yield whole[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]


def inflated(data: bytes) -> Iterator[bytes]:
    """What opens of ``data`` as zlib, gzip or a zip's member."""
    for match in _STREAM.finditer(data):
        at, bits = match.start(), zlib.MAX_WBITS | 32
        if match[0][:2] == b"PK":
            names = data[at + 26 : at + _ZIP_HEAD_BYTES]
            at += _ZIP_HEAD_BYTES + int.from_bytes(names[:2], "little") + int.from_bytes(names[2:], "little")
            bits = -zlib.MAX_WBITS
        try:
            opened = zlib.decompressobj(bits).decompress(data[at : at + 65536], INFLATED_BYTES_MAX)
        except zlib.error:
            continue
        yield opened
