"""The address of a broker, its topics, and how long to wait before trying again."""

from __future__ import annotations

import threading

import pytest

from sync import topics
from sync.backoff import until_done
from sync.mqtt import parse_url


class Down(Exception):
    pass


def test_a_broker_address_says_host_port_and_whether_the_line_is_sealed() -> None:
    plain = parse_url("mqtt://broker.example")
    assert (plain.host, plain.port, plain.tls, plain.user, plain.version) == (
        "broker.example", 1883, False, None, None,
    )  # fmt: skip
    sealed = parse_url("mqtts://st%40tion:s%3Acret@10.0.0.9:9999?version=3.1.1")
    assert (sealed.host, sealed.port, sealed.tls) == ("10.0.0.9", 9999, True)
    assert (sealed.user, sealed.secret) == ("st@tion", "s:cret")
    assert sealed.version is not None
    assert "cret" not in repr(sealed)
    assert parse_url("mqtts://h").port == 8883


@pytest.mark.parametrize("text", ["", "broker", "http://h", "mqtt://", "mqtt://:1883", "mqtt://h:70000"])
def test_what_is_no_broker_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"broker is written|Port out of range"):
        parse_url(text)


def test_a_topic_says_who_speaks() -> None:
    for name in ("64.11-1", "64.72-12"):
        assert topics.speaker(topics.up(name)) == (name, "up")
        assert topics.speaker(topics.presence(name)) == (name, "presence")
        assert topics.speaker(topics.down(name)) is None
    for odd in ("", "loket/1/up", "loket/2/64.11-1/up", "loket/1/a/b/up", "other/1/64.11-1/up"):
        assert topics.speaker(odd) is None
    for name in ("", "64.11-1\0", "64.11 1", "é", "-", "x" * 65, "a+b"):
        assert topics.speaker(f"loket/1/{name}/up") is None, "no name a station has"


def test_the_line_is_tried_until_it_is_up() -> None:
    tries = []

    def attempt() -> None:
        tries.append(1)
        if len(tries) < 4:
            raise Down

    assert until_done(attempt, Down, threading.Event(), first_s=0.001, longest_s=0.002)
    assert len(tries) == 4


def test_a_stop_cuts_the_longest_wait_short() -> None:
    stop = threading.Event()
    tries = []

    def attempt() -> None:
        tries.append(1)
        threading.Timer(0.05, stop.set).start()
        raise Down

    assert not until_done(attempt, Down, stop, first_s=1000.0, longest_s=1000.0)
    assert len(tries) == 1


def test_a_fault_nobody_foresaw_goes_through() -> None:
    def attempt() -> None:
        raise KeyError("unforeseen")

    with pytest.raises(KeyError):
        until_done(attempt, Down, threading.Event())
