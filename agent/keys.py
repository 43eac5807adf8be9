"""The station's secrets and the province's pinned keys, in ``keys/`` of its home.

    sign   signs the station's messages          hub    the hub's public keys, pinned at the join
    open   opens what is sealed to the station   join   the one-time token, until the hub has answered

Apart from agent.home, so that commands that only read never load the crypto library.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from agent.trouble import Trouble
from domain.join import JoinFile
from domain.keys import OpenKey, SigningKey, VerifyKey
from sync import disk


@dataclass(frozen=True, slots=True)
class Keys:
    """What this station can sign, open, check and seal. ``token``: 32 bytes until it has joined.

    ``hub_seal`` is the text of a domain.keys.SealKey: made by whoever seals, for it takes 2 MB.
    """

    sign: SigningKey
    open: OpenKey
    hub_sign: VerifyKey
    hub_seal: str
    token: bytes | None


def make(folder: Path, join: JoinFile) -> None:
    """Pin the hub's keys and make the station's own; secrets that are there already are kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, kind in (("sign", SigningKey), ("open", OpenKey)):
        if not (folder / name).exists():
            disk.put(folder / name, kind.generate().text.encode())
    disk.put(folder / "hub", json.dumps({"sign": join.hub_sign, "seal": join.hub_seal}).encode())
    disk.put(folder / "join", b64encode(join.token))


def load(folder: Path) -> Keys:
    """The keys of a station that was made. Raises Trouble; the sentence repeats nothing secret."""
    try:
        hub = json.loads((folder / "hub").read_text())
        token = folder / "join"
        return Keys(
            SigningKey((folder / "sign").read_text().strip()),
            OpenKey((folder / "open").read_text().strip()),
            VerifyKey(hub["sign"]),
            b64encode(b64decode(hub["seal"], validate=True)).decode(),
            b64decode(token.read_text()) if token.exists() else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise Trouble(f"The keys in {folder} are missing or damaged; the station must join again.") from None


def forget_token(folder: Path) -> None:
    """The hub has answered: the token is of no more use to anybody."""
    (folder / "join").unlink(missing_ok=True)
