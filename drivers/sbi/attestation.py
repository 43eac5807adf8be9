"""The device's signed word without its picture, and the way back. PROTOCOL.md §9. Pure.

The record is kept once, elsewhere; with it the JWS comes back byte for byte, so that whoever holds both can
prove years later which device made the picture.
"""

import json

from drivers.errors import Unreachable
from drivers.sbi.jws import Jws, encode

MARK = b"<bioValue>"


def attest(jws: Jws, record: bytes, hash_told: str) -> bytes:
    """The attestation of one element. Unreachable ``garbled_reply`` if the JWS would not come back."""
    told = encode(record).encode("ascii")
    if jws.payload.count(told) != 1 or MARK in jws.payload:
        raise Unreachable("garbled_reply", "the record stands in the payload in another spelling")
    try:
        payload = jws.payload.replace(told, MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreachable("garbled_reply", "the payload is no UTF-8") from error
    kept = {"header": jws.header, "payload": payload, "signature": jws.signature, "hash": hash_told}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def restore(attestation: bytes, record: bytes) -> str:
    """The JWS as the device sent it; ValueError if ``attestation`` is none."""
    try:
        kept = json.loads(attestation)
        header, payload, signature = kept["header"], kept["payload"].encode("utf-8"), kept["signature"]
        if payload.count(MARK) != 1:
            raise ValueError("no place for the record")
        body = payload.replace(MARK, encode(record).encode("ascii"))
        return ".".join((header, encode(body), signature))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no attestation") from error
