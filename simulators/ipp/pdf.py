"""As much of a PDF as a simulated printer looks at. Pure; source: drivers/spool/PROTOCOL.md §3."""

from __future__ import annotations

import re
import zlib

CARD_BYTES = 1016 * 648 * 3
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_IMAGE = re.compile(rb"/Width 1016 /Height 648 [^>]*/FlateDecode[^>]*/Length (\d+) >>\nstream\n")


def sheets(document: bytes) -> int:
    """How many pages there are; one at least, whatever the document is."""
    return max(1, len(_PAGE.findall(document)))


def card_sides(document: bytes) -> list[bytes]:
    """The RGB of each side of a card; empty if this is no card."""
    found = []
    for match in _IMAGE.finditer(document):
        packed = document[match.end() : match.end() + int(match[1])]
        try:
            rgb = zlib.decompressobj().decompress(packed, CARD_BYTES + 1)
        except zlib.error:
            return []
        if len(rgb) != CARD_BYTES:
            return []
        found.append(rgb)
    return found
