"""The province's web server: uvicorn in a thread of its own, ended from outside."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

import uvicorn
from starlette.applications import Starlette

from hub.home import Trouble

START_S = 15.0
STOP_S = 3
TURNS = 4  # of the loop, until a connection that was let in is one


class WebThread:
    """Serves ``app``; ``start()`` returns the address once it answers."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        self._socket = _bind(host, port)
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        self._server = _Server(app)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="web", daemon=True
        )

    def start(self) -> str:
        """Serve; the address. Raises Trouble if it does not come up."""
        self._thread.start()
        if not self._server.listening.wait(START_S):
            raise Trouble("The province's page does not start; see the lines above.")
        return self.url

    def stop(self) -> None:
        """End the open answers and stop serving."""
        self._server.stop()
        self._thread.join(2 * STOP_S)


class _Server(uvicorn.Server):
    """uvicorn's server, waiting for one event instead of looking ten times a second."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=STOP_S,
            )
        )
        self._app = app
        self.listening = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait for stop()."""
        self._loop = asyncio.get_running_loop()
        self.listening.set()
        if not self.should_exit:
            await self._ended.wait()
        self._app.state.changes.stop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, but for whoever has just come in: closing the listener in the very turn of the
        loop that lets somebody in leaves that one open with nobody to close it (CPython, gh-109564)."""
        for listener in sockets or []:
            with contextlib.suppress(NotImplementedError):  # Windows' own loop has no such gap
                asyncio.get_running_loop().remove_reader(listener)
        for _ in range(TURNS):
            await asyncio.sleep(0)
        await super().shutdown(sockets)

    def stop(self) -> None:
        """From any thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ended.set)


def _bind(host: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except (OSError, ValueError, OverflowError) as error:  # the last two: a host or port that is none
        made.close()
        said = error.strerror if isinstance(error, OSError) else error
        raise Trouble(f"{host} port {port} cannot be used: {said}.") from error
    return made
