"""Where on the broker a message is said: one branch a station, so that the broker can fence each in.

    loket/1/STATION/up         the station speaks        loket/1/STATION/presence   its last will
    loket/1/STATION/down       the hub speaks

The route is what a message's signature is bound to (see sync/wire.py).
"""

from __future__ import annotations

import re

ALL_UP = "loket/1/+/up"
ALL_PRESENCE = "loket/1/+/presence"
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")  # what a broker lets through is not yet a name


def up(station: str) -> str:
    """Where a station speaks."""
    return f"loket/1/{station}/up"


def down(station: str) -> str:
    """Where the hub speaks to one station."""
    return f"loket/1/{station}/down"


def presence(station: str) -> str:
    """Where a station's coming and going is told."""
    return f"loket/1/{station}/presence"


def route_up(station: str) -> str:
    """What a station's signature is bound to."""
    return f"up/{station}"


def route_down(station: str) -> str:
    """What the hub's signature for one station is bound to."""
    return f"down/{station}"


def speaker(topic: str) -> tuple[str, str] | None:
    """(station, ``up`` or ``presence``) of a topic the hub listens on; None for any other."""
    parts = topic.split("/")
    if len(parts) != 4 or parts[:2] != ["loket", "1"] or parts[3] not in ("up", "presence"):
        return None
    if not _NAME.fullmatch(parts[2]):
        return None
    return parts[2], parts[3]
