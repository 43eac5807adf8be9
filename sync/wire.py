"""Messages between a station and the hub, as bytes. No I/O.

    "L" "K" | version 1 | kind 1 | signature 64 | deflated JSON

The signature covers the route (who says it to whom), the first four bytes and the deflated text, so a
message cannot be shown to another station, in the other direction, or under another kind. The text is
raw deflate with a preset dictionary. Nothing is inflated before its signature was found good, except a
joining hello, whose key travels inside; inflating is bounded in every case. Whatever is not exactly
such a message is Dropped with a word. Source and reasons: sync/PROTOCOL.md.
"""

from __future__ import annotations

import hmac
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from sync.columns import NUMBER_MAX, Misshapen, fold, unfold
from sync.dictionary import DICTIONARY
from sync.log import START, Batch, Mark
from sync.pieces import PIECE_BYTES_MAX, Held, Piece

VERSION = 1
_HEX = frozenset("0123456789abcdef")
_MARKS = ("head", "have", "mark")
HEAD_BYTES = 4
SIGNATURE_BYTES = 64
WIRE_BYTES_MAX = 1024 * 1024
INFLATED_BYTES_MAX = 4 * 1024 * 1024

Sign = Callable[[bytes], bytes]
"""message -> signature of 64 bytes."""
Verify = Callable[[bytes, bytes], bool]
"""(signature, message) -> whether the one signer this side knows made it."""
VerifyBy = Callable[[str, bytes, bytes], bool]
"""(key as text, signature, message) -> the same for the key given; False for a text that is no key."""


class Dropped(Exception):
    """The bytes are no message for us. ``word`` says why; nothing was done."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Keys:
    """A station's public keys as text, and the proof that whoever holds the join token made them."""

    sign: str
    seal: str
    proof: str


@dataclass(frozen=True, slots=True)
class Hello:
    """Who we are and where we stand: our log's ``head``, and what we ``have`` of yours.

    ``ask``: whether an answer is wanted. ``at_ms``: our clock, unix time; only ever shown, never ordered by.
    """

    head: Mark
    have: Mark
    at_ms: int
    ask: bool
    version: str = ""
    keys: Keys | None = None


@dataclass(frozen=True, slots=True)
class Have:
    """After our commit: how far we hold your log. ``gap``: something before what you sent is missing."""

    mark: Mark
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing of yours is taken until a person has looked: ``fork``, ``unknown_station``, ``bad_proof`` …"""

    word: str
    have: Mark = START


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether the station is on the line; the broker says ``online=False`` for one that fell silent."""

    online: bool
    at_ms: int


Message = Hello | Batch | Have | Refused | Presence | Piece | Held
KINDS: dict[int, type[Message]] = {
    1: Hello, 2: Batch, 3: Have, 4: Refused, 5: Presence, 6: Piece, 7: Held,
}  # fmt: skip
_KIND_OF = {message: kind for kind, message in KINDS.items()}


def encode(message: Message, route: str, sign: Sign) -> bytes:
    """The message as bytes. ``route``: ``up/STATION`` or ``down/STATION``, as in the topic.

    Raises ValueError when it would be larger than WIRE_BYTES_MAX; a batch of ``log.next_batch`` never is.
    """
    head = b"LK" + bytes([VERSION, _KIND_OF[type(message)]])
    text = json.dumps(_to_json(message), separators=(",", ":"), allow_nan=False).encode("ascii")
    # Base64 of what is sealed repeats nothing: looking for it costs time, and bytes.
    strategy = zlib.Z_HUFFMAN_ONLY if isinstance(message, Piece) else zlib.Z_DEFAULT_STRATEGY
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy, DICTIONARY)
    deflated = deflater.compress(text) + deflater.flush()
    if len(text) > INFLATED_BYTES_MAX or HEAD_BYTES + SIGNATURE_BYTES + len(deflated) > WIRE_BYTES_MAX:
        raise ValueError("the message is too large for the wire")
    return head + sign(_signed(route, head, deflated)) + deflated


def decode(data: bytes, route: str, verify: Verify) -> Message:
    """The message.

    Raises Dropped: not_ours, too_large, unknown_version, bad_signature, unknown_kind or garbled.
    """
    head, signature, deflated = _split(data)
    if not verify(signature, _signed(route, head, deflated)):
        raise Dropped("bad_signature")
    if head[3] not in KINDS:
        raise Dropped("unknown_kind")
    return _read(KINDS[head[3]], _inflate(deflated))


