"""Who is answered by a page, and what every answer bears."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.guard import HEADERS, SHOWS, Guard, named

HERE = [(b"host", b"localhost:8080")]


async def page(_scope: Any, _receive: Any, send: Any) -> None:
    own = [(b"content-type", b"text/html"), (b"Cache-Control", b"max-age=9")]
    await send({"type": "http.response.start", "status": 200, "headers": own})
    await send({"type": "http.response.body", "body": b"shown"})


async def quiet(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204})


def asked(guard: Guard, headers: list[tuple[bytes, bytes]], method: str = "GET") -> list[Any]:
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        raise AssertionError

    asyncio.run(guard({"type": "http", "method": method, "headers": headers}, receive, send))
    return said


def test_an_answer_bears_every_header_once_and_ours_win() -> None:
    start, body = asked(Guard(page), HERE)
    assert (start["status"], body["body"]) == (200, b"shown")
    assert start["headers"] == [(b"content-type", b"text/html"), *HEADERS.items()]
    (start,) = asked(Guard(quiet), HERE)
    assert start["headers"] == [*HEADERS.items()]


@pytest.mark.attack
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"host", b"")],
        [(b"host", b"evil.example")],
        [(b"host", b"127.0.0.1.evil.example")],
        [(b"host", b"evil.example:127.0.0.1")],
        [(b"host", b"127.0.0.1:80:80")],
        [(b"host", b"[::1].evil")],
        [(b"host", b"127.0.0.1:")],
        [*HERE, (b"Host", b"evil.example")],
        [*HERE, *HERE],
    ],
)
def test_a_name_that_is_not_ours_is_not_answered(headers: list[tuple[bytes, bytes]]) -> None:
    start, _ = asked(Guard(page), headers)
    assert start["status"] == 421
    assert start["headers"][2:] == [*HEADERS.items()], "a refusal is guarded too"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (b"LOCALHOST", "localhost"),
        (b"127.0.0.1:80", "127.0.0.1"),
        (b"[::1]", "[::1]"),
        (b"[::1]:8080", "[::1]"),
    ],
)
def test_a_host_is_read_without_its_port(told: bytes, name: str) -> None:
    assert named([(b"x", b"y"), (b"Host", told)]) == name


def test_a_page_that_only_shows_takes_nothing() -> None:
    assert asked(Guard(page, methods=SHOWS), HERE, "POST")[0]["status"] == 405
    assert asked(Guard(page, methods=SHOWS), HERE, "HEAD")[0]["status"] == 200
    assert asked(Guard(page), HERE, "POST")[0]["status"] == 200


def test_what_is_no_request_goes_through() -> None:
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["type"])

    async def nothing(*_told: Any) -> Any:
        raise AssertionError

    asyncio.run(Guard(app)({"type": "lifespan"}, nothing, nothing))
    assert seen == ["lifespan"]
