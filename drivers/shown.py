"""Text that a device tells of itself, as it may be shown, kept and sent on. Pure.

Makers pad with zeros, end with a line feed, and nobody bounds what a service may say; a terminal, a journal
and a recording's packet take none of that.
"""

SHOWN_MAX = 120


def shown(told: str) -> str:
    """``told`` on one line: gaps as one space, without what cannot be printed, SHOWN_MAX signs at most."""
    plain = "".join(sign for sign in " ".join(told.split()) if sign.isprintable())
    return plain[:SHOWN_MAX].strip()
