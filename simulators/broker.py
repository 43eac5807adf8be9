"""A broker for the bench: Mosquitto where there is one, else a small one of our own process (amqtt, MQTT
3.1.1).

Loopback only, anonymous, nothing kept: whoever relies on a broker's memory finds out here. `python -m
simulators.broker
--port P` prints one JSON line when it takes connections, and ends with its standard input or on SIGTERM.
"""

import asyncio
import contextlib
import json
import logging
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import click

READY_S = 20
EMBEDDED = "embedded"
_ELSEWHERE = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")


def find(program: str) -> str | None:
    """The Mosquitto meant by `program`: `auto` looks where systems keep it, `embedded` means none, else a
    path.

    Raises FileNotFoundError for a program that was named and is not there.
    """
    if program == EMBEDDED:
        return None
    if program == "auto":
        return shutil.which("mosquitto") or next((each for each in _ELSEWHERE if Path(each).is_file()), None)
    if found := shutil.which(program):
        return found
    raise FileNotFoundError(f"no broker program {program!r}")


def free_port() -> int:
    """A port nobody listens on now; the caller is to be quick."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def configuration(port: int) -> str:
    """Mosquitto's settings: loopback, anonymous, no memory, no log."""
    return (
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
        "log_dest none\nmax_inflight_messages 20\nset_tcp_nodelay true\n"
    )


def command(mosquitto: str | None, port: int, directory: Path) -> list[str]:
    """The arguments that start a broker on `port`: Mosquitto by a file written into `directory`, else
    ourselves."""
    if mosquitto is None:
        return [sys.executable, "-m", "simulators.broker", "--port", str(port), "--program", EMBEDDED]
    settings = directory / "mosquitto.conf"
    settings.write_text(configuration(port))
    return [mosquitto, "-c", str(settings)]


async def answers(port: int) -> bool:
    """Whether something takes connections on this port within `READY_S`."""
    for _ in range(READY_S * 20):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await writer.wait_closed()
            return True
        await asyncio.sleep(0.05)
    return False


async def _embedded(port: int) -> None:
    from amqtt.broker import Broker  # half a second of imports, for those who ask

    logging.getLogger().addHandler(logging.NullHandler())
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    _say_ready(port, EMBEDDED)
    await _told_to_stop()
    await broker.shutdown()


async def _mosquitto(program: str, port: int) -> None:
    with tempfile.TemporaryDirectory(prefix="loket-broker-") as directory:
        started = subprocess.Popen(command(program, port, Path(directory)), stderr=subprocess.DEVNULL)
        try:
            if not await answers(port) or started.poll() is not None:
                raise click.ClickException(f"the broker {program} does not take connections on port {port}")
            _say_ready(port, program)
            await _told_to_stop()
        finally:
            started.terminate()
            started.wait(READY_S)


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows: the process is simply ended
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        loop.add_signal_handler(signal.SIGINT, stop.set)
    await stop.wait()


def _say_ready(port: int, program: str) -> None:
    click.echo(json.dumps({"ready": True, "address": f"127.0.0.1:{port}", "program": program}))


@click.command()
@click.option("--port", type=int, default=1883, show_default=True, help="0 takes a free one.")
@click.option("--program", default="auto", show_default=True, help="auto, embedded, or a path of Mosquitto.")
def main(port: int, program: str) -> None:
    """A broker on loopback, for the bench only.

    Example: python -m simulators.broker --port 1883
    """
    try:
        found = find(program)
    except FileNotFoundError as missing:
        raise click.UsageError(str(missing)) from missing
    port = port or free_port()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_mosquitto(found, port) if found else _embedded(port))


if __name__ == "__main__":
    main()
