"""Mobile numbers as the province's lists bring them, and the one form they are kept in: ``+628…``.

Only Indonesian mobile numbers: a message goes nowhere else. Numbers that begin 0800 are free calls to offices
and never a person's; invented people carry ones from that range.
"""

from __future__ import annotations

import re

SYNTHETIC = "+6280090"  # what the number of an invented person begins with
_LOOSE = re.compile(r"[\s().-]")
_MOBILE = re.compile(r"(?:\+62|62|0)(8\d{8,11})", re.ASCII)


def normal(text: str) -> str:
    """``0812-3456-7890`` as ``+6281234567890``. Raises ValueError, which does not repeat the number."""
    found = _MOBILE.fullmatch(_LOOSE.sub("", text))
    if not found:
        raise ValueError("no Indonesian mobile number")
    return f"+62{found[1]}"
