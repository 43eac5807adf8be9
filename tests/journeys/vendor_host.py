"""The maker's own host software, unmodified, in a process of its own.

``python -m tests.journeys.vendor_host URI`` opens a connection and then does one JSON line after the other
from standard input, answering each with one: a crash of that library costs one test, not the whole run.
Lines: ``{"do": "look"}``, ``{"do": "print", "front": BMP, "back": BMP}``, ``{"do": "clear"}``,
``{"do": "place", "card": "REJECT"}``, ``{"do": "reserve"}``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import evolis

PRINT_MS = 60_000
ASKS_MAX = 5


def answered(ask: Callable[[], Any]) -> Any:
    """The answer to a mere question; where it took longer than that library waits, it is asked again."""
    return next((answer for _ in range(ASKS_MAX) if (answer := ask()) is not None), None)


def look(host: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Information, state and every flag by the maker's own name."""
    info, status, state = (answered(ask) for ask in (host.get_info, host.get_status, host.get_state))
    return {
        "model": info.modelName,
        "serial": info.serialNumber,
        "firmware": info.fwVersion,
        "flip": info.hasFlip,
        "contactless": info.hasContactLessEnc,
        "state": [state.major.name, state.minor.name],
        "session": status.session,
        "flags": [flag.name for flag in status.active_flags()],
    }


def print_card(host: Any, told: dict[str, Any]) -> dict[str, Any]:
    """One card, whole; the answer is the maker's return code."""
    session = evolis.PrintSession(host, evolis.RibbonType.YMCKO)
    session.set_image(evolis.CardFace.FRONT, told["front"])
    if told.get("back"):
        session.set_image(evolis.CardFace.BACK, told["back"])
    return {"returned": session.print(PRINT_MS).name}


def reserve(host: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Take the printer, look who has it, let it go."""
    taken = host.reserve(0, 5_000)
    session = answered(host.get_status).session
    released = host.release()
    after = answered(host.get_status).session
    return {"taken": taken, "session": session, "released": released, "after": after}


ACTIONS: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    "look": look,
    "print": print_card,
    "reserve": reserve,
    "clear": lambda host, told: {"returned": host.clear_mechanical_errors()},
    "place": lambda host, told: {"returned": host.set_card_pos(evolis.CardPos[told["card"]])},
}


def main(uri: str) -> None:
    """Serve lines until standard input ends."""
    host: Any = evolis.Connection(uri, evolis.OpenMode.DIRECT)
    for line in sys.stdin:
        told = json.loads(line)
        sys.stdout.write(json.dumps(ACTIONS[told["do"]](host, told)) + "\n")
        sys.stdout.flush()
    host.close()


if __name__ == "__main__":
    main(sys.argv[1])
