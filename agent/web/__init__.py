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
from agent.web.guard import Guard
from agent.web.page import Page, look

HERE = Path(__file__).parent
LOOK_AGAIN_S = 0.5  # how soon a commit shows on a screen that is watched
STILL_HERE_TICKS = 30  # a word now and then, so that a dead browser is noticed


def app(
    home: Home,
    config: Config,
    *,
    clock: Callable[[], int],
    live: Live = dict,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application. ``clock``: Unix milliseconds; ``routes``: agent.control.routes(...), as a rule."""
    words = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    reads = home.reader()

    def page() -> Page:
        return look(reads, config, free_bytes=home.free_bytes(), now_ms=clock(), live=live())

    def draw(template: str) -> Response:
        return HTMLResponse(words.get_template(template).render(page=page()))

    async def whole(_request: Request) -> Response:
        return draw("page.html")

    async def parts(_request: Request) -> Response:
        return draw("parts.html")

    async def health(_request: Request) -> Response:
        return JSONResponse({"headline": page().colour})

    async def watch(request: Request) -> Response:
        told = _changes(request.app, lambda: (reads.data_version(), repr(live())))
        return StreamingResponse(told, media_type="text/event-stream")

    @asynccontextmanager
    async def life(made: Starlette) -> AsyncIterator[None]:
        made.state.stopping = asyncio.Event()
        yield
        reads.close()

    own = [
        Route("/", whole),
        Route("/parts", parts),
        Route("/health", health),
        Route("/changes", watch),
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
