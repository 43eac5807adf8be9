"""The one-time file a station joins the province with, carried by hand.

``loket-hub join-code`` writes it: the hub's public keys, the station's name and a secret token. ``loket
init --join`` pins the hub's keys and makes the station's own; its first hello tells their public halves
with a proof (sync/wire.py) that only a holder of the token can make. From then on the pinned keys speak.

The proof is keyed by the token, so the hub holds the token until that hello and forgets it then. Whoever
reads the hub's database before could join in the station's place; nobody can afterwards.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class JoinFile:
    """What the one-time file says. Keys are base64 text, ``token`` is 32 secret bytes."""

    office: str
    station: int
    hub_sign: str
    hub_seal: str
    token: bytes
    broker: str

    def to_text(self) -> str:
        """The file's JSON."""
        told = {
            "loket_join": 1,
            "office": self.office,
            "station": self.station,
            "hub": {"sign": self.hub_sign, "seal": self.hub_seal},
            "token": b64encode(self.token).decode(),
            "broker": self.broker,
        }
        return json.dumps(told, indent=1) + "\n"


def read(text: str) -> JoinFile:
    """The file's content. Raises ValueError with one clear sentence that repeats nothing of it."""
    try:
        told: dict[str, Any] = json.loads(text)
        if told["loket_join"] != 1:
            raise ValueError
        token = b64decode(told["token"], validate=True)
        hub = told["hub"]
        if len(token) != TOKEN_BYTES:
            raise ValueError
        return JoinFile(
            str(told["office"]),
            int(told["station"]),
            str(hub["sign"]),
            str(hub["seal"]),
            token,
            str(told["broker"]),
        )
    except (ValueError, KeyError, TypeError):
        raise ValueError("this is no join file; `loket-hub join-code` writes one") from None