def decode_joining(data: bytes, route: str, verify_by: VerifyBy) -> Hello:
    """A hello that brings its own keys, signed by the one it brings; its proof is still to be checked.

    Raises Dropped as ``decode`` does, and unknown_signer for any other message: whoever is not pinned
    can only say hello.
    """
    head, signature, deflated = _split(data)
    if KINDS.get(head[3]) is not Hello:
        raise Dropped("unknown_signer")
    hello = _read(Hello, _inflate(deflated))
    if not isinstance(hello, Hello) or hello.keys is None:
        raise Dropped("unknown_signer")
    if not verify_by(hello.keys.sign, signature, _signed(route, head, deflated)):
        raise Dropped("bad_signature")
    return hello


def proof(token: bytes, station: str, sign_key: str, seal_key: str) -> str:
    """HMAC-SHA256, hex: whoever holds the one-time join token vouches for these two public keys."""
    told = json.dumps(["loket-join/1", station, sign_key, seal_key]).encode()
    return hmac.new(token, told, "sha256").hexdigest()


def proof_holds(token: bytes, station: str, keys: Keys) -> bool:
    """Whether the proof in a joining hello was made with ``token``."""
    return hmac.compare_digest(proof(token, station, keys.sign, keys.seal).encode(), keys.proof.encode())


def _signed(route: str, head: bytes, deflated: bytes) -> bytes:
    return b"loket-wire|" + route.encode() + b"|" + head + deflated


def _split(data: bytes) -> tuple[bytes, bytes, bytes]:
    if len(data) > WIRE_BYTES_MAX:
        raise Dropped("too_large")
    if len(data) < HEAD_BYTES + SIGNATURE_BYTES or data[:2] != b"LK":
        raise Dropped("not_ours")
    if data[2] != VERSION:
        raise Dropped("unknown_version")
    body = HEAD_BYTES + SIGNATURE_BYTES
    return data[:HEAD_BYTES], data[HEAD_BYTES:body], data[body:]


def _inflate(deflated: bytes) -> Any:
    inflater = zlib.decompressobj(-15, DICTIONARY)
    try:
        text = inflater.decompress(deflated, INFLATED_BYTES_MAX)
        if not inflater.eof or inflater.unused_data:
            raise Dropped("garbled")
        return json.loads(text, parse_constant=_no_constant)
    except (zlib.error, ValueError, RecursionError) as error:
        raise Dropped("garbled") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _to_json(message: Message) -> Any:
    if isinstance(message, Batch):
        return fold(message)
    if isinstance(message, Piece):
        return asdict(message) | {"data": b64encode(message.data).decode()}
    told = {
        name: [value["seq"], value["epoch"]] if name in _MARKS and isinstance(value, dict) else value
        for name, value in asdict(message).items()
    }
    return {name: value for name, value in told.items() if value is not None}


def _read(kind: type[Message], told: Any) -> Message:
    """Fields that a later version added are passed over."""
    try:
        if kind is Batch:
            return unfold(told)
        if not isinstance(told, dict):
            raise Misshapen("not an object")
        return _READERS[kind](told)
    except (
        Misshapen,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        # Whatever a stranger's text stumbles over, it is the text that is wrong.
        raise Dropped("garbled") from error


def _read_hello(told: dict[str, Any]) -> Hello:
    keys = told.get("keys")
    return Hello(
        _mark(told["head"]),
        _mark(told["have"]),
        _whole(told["at_ms"]),
        told["ask"] is True,
        _word(told.get("version", "")),
        None if keys is None else Keys(_word(keys["sign"]), _word(keys["seal"]), _word(keys["proof"])),
    )


_READERS: dict[type[Message], Callable[[dict[str, Any]], Message]] = {
    Hello: _read_hello,
    Have: lambda told: Have(_mark(told["mark"]), told.get("gap") is True),
    Refused: lambda told: Refused(_word(told["word"]), _mark(told["have"])),
    Presence: lambda told: Presence(told["online"] is True, _whole(told["at_ms"])),
    Piece: lambda told: Piece(
        _sha256(told["sha256"]), _whole(told["size"]), _whole(told["offset"]), _data(told["data"])
    ),
    Held: lambda told: Held(_sha256(told["sha256"]), _whole(told["have"]), told.get("gap") is True),
}


def _mark(told: Any) -> Mark:
    if not isinstance(told, list) or len(told) != 2:
        raise Misshapen("not a mark")
    return Mark(_whole(told[0]), _whole(told[1]))


def _whole(told: Any) -> int:
    if type(told) is not int or not 0 <= told <= NUMBER_MAX:
        raise Misshapen("not a number in range")
    return told


def _word(told: Any) -> str:
    if not isinstance(told, str) or len(told) > 4096:
        raise Misshapen("not a word")
    return told


def _sha256(told: Any) -> str:
    if len(_word(told)) != 64 or not set(told) <= _HEX:
        raise Misshapen("not a SHA-256")
    return str(told)


def _data(told: Any) -> bytes:
    if not isinstance(told, str) or len(told) > -(-PIECE_BYTES_MAX // 3) * 4:
        raise Misshapen("not a piece")
    return b64decode(told, validate=True)
