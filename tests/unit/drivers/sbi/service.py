"""The HTTP of the scripted SBI service, on a real socket below the driver's library."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.unit.drivers.sbi.bench import Script


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def _body(self, name: str) -> dict[str, Any]:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        script = self.server.script
        script.asked.append((self.command, self.path, json.loads(raw)))
        return script.asked[-1][2]

    def _answer(self, name: str) -> None:
        asked = self._body(name)
        script = self.server.script
        if script.verbs_of_1 and self.command.startswith("MOSIP"):
            self.send_error(405)
            return
        told = getattr(script, name)(asked)
        raw = script.changed("answer", json.dumps(told).encode())
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
        self.close_connection = True

    def do_MOSIPDISC(self) -> None:
        self._answer("discovery")

    def do_MOSIPDINFO(self) -> None:
        self._answer("information")

    def do_RCAPTURE(self) -> None:
        self._answer("capture")

    do_SBIDISC, do_SBIINFO, do_CAPTURE = do_MOSIPDISC, do_MOSIPDINFO, do_RCAPTURE

    def do_STREAM(self) -> None:
        self._body("preview")
        script = self.server.script
        self.close_connection = True
        if "stream" in script.error:
            told = json.dumps({"error": {"errorCode": script.error["stream"], "errorInfo": "no"}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=--BoundaryString")
        self.end_headers()
        try:
            for frame in script.frames:
                head = f"Content-Type:image/jpeg\r\nContent-Length:{len(frame)}\r\n\r\n".encode()
                self.wfile.write(b"--BoundaryString\r\n" + head + frame + b"\r\n\r\n")
            script.stays.wait(5)
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        return


class Server(ThreadingHTTPServer):
    """One service on a free port."""

    daemon_threads = True

    def __init__(self, script: Script, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script = script


@contextmanager
def serving(script: Script, port: int = 0) -> Iterator[int]:
    with Server(script, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        try:
            yield server.server_port
        finally:
            script.stays.set()
            server.shutdown()
            thread.join()
