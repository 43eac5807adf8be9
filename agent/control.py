"""Commands into the running agent: HTTP on loopback, with a token only the home's owner can read.

The agent writes ``run/control.json`` {url, token, pid}, 0600, when it answers, and removes it when
it stops in order. A command that writes takes the home's lock and does the work itself; where the
lock is held, it asks whoever holds it. Whatever the journal promised, the answer promises too: it is
sent after the commit.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agent.config import Config
from agent.home import Busy, Home, open_journal
from agent.trouble import Trouble
from domain.words import RefusedByRule
from drivers.clock import unix_ms
from sync import disk

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

Perform = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""(action's name, its arguments) -> its answer, after the commit; raises RefusedByRule, Trouble."""
Live = Callable[[], dict[str, Any]]
"""What only the running agent knows: {"link": {"state"}, "printer": {"state", "cause", "counters"},
"clock": {"skew_s"}, "devices": [{address, kind, model, serial, state, cause, simulated}]}."""

BODY_BYTES_MAX = 4 << 20  # a manifest of a hundred thousand names
CONNECT_S = 5.0
ANSWER_S = 60.0
LOCK_WAIT_MS = 5000


def routes(perform: Perform, live: Live, token: str) -> list[Route]:
    """The agent's end, for its web app."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    def trusted(request: Request) -> bool:
        told = request.headers.get("authorization", "")
        return hmac.compare_digest(told.encode(), f"Bearer {token}".encode())

    async def act(request: Request) -> Response:
        if not trusted(request):
            return JSONResponse({"trouble": "not allowed"}, 403)
        told = await _body(request)
        if told is None:
            return JSONResponse({"trouble": "not understood"}, 400)
        return JSONResponse(await run_in_threadpool(answer, perform, told["action"], told["args"]))

    async def show(request: Request) -> Response:
        if not trusted(request):
            return JSONResponse({"trouble": "not allowed"}, 403)
        return JSONResponse(await run_in_threadpool(live))

    return [Route("/control", act, methods=["POST"]), Route("/control/live", show, methods=["GET"])]


async def _body(request: Request) -> dict[str, Any] | None:
    """The request's {action, args}; None for anything else, or for too much of it, which is not kept."""
    data, size = bytearray(), 0
    async for piece in request.stream():
        size += len(piece)
        if size <= BODY_BYTES_MAX:
            data += piece
    try:
        told = json.loads(data) if size <= BODY_BYTES_MAX else None
    except ValueError:
        return None
    if not isinstance(told, dict) or not isinstance(told.get("action"), str):
        return None
    return told if isinstance(told.get("args"), dict) else None


def answer(perform: Perform, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """What goes over the line: {"done": …}, {"refused": word, "detail": …} or {"trouble": sentence}."""
    from agent import failures
    from agent.actions import ACTIONS

    if action not in ACTIONS:
        return {"trouble": f"The running agent does not know the command {action!r}; is it older?"}
    try:
        return {"done": perform(action, args)}
    except RefusedByRule as refused:
        return {"refused": refused.word, "detail": refused.detail}
    except failures.known() as trouble:
        return {"trouble": failures.sentence(trouble)}


def announce(home: Home, url: str, token: str, pid: int) -> None:
    """Tell commands where the agent answers."""

    home.run_path.mkdir(mode=0o700, exist_ok=True)
    disk.put(home.control_path, json.dumps({"url": url, "token": token, "pid": pid}).encode())


def withdraw(home: Home) -> None:
    """The agent answers no more."""
    home.control_path.unlink(missing_ok=True)


def live(home: Home) -> dict[str, Any] | None:
    """What the running agent tells of its live parts; None where none answers."""
    with suppress(_NobodyThere, Trouble):
        return _ask(home, "GET", "/control/live", None)
    return None


def perform(home: Home, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Do ``action`` here under the lock, or in the agent that holds it. Raises RefusedByRule, Trouble.

    It is done once, even if the agent's answer is lost: then it is asked again, or done here if the agent
    has died, with the same ``request``, which whoever did it remembers.
    """
    config = home.config()
    asked = {**args, "request": secrets.token_hex(16)}
    last: Trouble
    for wait_ms in (0, LOCK_WAIT_MS):  # the second time: it was another command, or an agent that starts
        try:
            with home.lock(wait_ms):
                return _perform_here(home, config, action, asked)
        except Busy as busy:
            last = busy
            with suppress(_NobodyThere):
                try:
                    return _perform_there(home, action, asked)
                except _AnswerLost as lost:
                    last = lost
    raise last


def _perform_here(home: Home, config: Config, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
    from agent.actions import ACTIONS

    journal = open_journal(home, unix_ms)
    try:
        return ACTIONS[action](journal, config, args)
    finally:
        journal.close()


def _perform_there(home: Home, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
    told = _ask(home, "POST", "/control", {"action": action, "args": dict(args)})
    if "refused" in told:
        raise RefusedByRule(told["refused"], told.get("detail", ""))
    if "done" not in told:
        raise Trouble(str(told.get("trouble", "The running agent gave no answer that can be read.")))
    done: dict[str, Any] = told["done"]
    return done


class _NobodyThere(Exception):
    """No agent answers for this home."""


class _AnswerLost(Trouble):
    """The agent was asked and did not answer to the end: the work may have been done."""


def _ask(home: Home, method: str, path: str, told: dict[str, Any] | None) -> dict[str, Any]:
    from http.client import HTTPConnection, HTTPException

    try:
        where = json.loads(home.control_path.read_text())
        host = urlsplit(where["url"])
    except (OSError, ValueError, KeyError):
        raise _NobodyThere from None
    line = HTTPConnection(host.hostname or "127.0.0.1", host.port, timeout=CONNECT_S)
    try:
        line.connect()
    except OSError:
        raise _NobodyThere from None  # it died; its lock died with it
    try:
        line.sock.settimeout(ANSWER_S)
        headers = {"Authorization": f"Bearer {where['token']}", "Content-Type": "application/json"}
        line.request(method, path, None if told is None else json.dumps(told), headers)
        answered = json.loads(line.getresponse().read())
    except (OSError, HTTPException, ValueError):
        raise _AnswerLost("The running agent did not answer to the end; look with `loket jobs`.") from None
    finally:
        line.close()
    return answered if isinstance(answered, dict) else {}
