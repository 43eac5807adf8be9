"""The routes of the province's page, and who is told when it changes.

``/`` is the page, ``/parts`` its changing part alone, ``/changes`` server-sent events that say when to ask
for it again. One task looks at the database for all listeners, and sleeps while there are none.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from domain.guard import LOOPBACK, SHOWS, Guard
from hub.database import Database, DatabaseLost, DatabaseTrouble
from hub.web import words
from hub.web.page import fingerprint, look

HERE = Path(__file__).parent
LOOK_S = 1.0
AWAKE_S = 15.0  # a comment to each listener, so that one who left is noticed
LISTENERS_MAX = 64

T = TypeVar("T")


class Truth:
    """The web server's own connection; one question at a time, none of them on the event loop."""

    def __init__(self, open_database: Callable[[], Database]) -> None:
        self._open = open_database
        self._db: Database | None = None
        self._lock = threading.Lock()

    async def ask(self, question: Callable[[Database], T]) -> T:
        """Errors: DatabaseLost; the next question connects again."""
        return await asyncio.to_thread(self._ask, question)

    def _ask(self, question: Callable[[Database], T]) -> T:
        with self._lock:
            try:
                if self._db is None:
                    self._db = self._open()
                return question(self._db)
            except (DatabaseLost, DatabaseTrouble) as error:
                self._close()
                raise DatabaseLost(str(error)) from error

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


class Changes:
    """Tells listeners that the page is another one now."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._listeners: set[asyncio.Event] = set()
        self._wanted = asyncio.Event()
        self.stopping = asyncio.Event()

    async def watch(self) -> None:
        """Look once a second while anybody listens."""
        last = ""
        while True:
            await self._wanted.wait()
            try:
                now = await self._truth.ask(fingerprint)
            except DatabaseLost:
                now = ""
            if now != last:
                last = now
                for listener in self._listeners:
                    listener.set()
            await asyncio.sleep(LOOK_S)

    async def listen(self) -> AsyncIterator[str]:
        """Server-sent events until the listener leaves or the server ends."""
        changed = asyncio.Event()
        self._listeners.add(changed)
        self._wanted.set()
        try:
            yield "retry: 3000\n\n"
            while not self.stopping.is_set():
                try:
                    await asyncio.wait_for(changed.wait(), AWAKE_S)
                except TimeoutError:
                    yield ": awake\n\n"
                    continue
                changed.clear()
                if not self.stopping.is_set():
                    yield "event: changed\ndata:\n\n"
        finally:
            self._listeners.discard(changed)
            if not self._listeners:
                self._wanted.clear()

    @property
    def full(self) -> bool:
        """Whether nobody more can listen."""
        return len(self._listeners) >= LISTENERS_MAX

    def stop(self) -> None:
        """End every answer that is going on. In the loop's thread."""
        self.stopping.set()
        for listener in self._listeners:
            listener.set()


def build(
    open_database: Callable[[], Database], now_ms: Callable[[], int], hosts: frozenset[str] = LOOPBACK
) -> Starlette:
    """The application. ``now_ms``: unix time. ``app.state.changes.stop()`` ends the open answers."""
    truth = Truth(open_database)
    changes = Changes(truth)

    async def tell(_request: Request) -> Response:
        if changes.full:
            return PlainTextResponse("Terlalu banyak layar terbuka.", 503)
        return StreamingResponse(changes.listen(), media_type="text/event-stream")

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(changes.watch())
        yield
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        truth.close()

    app = Starlette(
        routes=[
            Route("/", _rendered("page.html", truth, now_ms), methods=["GET"]),
            Route("/parts", _rendered("parts.html", truth, now_ms), methods=["GET"]),
            Route("/changes", tell, methods=["GET"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(Guard, hosts=hosts, methods=SHOWS)],
        lifespan=life,
    )
    app.state.changes = changes
    return app


def _rendered(name: str, truth: Truth, now_ms: Callable[[], int]) -> Callable[[Request], Awaitable[Response]]:
    """An answer made from a template and the page as it stands."""
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    pages.filters["number"] = words.number
    template = pages.get_template(name)

    async def answer(_request: Request) -> Response:
        try:
            page = await truth.ask(lambda db: look(db, now_ms()))
        except DatabaseLost:
            return PlainTextResponse("Basis data provinsi tidak menjawab.", 503)
        return HTMLResponse(template.render(page=page))

    return answer
