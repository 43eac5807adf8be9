"""What every answer of the province's web server is held to.

It only shows: nothing but GET and HEAD is answered. Only requests that name an expected host are
answered, so that a foreign page cannot reach the province through a name it controls; nothing is
loaded from anywhere else, framed or cached.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware: the methods, the host's allow-list, and the headers above on every answer."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        app = self.app
        if scope["method"] not in ("GET", "HEAD"):
            app = PlainTextResponse("This page only shows.", 405)
        elif host(Headers(scope=scope).get("host", "")) not in self.hosts:
            app = PlainTextResponse("This hub does not answer to that name.", 421)
        await app(scope, receive, send_guarded)


def host(told: str) -> str:
    """The host of a Host header without its port, lower case; empty for what is no such header."""
    name, colon, port = told.rpartition(":") if not told.endswith("]") else (told, "", "")
    if not colon:
        name = told
    return name.lower() if not colon or port.isdigit() else ""
