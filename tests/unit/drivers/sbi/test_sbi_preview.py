"""Previews: shown, lost, ended by a capture; and captures that only the centre can open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest

from drivers.errors import DeviceError, Refused, Unreachable
from drivers.sbi import authentication, jws
from drivers.scanner import IRISES, RIGHT_SLAP, Modality
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.bench import (
    FACE,
    JPEG,
    RIGHT,
    SLAP,
    TRANSACTION,
    Bench,
    bench,
    fails,
)

# -- preview -----------------------------------------------------------------------------------------


def test_a_preview_shows_what_the_device_sees_until_it_is_closed(told: Bench) -> None:
    told.script.stays.clear()
    pictures = told.scanner.preview(Modality.FINGER, RIGHT_SLAP[:2], 60_000)
    assert [next(pictures) for _ in range(3)] == [JPEG, JPEG + b"2", JPEG + b"3"]
    assert told.script.bodies("STREAM") == [{"deviceId": "2", "deviceSubId": "2", "timeout": "60000"}]
    pictures.close()  # type: ignore[attr-defined]
    told.script.stays.set()
    assert len(told.scanner.capture(RIGHT)) == 4


def test_a_preview_that_ends_before_its_time_is_lost(told: Bench) -> None:
    with pytest.raises(Unreachable, match="stream_lost"):
        list(told.scanner.preview(Modality.FACE, (), 60_000))


@pytest.mark.parametrize(("passed_ms", "lost"), [(59_499, True), (59_500, False), (60_100, False)])
def test_a_preview_that_ends_at_its_time_just_ends(told: Bench, passed_ms: int, lost: bool) -> None:
    pictures = told.scanner.preview(Modality.FACE, (), 60_000)
    next(pictures)
    told.clock.ms += passed_ms
    if lost:
        with pytest.raises(Unreachable, match="stream_lost"):
            list(pictures)
    else:
        assert len(list(pictures)) == 2


@pytest.mark.parametrize(("passed_ms", "more"), [(64_999, 2), (65_001, 0)])
def test_a_preview_that_outlives_its_time_is_hung_up(told: Bench, passed_ms: int, more: int) -> None:
    told.script.stays.clear()
    pictures = told.scanner.preview(Modality.FACE, (), 60_000)
    next(pictures)
    told.clock.ms += passed_ms
    assert len(list(islice(pictures, 2))) == more
    pictures.close()  # type: ignore[attr-defined]


def test_a_preview_of_nonsense_is_lost(told: Bench) -> None:
    told.script.frames = [b"x" * (5 << 20)]
    with pytest.raises(Unreachable, match="stream_lost"):
        next(told.scanner.preview(Modality.FACE, (), 60_000))


@pytest.mark.parametrize(("code", "cause"), [("606", "unsupported"), ("607", "busy"), ("610", "stream_lost")])
def test_a_preview_that_cannot_begin_says_why(told: Bench, code: str, cause: str) -> None:
    told.script.error["stream"] = code
    with pytest.raises(DeviceError, match=cause):
        next(told.scanner.preview(Modality.IRIS, IRISES, 60_000))


def test_a_capture_ends_the_preview_first_and_waits_until_the_device_has_settled(told: Bench) -> None:
    told.script.stays.clear()
    pictures = told.scanner.preview(Modality.FINGER, RIGHT_SLAP, 60_000)
    next(pictures)
    told.made(0, status="Busy")

    def settled() -> None:
        if told.clock.ms >= 1_500:
            told.made(0, status="Ready")

    told.clock.on_sleep = settled
    assert len(told.scanner.capture(RIGHT)) == 4
    assert list(pictures) == []


def test_a_device_that_stays_busy_after_a_preview_is_busy(told: Bench) -> None:
    next(told.scanner.preview(Modality.FINGER, RIGHT_SLAP, 60_000))
    told.made(0, status="Busy")
    fails(told.scanner, "busy")
    assert told.clock.ms == 2_000
    fails(told.scanner, "busy")
    assert told.clock.ms == 2_000


def test_closing_twice_is_harmless(told: Bench) -> None:
    next(told.scanner.preview(Modality.FACE, (), 60_000))
    told.scanner.close()
    told.scanner.close()
    assert len(told.scanner.capture(FACE)) == 1


# -- authentication ----------------------------------------------------------------------------------

PRESS = authentication.press(Modality.FINGER, RIGHT_SLAP[:2], 60, 5_000)


@pytest.fixture
def matching() -> Iterator[Bench]:
    with bench(replace(SLAP, purpose="Auth")) as made:
        yield made


def test_an_authentication_is_handed_on_as_it_came(matching: Bench) -> None:
    told = matching.scanner.authenticate(TRANSACTION, PRESS, "https://specimen.example")
    assert [each.part for each in told] == list(RIGHT_SLAP[:2])
    assert all(each.session_key and each.thumbprint == "AB" * 32 and each.quality == 61.5 for each in told)
    assert jws.read(told[0].data).certificates[0] == papers.device().cert
    (asked,) = matching.script.bodies("CAPTURE")
    assert (asked["purpose"], asked["bio"][0]["deviceSubId"], asked["domainUri"]) == (
        "Auth",
        "0",
        "https://specimen.example",
    )


@pytest.mark.parametrize("field", [{"sessionKey": ""}, {"thumbprint": "AB"}, {"hash": ""}])
def test_an_encrypted_picture_without_its_key_is_garbled(matching: Bench, field: dict[str, str]) -> None:
    matching.script.change["element"] = lambda element: element | field
    with pytest.raises(Unreachable, match="garbled_reply"):
        matching.scanner.authenticate(TRANSACTION, PRESS)


@pytest.mark.parametrize(
    ("field", "cause"),
    [({"transactionId": "other"}, "other_transaction"), ({"bioValue": ""}, "garbled_reply")],
)
def test_an_encrypted_picture_is_checked_like_any_other(
    matching: Bench, field: dict[str, str], cause: str
) -> None:
    matching.script.change["payload"] = lambda told: told | field
    with pytest.raises(Unreachable, match=cause):
        matching.scanner.authenticate(TRANSACTION, PRESS)


def test_a_device_for_registration_authenticates_nobody(told: Bench) -> None:
    with pytest.raises(Refused, match="unsupported"):
        told.scanner.authenticate(TRANSACTION, PRESS)


def test_an_authentication_has_a_name_that_every_service_takes(matching: Bench) -> None:
    with pytest.raises(Refused, match="bad_command"):
        matching.scanner.authenticate("abc", PRESS)
    assert matching.script.bodies("CAPTURE") == []
