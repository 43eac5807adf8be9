"""The station's own screen: one calm page that tells a clerk how things stand. It changes nothing.

``app()`` is a Starlette application; ``agent.web.server`` runs it in a thread of its own. Everything
shown is read from the journal by a read-only connection, which is asked whether anything was
committed only while somebody watches.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from agent.config import Config
from agent.control import Live
from agent.home import Home
from agent.web.page import Page, look
from domain.guard import Guard

HERE = Path(__file__).parent
LOOK_AGAIN_S = 0.5  # how soon a commit shows on a screen that is watched
STILL_HERE_TICKS = 30  # a word now and then, so that a dead browser is noticed


class _Screen:
    """The page's answers; each reads the journal anew."""

    def __init__(self, home: Home, config: Config, clock: Callable[[], int], live: Live) -> None:
        self.reads = home.reader()
        self._home, self._config, self._clock, self._live = home, config, clock, live
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )

    async def whole(self, _request: Request) -> Response:
        return self._draw("page.html")

    async def parts(self, _request: Request) -> Response:
        return self._draw("parts.html")

    async def health(self, _request: Request) -> Response:
        return JSONResponse({"headline": self._page().colour})

    async def changes(self, request: Request) -> Response:
        told = _changes(request.app, lambda: (self.reads.data_version(), repr(self._live())))
        return StreamingResponse(told, media_type="text/event-stream")

    def _page(self) -> Page:
        free_bytes, now_ms = self._home.free_bytes(), self._clock()
        return look(self.reads, self._config, free_bytes=free_bytes, now_ms=now_ms, live=self._live())

    def _draw(self, template: str) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(page=self._page()))


def app(
    home: Home,
    config: Config,
    *,
    clock: Callable[[], int],
    live: Live = dict,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application. ``clock``: Unix milliseconds; ``routes``: agent.control.routes(...), as a rule."""
    screen = _Screen(home, config, clock, live)

    @asynccontextmanager
    async def life(made: Starlette) -> AsyncIterator[None]:
        made.state.stopping = asyncio.Event()
        yield
        screen.reads.close()

    own = [
        Route("/", screen.whole),
        Route("/parts", screen.parts),
        Route("/health", screen.health),
        Route("/changes", screen.changes),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Starlette(routes=[*own, *routes], middleware=[Middleware(Guard)], lifespan=life)


async def _changes(app: Starlette, mark: Callable[[], object]) -> AsyncIterator[str]:
    """One server-sent event at the start and after each change of ``mark``, until the agent stops."""
    seen, quiet = None, 0
    while not app.state.stopping.is_set():
        now = mark()
        quiet += 1
        if now != seen:
            seen, quiet = now, 0
            yield "event: changed\ndata: -\n\n"
        elif quiet >= STILL_HERE_TICKS:
            quiet = 0
            yield ": still here\n\n"
        try:
            await asyncio.wait_for(app.state.stopping.wait(), LOOK_AGAIN_S)
        except TimeoutError:
            continue
