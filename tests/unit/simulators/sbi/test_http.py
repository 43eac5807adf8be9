"""The service on a real port: odd verbs, both forms of the URL, refusals, streams, and the program itself."""

from __future__ import annotations

import http.client
import io
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from PIL import Image

from simulators.sbi import process
from simulators.sbi.desk import RealClock
from simulators.sbi.http import Server
from tests.unit.simulators.sbi.bench import NOW, PATHS, Bench, fits, opened, request

JPEG = b"\xff\xd8"


@contextmanager
def served(bench: Bench) -> Iterator[Server]:
    server = process.listening(0, let_in=True)
    server.desk, server.frame_s = bench.desk, 0.02
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(port: int, verb: str, told: Any, path: str | None = None) -> tuple[int, dict[str, str], bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    line.request(verb, path or PATHS[verb], body, {"EXT": "Loket"})
    answer = line.getresponse()
    raw = answer.read()
    line.close()
    return answer.status, {key.lower(): value for key, value in answer.getheaders()}, raw


def test_the_verbs_of_both_versions_are_answered_in_both_forms() -> None:
    with served(Bench()) as server:
        port = server.server_port
        for verb, name in (("MOSIPDISC", "discovery"), ("SBIDISC", "discovery"),
                           ("MOSIPDINFO", "information"), ("SBIINFO", "information")):  # fmt: skip
            for path in (PATHS[verb], f"http://127.0.0.1:{port}{PATHS[verb]}"):
                status, heads, raw = ask(port, verb, {"type": "Finger"}, path)
                assert status == 200
                fits(name, json.loads(raw))
                assert json.loads(raw)[0]["error"]["errorCode"] == "0"
                assert (heads["cache-control"], heads["connection"]) == ("no-store", "Closed")
                assert heads["content-type"] == "application/json"
                assert heads["location"] == f"http://127.0.0.1:{port}"
                assert heads["access-control-allow-origin"] == "*"


def test_a_capture_comes_over_the_wire() -> None:
    with served(Bench()) as server:
        status, _, raw = ask(server.server_port, "RCAPTURE", request(type="Face"))
        assert status == 200
        opened(json.loads(raw)["biometrics"][0]["data"])


def test_get_and_post_at_the_root_are_a_discovery() -> None:
    with served(Bench()) as server:
        for verb in ("GET", "POST"):
            status, _, raw = ask(server.server_port, verb, b"", "/")
            assert (status, len(json.loads(raw))) == (200, 3)
            assert ask(server.server_port, verb, b"", "/capture")[0] == 404


def test_options_are_answered_and_an_unknown_verb_is_405() -> None:
    with served(Bench()) as server:
        status, heads, _ = ask(server.server_port, "OPTIONS", b"", "/device")
        assert status == 200
        assert "RCAPTURE" in heads["access-control-allow-methods"]
        for verb in ("DANCE", "PUT", "DELETE", "rcapture"):
            assert ask(server.server_port, verb, b"", "/capture")[0] == 405


@pytest.mark.parametrize(("head", "status"), [
    (b"Content-Length: 70000\r\n", b"413"), (b"Content-Length: x\r\n", b"411"),
    (b"Transfer-Encoding: chunked\r\n", b"411"),
])  # fmt: skip
def test_a_body_without_bounds_is_refused(head: bytes, status: bytes) -> None:
    with served(Bench()) as server, socket.create_connection(("127.0.0.1", server.server_port), 10) as line:
        line.sendall(b"MOSIPDISC /device HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
        assert line.recv(4096).split()[1] == status


def test_who_stops_in_the_middle_gets_nothing_and_harms_nobody() -> None:
    with served(Bench()) as server:
        with socket.create_connection(("127.0.0.1", server.server_port), 10) as line:
            line.sendall(b"MOSIPDISC /device HTTP/1.1\r\nContent-Length: 20\r\n\r\n{")
            line.shutdown(socket.SHUT_WR)
            assert line.recv(4096) == b""
        assert ask(server.server_port, "MOSIPDISC", {"type": "Finger"})[0] == 200


@pytest.mark.parametrize("verb", ["MOSIPDISC", "RCAPTURE", "STREAM"])
def test_a_service_that_is_gone_hangs_up(verb: str) -> None:
    told = {"deviceId": "1"} if verb == "STREAM" else request()
    with served(Bench("gone@start")) as server, pytest.raises(http.client.RemoteDisconnected):
        ask(server.server_port, verb, told, {"STREAM": "/stream"}.get(verb))


def frames(line: io.BufferedReader, count: int) -> list[bytes]:
    """So many parts, read strictly as REGC does: the literal words, then the JPEG."""
    found = []
    for _ in range(count):
        assert line.readline() == b"--BoundaryString\r\n"
        assert line.readline() == b"Access-Control-Allow-Origin:*\r\n"
        assert line.readline() == b"Content-Type:image/jpeg\r\n"
        name, size = line.readline().split(b":")
        assert name == b"Content-Length"
        assert line.readline() == b"\r\n"
        found.append(line.read(int(size)))
        assert line.readline() + line.readline() == b"\r\n\r\n"
    return found


@contextmanager
def looking(server: Server, **told: str) -> Iterator[io.BufferedReader]:
    with socket.create_connection(("127.0.0.1", server.server_port), 10) as line:
        body = json.dumps({"deviceId": "1", "deviceSubId": "1", **told}).encode()
        line.sendall(b"STREAM /stream HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        reader = line.makefile("rb")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += reader.readline()
        assert b" 200 " in head
        assert b"Content-Type: multipart/x-mixed-replace; boundary=--BoundaryString\r\n" in head
        assert b"Content-Length" not in head
        yield reader
        reader.close()


def darkest(jpeg: bytes) -> float:
    return float(np.asarray(Image.open(io.BytesIO(jpeg)).convert("L")).min())


@pytest.mark.parametrize(("device", "sub"), [("1", "1"), ("2", "3"), ("3", "0")])
def test_a_stream_shows_an_empty_place_and_then_the_person(device: str, sub: str) -> None:
    bench = Bench()
    with served(bench) as server, looking(server, deviceId=device, deviceSubId=sub) as line:
        (empty,) = frames(line, 1)
        bench.clock.at_ms = 1_000
        seen = frames(line, 4)[-1]
        assert empty.startswith(JPEG)
        assert darkest(empty) > 200
        assert darkest(seen) < 120
        assert bench.ask("MOSIPDISC", {"type": "Biometric Device"})[int(device) - 1]["deviceStatus"] == "Busy"


def test_a_stream_shows_at_least_three_pictures_a_second() -> None:
    assert Server.frame_s <= 1 / 3


def test_a_stream_ends_when_the_caller_closes_and_the_device_is_ready_again() -> None:
    bench = Bench()
    with served(bench) as server:
        with looking(server) as line:
            frames(line, 2)
        with bench.changed:
            assert bench.changed.wait_for(lambda: not bench.service.streams, 10)
        assert bench.ask("MOSIPDISC", {"type": "Finger"})[0]["deviceStatus"] == "Ready"


def test_a_stream_ends_by_itself_at_its_timeout() -> None:
    bench = Bench()
    with served(bench) as server, looking(server, timeout="5000") as line:
        frames(line, 2)
        bench.clock.at_ms = 5_000
        assert line.read()[-4:] in (b"", b"\r\n\r\n")
        assert bench.service.streams == {}


@pytest.mark.parametrize("accident", ["stream_lost@stream=1,picture=2", "unplug@ms=100"])
def test_a_stream_that_is_lost_just_ends(accident: str) -> None:
    bench = Bench(accident)
    with served(bench) as server, looking(server) as line:
        frames(line, 2)
        bench.clock.at_ms = 100
        line.read()
        with bench.changed:
            assert bench.changed.wait_for(lambda: not bench.service.streams, 10)


@pytest.mark.parametrize(("accidents", "told", "code"), [
    ((), {}, "604"), ((), {"deviceId": "9"}, "605"), ((), {"deviceId": "1", "deviceSubId": "0"}, "610"),
    ((), {"deviceId": "1", "deviceSubId": "1", "timeout": "0"}, "609"),
    ((), {"deviceId": "1", "deviceSubId": "1", "timeout": "soon"}, "610"), ((), [], "101"),
    (("not_ready@start",), {"deviceId": "1", "deviceSubId": "1"}, "607"),
    (("not_registered@start",), {"deviceId": "1", "deviceSubId": "1"}, "605"),
    (("unplug@start",), {"deviceId": "1", "deviceSubId": "1"}, "605"),
    (("stream_no_image@stream=1",), {"deviceId": "1", "deviceSubId": "1"}, "608"),
])  # fmt: skip
def test_a_stream_that_cannot_be_is_told_as_json(accidents: tuple[str, ...], told: Any, code: str) -> None:
    with served(Bench(*accidents)) as server:
        status, heads, raw = ask(server.server_port, "STREAM", told, "/stream")
        assert (status, heads["content-type"]) == (200, "application/json")
        fits("stream-error", json.loads(raw))
        assert json.loads(raw)["error"]["errorCode"] == code


def test_a_device_for_auth_does_not_stream_and_a_wrong_path_is_500() -> None:
    with served(Bench(purpose="Auth")) as server:
        told = {"deviceId": "1", "deviceSubId": "1"}
        assert b'"601"' in ask(server.server_port, "STREAM", told, "/stream")[2]
        assert b'"500"' in ask(server.server_port, "STREAM", told, "/dance")[2]


def test_the_wall_s_clock_runs_as_fast_as_told_and_hands_wake_it() -> None:
    changed = threading.Condition()
    clock = RealClock(1_000, lambda: NOW)
    with changed:
        clock.wait(changed, clock.now_ms() + 100)
    assert clock.now_ms() >= 100
    assert clock.simulated(7) == 7_000, "a stream lasts as long as its caller counts"
    assert clock.wall() == NOW


def test_the_program_says_when_it_is_ready_and_answers_hands(tmp_path: Path) -> None:
    anchors, state = tmp_path / "anchors.pem", tmp_path / "state"
    command = [sys.executable, "-c", "from simulators.cli import main; main()", "sbi", "--port", "0",
               "--ca", str(anchors), "--state", str(state), "--speed", "50", "--subject-birth", "1991",
               "--fault", "nothing@capture=1"]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        ready = json.loads(program.stdout.readline())
        port = int(ready["addresses"][0].removeprefix("sbi://127.0.0.1:"))
        assert ready["ready"] is True
        assert ready["serial"].startswith("SIM")
        codes = [json.loads(ask(port, "RCAPTURE", request(type="Face"))[2])["biometrics"][0] for _ in "12"]
        assert [each["error"]["errorCode"] for each in codes] == ["101", "0"]
        kept = x509.load_pem_x509_certificates(anchors.read_bytes())
        opened(codes[1]["data"], *kept)
        before = (state / "sbi-keys.json").read_bytes()
        program.stdin.write("rotate\nlook\n")
        program.stdin.flush()
        assert "devices" in json.loads(program.stdout.readline())
        assert json.loads(program.stdout.readline())["counts"]["Face"] == 2
        assert (state / "sbi-keys.json").read_bytes() != before
        program.terminate()
        assert program.wait(10) == 0


def test_services_take_the_first_free_ports_one_after_another() -> None:
    one, other = (process.listening(None, let_in=True) for _ in range(2))
    try:
        assert one.server_port in process.PORTS
        assert other.server_port in process.PORTS
        assert one.server_port < other.server_port
    finally:
        one.server_close()
        other.server_close()


def test_a_port_that_is_taken_is_told_so() -> None:
    one = process.listening(0, let_in=True)
    with pytest.raises(OSError, match=r"\w+"):
        process.listening(one.server_port, let_in=True)
    one.server_close()


def test_a_service_that_starts_slowly_has_its_port_closed_first() -> None:
    late = process.listening(0, let_in=False)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", late.server_port), 5)
    late.server_activate()
    socket.create_connection(("127.0.0.1", late.server_port), 5).close()
    late.server_close()
