"""What brokers differ in: versions, limits, certificates, and what they say of those who are not there."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.mqtt import Certificates, Link, Will
from sync.session import LinkDown, Received
from tests.journeys.papers import Authority
from tests.journeys.sync_rig import Broker, free_port


@pytest.fixture(params=["mosquitto", "embedded"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    made = Broker(request.param, tmp_path)
    yield made
    made.kill()


def arrives(link: Link, count: int) -> list[Received]:
    got: list[Received] = []
    end_s = time.monotonic() + 20
    while len(got) < count and time.monotonic() < end_s:
        got += link.wait(1.0)
    return got


def test_a_message_arrives_and_a_will_is_said_for_who_falls_silent(broker: Broker) -> None:
    one = Link(broker.url, "one", ["x/one"], will=lambda: Will("x/gone", b"one"))
    two = Link(broker.url, "two", ["x/two", "x/gone"])
    try:
        one.open()
        two.open()
        one.publish("x/two", b"hello")
        assert arrives(two, 1) == [Received("x/two", b"hello")]
        one._session._client.socket().close()  # type: ignore[union-attr]  # the line is cut
        assert arrives(two, 1) == [Received("x/gone", b"one")]
        one.open()
        one.close()
        assert two.wait(0.3) == [], "who says goodbye leaves no will"
    finally:
        one.dispose()
        two.dispose()


def test_a_broker_of_the_old_version_is_found_out_and_remembered(tmp_path: Path) -> None:
    old, new = Broker("embedded", tmp_path), Broker("mosquitto", tmp_path)
    plain = Link(old.url, "plain", ["x/p"])
    will = Link(old.url, "will", ["x/w"], will=lambda: Will("x/gone", b"w"))
    told = Link(old.url + "?version=3.1.1", "told", ["x/t"], will=lambda: Will("x/gone", b"t"))
    modern = Link(new.url, "modern", ["x/m"])
    try:
        for link in (plain, will, told, modern):
            link.open()
        assert [link.version for link in (plain, will, told, modern)] == ["3.1.1", "3.1.1", "3.1.1", "5"]
        started_s = time.monotonic()
        will.open()
        assert time.monotonic() - started_s < 1.0, "the second time nothing is tried out"
    finally:
        for link in (plain, will, told, modern):
            link.dispose()
        old.kill()
        new.kill()


def test_nobody_listening_is_told_by_a_broker_that_can(tmp_path: Path) -> None:
    broker = Broker("mosquitto", tmp_path)
    link = Link(broker.url, "alone", ["x/me"])
    try:
        link.open()
        link.publish("x/nobody", b"?")
        assert link.wait(5.0) == []
        assert link.take_unheard() == {"x/nobody"}
        assert link.take_unheard() == set()
    finally:
        link.dispose()
        broker.kill()


@pytest.mark.attack
def test_what_a_broker_kept_for_somebody_is_not_listened_to(broker: Broker) -> None:
    one, two = Link(broker.url, "one", ["x/one"]), Link(broker.url, "two", ["x/two"])
    try:
        one.open()
        one._session._client.publish("x/two", b"trap", qos=1, retain=True)  # type: ignore[union-attr]
        one.wait(0.3)
        two.open()
        one.publish("x/two", b"live")
        assert arrives(two, 1) == [Received("x/two", b"live")]
        assert two.wait(0.3) == []
    finally:
        one.dispose()
        two.dispose()


def test_the_brokers_limits_are_kept(tmp_path: Path) -> None:
    port = free_port()
    lines = (f"listener {port} 127.0.0.1", "allow_anonymous true", "max_packet_size 20000")
    broker = Broker("mosquitto", tmp_path, *lines, "max_inflight_messages 2", port=port)
    one, two = Link(broker.url, "one", ["x/one"]), Link(broker.url, "two", ["x/two"])
    try:
        one.open()
        two.open()
        with pytest.raises(ValueError, match="at most 20000"):
            one.publish("x/two", bytes(20_000))
        for number in range(50):
            one.publish("x/two", bytes([number]) * 1000)
        got: list[Received] = []
        end_s = time.monotonic() + 20
        while len(got) < 50 and time.monotonic() < end_s:
            one.wait(0.01)
            got += two.wait(0.01)
        assert [received.payload[0] for received in got] == list(range(50))
    finally:
        one.dispose()
        two.dispose()
        broker.kill()


def test_an_answer_behind_an_acknowledgement_waits_for_no_timer(broker: Broker) -> None:
    link = Link(broker.url, "prompt", ["x/p"])
    try:
        link.open()
        line: Any = link._session._client.socket()  # type: ignore[union-attr]  # no other sign of it
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    finally:
        link.dispose()


def test_waking_ends_the_wait_at_once(broker: Broker) -> None:
    link = Link(broker.url, "sleeper", ["x/s"])
    try:
        link.open()
        for _ in range(3):
            link.wake()
        started_s = time.monotonic()
        assert link.wait(20.0) == []
        assert time.monotonic() - started_s < 2.0
    finally:
        link.dispose()


def test_a_port_where_no_broker_is_has_a_word_of_its_own(tmp_path: Path) -> None:
    link = Link(f"mqtt://127.0.0.1:{free_port()}", "nowhere", ["x"])
    with pytest.raises(LinkDown) as down:
        link.open()
    assert down.value.cause == "no_broker"
    link.dispose()
    link = Link("mqtt://broker.invalid", "nowhere", ["x"])
    with pytest.raises(LinkDown) as down:
        link.open()
    assert down.value.cause == "no_route"
    link.dispose()


def test_a_broker_is_trusted_by_the_authority_we_were_given_and_no_other(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    shown = ours.certify("broker")
    port = free_port()
    tls = (f"certfile {shown.cert}", f"keyfile {shown.key}", "allow_anonymous true")
    broker = Broker("mosquitto", tmp_path, "user root", f"listener {port} 127.0.0.1", *tls, port=port)
    url = f"mqtts://127.0.0.1:{port}"
    good = Link(url, "good", ["x/g"], certificates=Certificates(ca=str(ours.ca)))
    bad = Link(url, "bad", ["x/b"], certificates=Certificates(ca=str(theirs.ca)))
    lost = Link(url, "lost", ["x/l"], certificates=Certificates(ca=str(tmp_path / "nowhere.pem")))
    try:
        good.open()
        good.publish("x/g", b"not to myself")
        good.publish("x/nobody", bytes(200_000))
        assert good.wait(5.0) == []
        assert good.take_unheard()
        for link in (bad, lost):
            with pytest.raises(LinkDown) as down:
                link.open()
            assert down.value.cause == "bad_certificate"
    finally:
        for link in (good, bad, lost):
            link.dispose()
        broker.kill()
