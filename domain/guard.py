"""What every answer of a page is held to, the station's and the province's alike. Pure ASGI, no framework.

Only requests that name an expected host are answered, so that a foreign page cannot reach this machine
through a name it controls; no other origin is ever invited; nothing is loaded from anywhere else, framed
or kept. A page that only shows says which methods it knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
SHOWS = frozenset({"GET", "HEAD"})
HEADERS = {
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}

Told = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Told]]
Send = Callable[[Told], Awaitable[None]]
App = Callable[[Told, Receive, Send], Awaitable[None]]


class Guard:
    """ASGI middleware around ``app``. ``hosts``: names it answers to; ``methods``: None for all."""

    def __init__(
        self, app: App, *, hosts: frozenset[str] = LOOPBACK, methods: frozenset[str] | None = None
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.methods = methods

    async def __call__(self, scope: Told, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Told) -> None:
            if message["type"] == "http.response.start":
                own = [each for each in message.get("headers", ()) if each[0].lower() not in HEADERS]
                message["headers"] = [*own, *HEADERS.items()]
            await send(message)

        if self.methods is not None and scope["method"] not in self.methods:
            await _say(guarded, 405, b"This page only shows.")
        elif named(scope["headers"]) not in self.hosts:
            await _say(guarded, 421, b"This program does not answer to that name.")
        else:
            await self.app(scope, receive, guarded)


async def _say(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def named(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The host a request names, without its port, lower case; empty unless it names exactly one."""
    told = [value.decode("latin-1") for name, value in headers if name.lower() == b"host"]
    if len(told) != 1:
        return ""
    name, colon, port = told[0].rpartition(":") if not told[0].endswith("]") else (told[0], "", "")
    if not colon:
        return told[0].lower()
    return name.lower() if port.isdigit() else ""
