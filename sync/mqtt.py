"""The line to the broker: paho-mqtt at the edge, driven by whoever owns the Link, in one thread.

No thread of paho's runs: ``wait`` selects on the socket and on a wake-up pair, so that an idle line
costs a few wake-ups a minute, publishing needs no lock and paho's callbacks (which hold paho's own
locks) only put things aside. MQTT 5 is tried first; a broker that refuses it, hangs up or stays silent
on it gets 3.1.1, and that is remembered. Nothing is asked to outlive the connection: clean start, no
session, nothing retained; a new client is made for every connection, so nothing of an old one is sent
again. PUBACK is never taken as delivery; it only tells that nobody listened, or that we may not speak.
Facts about paho and brokers: sync/PROTOCOL.md.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from paho.mqtt.client import Client, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from sync.session import CONNECT_S, INFLIGHT_MAX, Broker, LinkDown, OtherVersion, Received, Session

_V311_NAMES = ("3.1.1", "311", "4")


def parse_url(url: str) -> Broker:
    """``mqtt[s]://[user:secret@]host[:port][?version=3.1.1]``. Raises ValueError with one sentence."""
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise ValueError("A broker is written mqtt://HOST:PORT or mqtts://HOST:PORT.")
    tls = parts.scheme == "mqtts"
    asked = parse_qs(parts.query).get("version", [""])[0]
    return Broker(
        parts.hostname,
        parts.port or (8883 if tls else 1883),
        tls,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        MQTTv311 if asked in _V311_NAMES else None,
    )


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for us when we fall silent."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Certificates:
    """For mqtts, paths of PEM files. ``ca``: who signed the broker's certificate, empty for the system's own;
    ``cert`` and ``key``: our own, empty where the broker asks for none. Raises ValueError for half of a pair.
    """

    ca: str = ""
    cert: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        if bool(self.cert) != bool(self.key):
            raise ValueError("A certificate of our own needs its key, and a key its certificate.")

    def context(self) -> ssl.SSLContext:
        """Read anew for every connection, so that a renewed certificate is taken up. Raises LinkDown."""
        try:
            context = ssl.create_default_context(cafile=self.ca or None)
            if self.cert:
                context.load_cert_chain(self.cert, self.key)
        except OSError as error:  # ssl's own errors are among them
            raise LinkDown("bad_certificate", "our own certificate files cannot be used") from error
        context.sslsocket_class = _TidySocket
        return context


class Link:
    """One connection after another to one broker. Only ``wake`` may be called from another thread.

    ``will`` is asked at every connection. ``clock``: seconds, by which a silent broker is judged.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        topics: Sequence[str],
        *,
        will: Callable[[], Will | None] = lambda: None,
        certificates: Certificates | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.broker = parse_url(url)
        self._client_id = client_id
        self._topics = list(topics)
        self._will = will
        self._certificates = certificates or Certificates()
        self._clock = clock
        self._version = self.broker.version
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._session: Session | None = None

    @property
    def version(self) -> str:
        """What is spoken: ``5``, ``3.1.1``, or empty while nothing is."""
        return "" if self._session is None else "5" if self._session.version == MQTTv5 else "3.1.1"

    def open(self) -> None:
        """Connect and subscribe. Raises LinkDown."""
        self.close()
        tried = [self._version] if self._version else [MQTTv5, MQTTv311]
        for version in tried:
            try:
                session = self._connect(version)
            except OtherVersion as error:
                if version is tried[-1]:
                    raise LinkDown("no_answer", f"{self.broker!r} does not answer as a broker") from error
                continue
            self._version = version
            self._session = session
            session.subscribe(self._topics)
            return

    def publish(self, topic: str, payload: bytes) -> None:
        """Hand a message to the line, QoS 1. Raises LinkDown when there is none; never waits.

        A message larger than the broker takes is not sent: ValueError.
        """
        if self._session is None:
            raise LinkDown("lost", "the line is closed")
        self._session.publish(topic, payload)

    def wait(self, timeout_s: float | None) -> list[Received]:
        """What arrived, as soon as something did; empty after ``timeout_s`` or a ``wake``.

        Raises LinkDown.
        """
        if self._session is None:
            raise LinkDown("lost", "the line is closed")
        try:
            return self._session.wait(timeout_s, self._wake_in)
        except LinkDown:
            self.close()
            raise

    def take_unheard(self) -> set[str]:
        """The topics of messages that nobody was there to hear since the last call (MQTT 5 only)."""
        unheard: set[str] = set()
        if self._session is not None:
            unheard, self._session.unheard = self._session.unheard, unheard
        return unheard

    def wake(self) -> None:
        """Let ``wait`` return now. From any thread."""
        try:
            self._wake_out.send(b"\0")
        except (BlockingIOError, OSError):
            return  # it is full: a wake-up is already on its way; or the link is gone

    def close(self) -> None:
        """Say goodbye if there is somebody to say it to."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def dispose(self) -> None:
        """Close for good."""
        self.close()
        self._wake_in.close()
        self._wake_out.close()

    def _connect(self, version: MQTTProtocolVersion) -> Session:
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            protocol=version,
            reconnect_on_failure=False,
            clean_session=None if version == MQTTv5 else True,
        )
        client.connect_timeout = CONNECT_S
        client.max_inflight_messages_set(INFLIGHT_MAX)
        if self.broker.user is not None:
            client.username_pw_set(self.broker.user, self.broker.secret)
        if self.broker.tls:
            client.tls_set_context(self._certificates.context())
        if will := self._will():
            client.will_set(will.topic, will.payload, qos=1)
        session = Session(client, version, self.broker, self._clock)
        try:
            session.connect(may_refuse_version=version == MQTTv5)
        except BaseException:
            session.close()
            raise
        return session


class _TidySocket(ssl.SSLSocket):
    """Closes itself when the other side shows a bad certificate; paho would leave it open."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
