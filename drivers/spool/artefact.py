"""A card as a PDF for a print spooler, and the pictures in it again. Pure; source: PROTOCOL.md §3.

Written here rather than by an imaging library, because a card's picture must lose nothing, carry no date
and no title, and be the same bytes each time.
"""

from __future__ import annotations

import hashlib
import re
import zlib

from drivers.card_printer import HEIGHT, SIDE_BYTES, WIDTH, Artefact

MIME = "application/pdf"
LETTER = b"rgb"
SIDES = (b"front", b"back")
PAGE = (242.65, 153.07)
"""A card in points."""
PICTURE = (WIDTH * 72 / 300, HEIGHT * 72 / 300)

_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_IMAGE = (
    f"/Type /XObject /Subtype /Image /Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceRGB "
    "/BitsPerComponent 8 /Filter /FlateDecode"
)
_STREAM = re.compile(rb"/Subtype /Image [^>]*/Length (\d+) >>\nstream\n")


def prepare(front: bytes, back: bytes | None) -> Artefact:
    """The card's job; each side RGB, 1016 x 648, rows top to bottom. ValueError if one is not."""
    sides = [front] if back is None else [front, back]
    digest = hashlib.sha256()
    for word, rgb in zip(SIDES, sides, strict=False):
        if len(rgb) != SIDE_BYTES:
            raise ValueError(f"a side is {SIDE_BYTES} bytes of RGB, not {len(rgb)}.")
        digest.update(word + LETTER)
        digest.update(rgb)
    return Artefact(_pdf(sides), len(sides), digest.hexdigest())


def pictures(job: bytes) -> tuple[bytes, ...]:
    """The RGB of each side of a job made by ``prepare``. ValueError if it is none."""
    found = []
    for match in _STREAM.finditer(job):
        inflate = zlib.decompressobj()
        try:
            rgb = inflate.decompress(job[match.end() : match.end() + int(match[1])], SIDE_BYTES + 1)
        except zlib.error as error:
            raise ValueError("a picture that cannot be inflated.") from error
        if len(rgb) != SIDE_BYTES:
            raise ValueError("a picture of another size than a card's.")
        found.append(rgb)
    if not 1 <= len(found) <= len(SIDES):
        raise ValueError("this is no card for a spooler.")
    return tuple(found)


def _pdf(sides: list[bytes]) -> bytes:
    """Objects 1 and 2 are the catalogue and the pages; each side has three: page, contents, image."""
    kids = " ".join(f"{3 + 3 * n} 0 R" for n in range(len(sides)))
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    bodies.append(f"<< /Type /Pages /Count {len(sides)} /Kids [ {kids} ] >>".encode())
    for n, rgb in enumerate(sides):
        bodies += _side(3 + 3 * n, rgb)
    parts, at, table = [_HEAD], len(_HEAD), ["0000000000 65535 f \n"]
    for number, body in enumerate(bodies, 1):
        raw = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        table.append(f"{at:010} 00000 n \n")
        parts.append(raw)
        at += len(raw)
    size = len(table)
    parts.append(f"xref\n0 {size}\n{''.join(table)}".encode())
    parts.append(f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n".encode())
    return b"".join(parts)


def _side(number: int, rgb: bytes) -> list[bytes]:
    """The three objects of one side, the first of them numbered ``number``."""
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 {PAGE[0]} {PAGE[1]} ] "
        f"/Resources << /XObject << /Card {number + 2} 0 R >> >> /Contents {number + 1} 0 R >>"
    )
    x, y = ((outer - inner) / 2 for outer, inner in zip(PAGE, PICTURE, strict=True))
    drawing = f"q {PICTURE[0]:.2f} 0 0 {PICTURE[1]:.2f} {x:.3f} {y:.3f} cm /Card Do Q".encode()
    packed = zlib.compress(rgb)
    contents = b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing)
    image = b"<< %b /Length %d >>\nstream\n%b\nendstream" % (_IMAGE.encode(), len(packed), packed)
    return [page.encode(), contents, image]
