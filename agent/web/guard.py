"""What every answer of the station's web server is held to.

Only requests that name this machine as their host are answered, so that a foreign page cannot reach
the station through a name it controls; no other origin is ever invited; nothing is loaded from
anywhere else, framed or cached.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware: the host's allow-list, and the headers above on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if _host(Headers(scope=scope).get("host", "")) not in HOSTS:
            await PlainTextResponse("This station answers only on its own machine.", 421)(
                scope, receive, send_guarded
            )
            return
        await self.app(scope, receive, send_guarded)


def _host(told: str) -> str:
    """The host of a Host header without its port, lower case."""
    if told.startswith("["):
        return told[: told.find("]") + 1]
    return told.partition(":")[0].lower()
