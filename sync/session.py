"""One MQTT connection, driven by select in its owner's thread; paho's callbacks only put things aside.

No thread of paho's runs: an idle line costs a few wake-ups a minute, publishing needs no lock, and
nothing is called while paho holds its own. What paho leaves to us is here: the reason codes, the
server's Receive Maximum and Maximum Packet Size, and an end to waiting for an answer, or for a broker that
went without a word (sync/pulse.py).
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from sync.pulse import Pulse

KEEPALIVE_S = 60  # a packet must leave within twice this, or paho hangs up: see log.ENTRY_WEIGHT_MAX
MISC_S = 15.0  # how often paho looks at its keepalive; a ping leaves 60 to 75 s after the last packet
CONNECT_S = 15.0
ANSWER_S = 20.0  # for CONNACK and SUBACK, over the slowest line
ANSWER_HERE_S = 2.0  # the same from a broker on this very machine
INFLIGHT_MAX = 20
NOBODY_LISTENS = 0x10
_LOOPBACK = ("127.", "::1", "localhost")


class LinkDown(Exception):
    """There is no line. ``cause`` is one word:

    no_route, no_broker, broker_refused, bad_certificate, no_answer or lost.
    """

    def __init__(self, cause: str, sentence: str) -> None:
        super().__init__(sentence)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is. ``secret`` is never shown."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    secret: str | None = None
    version: MQTTProtocolVersion | None = None

    def __repr__(self) -> str:
        return f"mqtt{'s' if self.tls else ''}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Received:
    """One message that arrived."""

    topic: str
    payload: bytes


class OtherVersion(Exception):
    """The broker does not speak this version of MQTT, or does not speak at all."""


class Session:
    """One connection: what paho's callbacks put aside, and the select loop."""

    def __init__(
        self,
        client: Client,
        version: MQTTProtocolVersion,
        broker: Broker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.version = version
        self.unheard: set[str] = set()
        self._broker = broker
        self._client = client
        self._received: list[Received] = []
        self._connack: Any = None
        self._suback: list[Any] | None = None
        self._lost: str | None = None
        self._denied: str | None = None
        self._packet_max = 0
        self._inflight_max = INFLIGHT_MAX
        self._kept: deque[tuple[str, bytes]] = deque()
        self._clock = clock
        self._pulse = Pulse()
        self._unanswered: dict[int, tuple[str, int]] = {}  # topic and bytes, by paho's number
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_disconnect = self._on_disconnect

    def connect(self, *, may_refuse_version: bool) -> None:
        """Until the broker has let us in. Raises LinkDown, or OtherVersion when it did not answer as one."""
        try:
            if self.version == MQTTv5:
                self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S, clean_start=True)
            else:
                self._client.connect(self._broker.host, self._broker.port, KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise _down(error, self._broker) from error
        self._at_once()
        here = self._broker.host.startswith(_LOOPBACK)
        self._until(lambda: self._connack is not None, ANSWER_HERE_S if here else ANSWER_S)
        if self._connack is None:
            raise OtherVersion
        if self._connack.is_failure:
            if may_refuse_version and self._connack.getName() == "Unsupported protocol version":
                raise OtherVersion
            raise LinkDown("broker_refused", f"the broker refuses us: {self._connack.getName()}")

    def _at_once(self) -> None:
        """What is said leaves at once: an answer behind an acknowledgement is a second small write, which
        would else wait for the other kernel's ACK of the first."""
        line: Any = self._client.socket()
        if line is not None:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def subscribe(self, topics: list[str]) -> None:
        """Until the broker lets us listen. Raises LinkDown."""
        asked: Any = [(topic, 1) for topic in topics]
        if self.version == MQTTv5:
            asked = [(topic, SubscribeOptions(qos=1, noLocal=True)) for topic in topics]
        self._client.subscribe(asked)
        self._until(lambda: self._suback is not None, ANSWER_S)
        if self._suback is None:
            raise LinkDown("no_answer", "the broker does not answer")
        if any(code.is_failure for code in self._suback):
            raise LinkDown("broker_refused", "the broker does not let us listen on our own topic")

    def publish(self, topic: str, payload: bytes) -> None:
        """Send, or keep until the broker takes one more. Raises LinkDown; ValueError when too large."""
        if self._packet_max and len(payload) + len(topic) + 16 > self._packet_max:
            raise ValueError(f"the broker takes at most {self._packet_max} bytes")
        if self._lost:
            raise LinkDown("lost", f"the line is lost: {self._lost}")
        self._kept.append((topic, payload))
        self._send_kept()

    def wait(self, timeout_s: float | None, wake: socket.socket) -> list[Received]:
        """What arrived. Raises LinkDown once everything that arrived was given."""
        self._until(lambda: bool(self._received or self.unheard), timeout_s, wake)
        received, self._received = self._received, []
        if not received and self._denied:
            raise LinkDown("broker_refused", f"the broker does not let us speak: {self._denied}")
        if not received and self._lost:
            raise LinkDown("lost", f"the line is lost: {self._lost}")
        return received

    def close(self) -> None:
        """Say goodbye, without waiting for anything."""
        self._client.on_disconnect = None
        self._client.disconnect()
        if self._client.socket() is not None:
            self._client.loop_write()
            self._client.loop_misc()
        left = self._client.socket()
        if left is not None:
            left.close()

    def _send_kept(self) -> None:
        while self._kept and len(self._unanswered) < self._inflight_max:
            topic, payload = self._kept.popleft()
            info = self._client.publish(topic, payload, qos=1)
            if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                self._lost = self._lost or "nothing can be sent"
                return
            self._unanswered[info.mid] = topic, len(payload) + 1
            self._pulse.sent(len(payload) + 1, self._clock())

    def _until(self, done: Callable[[], bool], timeout_s: float | None, wake: Any = None) -> None:
        """Run the line until ``done``, the time is over, the line is lost or ``wake`` can be read."""
        end_s = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._lost and not self._denied:
            left_s = MISC_S if end_s is None else min(MISC_S, end_s - time.monotonic())
            # Even when there is something already: what arrived must never keep the line from running.
            woken = self._turn(0.0 if done() else max(0.0, left_s), wake)
            if woken or done() or (end_s is not None and time.monotonic() >= end_s):
                return

    def _turn(self, timeout_s: float, wake: Any) -> bool:
        """Select once and let paho do what is to do; whether ``wake`` was read."""
        line: Any = self._client.socket()
        if line is None:
            self._lost = self._lost or "closed"
            return False
        if self._broker.tls and line.pending():
            timeout_s = 0.0
        writes = [line] if self._client.want_write() else []
        reads = [line] if wake is None else [line, wake]
        can_read, can_write, _ = select.select(reads, writes, [], timeout_s)
        if line in can_read or (self._broker.tls and line.pending()):
            self._pulse.heard(self._clock())
            self._client.loop_read()
        if line in can_write:
            self._client.loop_write()
        if self._client.socket() is not None:
            self._client.loop_misc()
            self._send_kept()
        if self._pulse.gone(self._clock()):
            self._lost = self._lost or "the broker does not answer any more"
        woken = wake in can_read
        if woken:
            wake.recv(4096)
        return woken

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, reason: Any, properties: Any) -> None:
        self._connack = reason
        told = vars(properties) if properties is not None else {}
        self._packet_max = told.get("MaximumPacketSize", 0)
        self._inflight_max = min(INFLIGHT_MAX, told.get("ReceiveMaximum", INFLIGHT_MAX))

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        """Nobody here asks a broker to keep anything: a retained message is old, or somebody's trap."""
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        if not message.retain:
            self._received.append(Received(topic, bytes(message.payload)))

    def _on_subscribe(
        self, _client: Client, _data: Any, _mid: int, reasons: list[Any], _properties: Any
    ) -> None:
        self._suback = reasons

    def _on_publish(self, _client: Client, _data: Any, mid: int, reason: Any, _properties: Any) -> None:
        topic, size = self._unanswered.pop(mid, ("", 0))
        self._pulse.answered(size)
        if reason.is_failure:
            self._denied = reason.getName()
        elif reason.value == NOBODY_LISTENS:
            self.unheard.add(topic)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._lost = self._lost or reason.getName()


def _down(error: Exception, broker: Broker) -> LinkDown:
    if isinstance(error, ssl.SSLError):
        return LinkDown("bad_certificate", f"{broker!r} does not show a certificate we trust")
    if isinstance(error, (ConnectionRefusedError, TimeoutError)):
        return LinkDown("no_broker", f"no broker answers at {broker!r}")
    return LinkDown("no_route", f"{broker!r} cannot be reached")
