"""The station's web server: uvicorn on loopback in a thread of its own, asleep when nobody asks.

uvicorn looks ten times a second whether it should stop; on an old office PC that is most of what an
idle agent would cost. Here its main loop waits for the one event that ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

import uvicorn
from starlette.applications import Starlette

from agent.trouble import Trouble

LOOPBACK = "127.0.0.1"
START_S = 15.0
STOP_S = 3.0
TURNS = 4  # of the loop, until a connection that was let in is one


class Server(uvicorn.Server):
    """uvicorn's server without its clock."""

    def __init__(self, app: Starlette, listening: threading.Event) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="on",
                log_config=None,
                log_level="warning",
                access_log=False,
                date_header=False,
                server_header=False,
                timeout_graceful_shutdown=int(STOP_S),
            )
        )
        self._app = app
        self._listening = listening
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait for stop()."""
        self._loop = asyncio.get_running_loop()
        self._listening.set()
        if not self.should_exit:
            await self._ended.wait()
        self._app.state.stopping.set()

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
        """End the main loop; from any thread, as often as wanted."""
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)


class WebThread:
    """The server in its thread. ``start()`` returns the address once it answers."""

    def __init__(self, app: Starlette, port: int) -> None:
        self._listening = threading.Event()
        self._server = Server(app, self._listening)
        self._socket = _bind(port)
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> str:
        """Serve; the address. Raises Trouble if it does not come up."""
        self._thread.start()
        if not self._listening.wait(START_S):
            raise Trouble("The station's screen does not start; see the lines above.")
        return self.url

    def stop(self) -> None:
        """End every answer that is still going on and stop serving."""
        self._server.stop()
        self._thread.join(STOP_S * 2)

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def _bind(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((LOOPBACK, port))
    except OSError as error:
        made.close()
        raise Trouble(f"Port {port} of this machine is taken: {error.strerror}.") from error
    made.set_inheritable(False)
    return made
