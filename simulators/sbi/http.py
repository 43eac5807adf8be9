"""HTTP as an SBI service speaks it: odd verbs, both forms of the URL, one request a connection (PROTOCOL.md
§1).
"""

from __future__ import annotations

import http.server
import select
import socket
import socketserver
import sys
import time
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlsplit

from simulators.sbi import answers, words
from simulators.sbi.desk import FRAME_MS, Desk, HangUp
from simulators.sbi.requests import Wrong

BODY_BYTES_MAX = 64 << 10
PATIENCE_S = 30.0
BOUNDARY = "--BoundaryString"
JSON = "application/json"
ALLOWED = "OPTIONS, GET, POST, " + ", ".join(words.VERBS)


class Server(http.server.ThreadingHTTPServer):
    """One service on one port of loopback. ``desk`` is set before it serves."""

    daemon_threads = True
    allow_reuse_address = True
    desk: Desk
    frame_s: float = FRAME_MS / 1000

    def server_bind(self) -> None:
        """Without asking any name server who we are."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_S
    server_version, sys_version = "LoketSBI/0.9.5", ""
    _verb: ClassVar[dict[str, str]] = {**words.VERBS, "GET": words.DISCOVER, "POST": words.DISCOVER}

    def do_OPTIONS(self) -> None:
        """What a browser asks before it may."""
        self._send(HTTPStatus.OK, b"", JSON)

    def _serve(self) -> None:
        verb = self._verb[self.command]
        body = self._body()
        if body is None:
            return
        path = urlsplit(self.path).path
        if self.command in ("GET", "POST"):
            if path != "/":
                self._send(HTTPStatus.NOT_FOUND, b"", JSON)
                return
            path, body = words.PATHS[verb], body or b'{"type": "Biometric Device"}'
        try:
            if verb == words.STREAM:
                self._stream(path, body)
            else:
                self._send(HTTPStatus.OK, self.server.desk.answer(verb, path, body), JSON)
        except HangUp:
            self._drop()

    do_MOSIPDISC = do_SBIDISC = do_MOSIPDINFO = do_SBIINFO = _serve
    do_CAPTURE = do_RCAPTURE = do_STREAM = do_GET = do_POST = _serve

    def _body(self) -> bytes | None:
        """The body by its length; None when the answer has been given already."""
        told = self.headers.get("Content-Length", "0").strip()
        if self.headers.get("Transfer-Encoding") or not told.isdecimal():
            self._send(HTTPStatus.LENGTH_REQUIRED, b"", JSON)
            return None
        if int(told) > BODY_BYTES_MAX:
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"", JSON)
            return None
        body = self.rfile.read(int(told))
        return body if len(body) == int(told) else None

    def _stream(self, path: str, body: bytes) -> None:
        desk = self.server.desk
        try:
            stream = desk.begin_stream(path, body)
        except Wrong as wrong:
            self._send(HTTPStatus.OK, answers.raw(answers.refused(words.STREAM, wrong.code)), JSON)
            return
        try:
            self.send_response(HTTPStatus.OK)
            self._common(f"multipart/x-mixed-replace; boundary={BOUNDARY}")
            self.end_headers()
            for picture in desk.pictures(stream, self._pause):
                head = f"{BOUNDARY}\r\nAccess-Control-Allow-Origin:*\r\nContent-Type:image/jpeg\r\n"
                self.wfile.write(
                    f"{head}Content-Length:{len(picture)}\r\n\r\n".encode() + picture + b"\r\n\r\n"
                )
        except OSError:
            pass  # whoever looked has gone
        finally:
            desk.end_stream(stream)

    def _pause(self) -> bool:
        """Until the next picture is due; False when the caller closes."""
        until_s = time.monotonic() + self.server.frame_s
        readable, _, _ = select.select([self.connection], [], [], self.server.frame_s)
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            return False
        if readable:
            time.sleep(max(0.0, until_s - time.monotonic()))
        return True

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self._common(kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _common(self, kind: str) -> None:
        self.close_connection = True
        self.send_header("Cache-Control", "no-store")
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}")
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "Closed")  # as MDS prints it
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Methods", ALLOWED)
        self.send_header("Access-Control-Allow-Headers", "*")

    def _drop(self) -> None:
        """Hang up without an answer."""
        self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A verb that nobody knows is 405; the rest as HTTP has it."""
        status = HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code)
        self._send(status, b"", JSON)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a request may name a person's transaction."""
