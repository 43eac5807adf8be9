"""The bench's broker: which program is taken, and that the embedded one takes a connection."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulators.broker import EMBEDDED, command, configuration, find, main


def test_the_embedded_one_is_no_program() -> None:
    assert find(EMBEDDED) is None


def test_a_named_program_has_to_be_there() -> None:
    assert find(sys.executable) == sys.executable
    with pytest.raises(FileNotFoundError):
        find("/nowhere/mosquitto")
    assert CliRunner().invoke(main, ["--program", "/nowhere/mosquitto"]).exit_code == 2


def test_mosquitto_keeps_nothing_and_listens_on_loopback_only(tmp_path: Path) -> None:
    assert command("mosquitto", 1883, tmp_path) == ["mosquitto", "-c", str(tmp_path / "mosquitto.conf")]
    written = (tmp_path / "mosquitto.conf").read_text()
    assert written == configuration(1883)
    assert "listener 1883 127.0.0.1\n" in written
    assert "persistence false\n" in written


@pytest.mark.parametrize("program", ["auto", EMBEDDED])
def test_it_says_when_it_is_ready_and_answers_a_connect(program: str) -> None:
    command = [sys.executable, "-m", "simulators.broker", "--port", "0", "--program", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            ready = json.loads(started.stdout.readline())
            assert ready["ready"] is True
            assert asyncio.run(connected(ready["address"])) == b"\x20\x02\x00\x00"
        finally:
            started.terminate()


async def connected(address: str) -> bytes:
    """CONNACK of a bare MQTT 3.1.1 CONNECT."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(bytes.fromhex("100d00044d51545404020001") + b"\0\x01a")
    answer = await asyncio.wait_for(reader.readexactly(4), 10)
    writer.close()
    await writer.wait_closed()
    return answer
