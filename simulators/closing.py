"""How a server on asyncio stops without losing hold of somebody who has just come in.

A connection becomes one over several turns of the loop. `Server.close()` in between leaves it open with
nobody to close it (CPython, gh-109564). So: first nobody more is let in, then whoever came is waited for,
and only then the server is closed.
"""

import asyncio
import contextlib

TURNS = 4  # accepted, a transport, a protocol, its task has begun


async def stop_accepting(server: asyncio.Server) -> None:
    """Let nobody in any more; whoever came in has its task when this returns. `close()` is still to come."""
    loop = asyncio.get_running_loop()
    for listener in server.sockets:
        with contextlib.suppress(NotImplementedError):  # Windows' own loop lets in whole connections only
            loop.remove_reader(listener.fileno())
    for _ in range(TURNS):
        await asyncio.sleep(0)
