"""When an answer comes (PROTOCOL.md §5.2), what a second caller hears meanwhile, and what hands change."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from simulators.sbi import hands
from simulators.sbi import requests as asked
from simulators.sbi.model import LOOK_AGAIN_MS
from simulators.sbi.parts import Done, Frame, Shoot, Wait
from simulators.sbi.requests import Wrong
from tests.unit.simulators.sbi.bench import RIGHT, Bench, opened, request

TIMEOUT = 6_000


def scores(told: Any) -> list[float]:
    return [float(opened(each["data"])["qualityScore"]) for each in told["biometrics"]]


@pytest.mark.parametrize("accident", [
    "nothing@start", "partial@capture=1", "wrong_hand@capture=1", "dry@capture=1,hard=yes",
])  # fmt: skip
def test_without_anything_usable_the_error_comes_at_the_timeout_and_not_before(accident: str) -> None:
    bench = Bench(accident)
    assert bench.code(timeout=str(TIMEOUT)) != "0"
    assert bench.clock.at_ms == TIMEOUT


@pytest.mark.parametrize("changes", [{}, {"type": "Iris", "requestedScore": "60"}, {"type": "Face"}], ids=str)
def test_a_good_capture_is_over_within_four_seconds(changes: dict[str, Any]) -> None:
    bench = Bench()
    told = bench.capture(timeout="10000", **changes)
    assert bench.clock.at_ms < 4_000
    assert sum(scores(told)) / len(scores(told)) >= 40


@pytest.mark.parametrize(("accident", "kind"), [
    ("dry@capture=1", "Finger"), ("wet@capture=1", "Finger"), ("bad_placement@capture=1", "Finger"),
    ("dirty@capture=1", "Finger"), ("rising@capture=1", "Finger"), ("eyelid@capture=1", "Iris"),
    ("blurred@capture=1", "Iris"), ("dirty@capture=1", "Iris"), ("turned@capture=1", "Face"),
])  # fmt: skip
def test_below_the_score_the_best_frame_comes_at_the_timeout(accident: str, kind: str) -> None:
    bench = Bench(accident)
    told = bench.capture(type=kind, timeout=str(TIMEOUT), requestedScore="60")
    assert bench.clock.at_ms == TIMEOUT
    assert 10 <= sum(scores(told)) / len(scores(told)) < 40 + 20 * (kind == "Iris")


def test_quality_rises_over_the_attempts_of_that_hand_alone() -> None:
    bench = Bench("rising@capture=1,of=left")
    told = [bench.capture(timeout="2500"), bench.capture(type="Iris"), bench.capture(timeout="2500"),
            bench.capture(timeout="2500")]  # fmt: skip
    first, _, second, third = (sum(scores(each)) / len(scores(each)) for each in told)
    assert first < second < 40 <= third


def test_a_tip_of_one_finger_hides_in_the_mean_and_shows_in_its_own_score() -> None:
    told = Bench("tip@capture=1,part=Left RingFinger").capture()
    good, also, tip, fine = scores(told)
    assert tip < 25 < 60 < min(good, also, fine)


def test_a_dirty_glass_stays_dirty_until_it_is_wiped() -> None:
    bench = Bench("dirty@start,of=Finger")
    for _ in range(2):
        assert max(scores(bench.capture(timeout="2500"))) < 40
    assert min(scores(bench.capture(type="Iris"))) > 40
    hands.do(bench.desk, "wipe")
    assert min(scores(bench.capture())) > 40


def test_a_missing_finger_is_captured_around_as_an_exception() -> None:
    bench = Bench()
    hands.do(bench.desk, "missing Left LittleFinger")
    assert bench.code(timeout="2000") == "102"
    told = bench.capture(bioSubType=["Left IndexFinger", "Left MiddleFinger", "Left RingFinger"],
                         exception=["Left LittleFinger"])  # fmt: skip
    assert len(told["biometrics"]) == 3


def during(bench: Bench, changes: dict[str, Any], meanwhile: Callable[[], object]) -> Any:
    """A capture with the clock held, and what happens once it waits."""
    bench.clock.held = True
    answers: list[Any] = []
    capture = threading.Thread(target=lambda: answers.append(bench.capture(**changes)))
    capture.start()
    assert bench.clock.waiting.wait(10)
    meanwhile()
    with bench.changed:
        bench.clock.held = False
        bench.changed.notify_all()
    capture.join(20)
    assert not capture.is_alive()
    return answers[0]


def test_while_it_captures_it_is_busy_and_takes_no_second_capture_and_no_stream() -> None:
    bench = Bench("nothing@start")
    told = []

    def meanwhile() -> None:
        told.append(bench.ask("MOSIPDISC", {"type": "Finger"})[0])
        told.append(bench.ask("MOSIPDINFO", {})[0])
        told.append(bench.capture()["biometrics"][0])
        with pytest.raises(Wrong) as wrong:
            bench.desk.begin_stream("/stream", b'{"deviceId": "1", "deviceSubId": "1"}')
        told.append({"error": {"errorCode": wrong.value.code}})
        told.append(bench.ask("MOSIPDISC", {"type": "Iris"})[0])

    during(bench, {}, meanwhile)
    assert [each["error"]["errorCode"] for each in told] == ["111", "111", "703", "607", "0"]
    assert bench.ask("MOSIPDISC", {"type": "Finger"})[0]["deviceStatus"] == "Ready"


def test_whoever_comes_late_is_captured_before_the_timeout() -> None:
    bench = Bench()
    hands.do(bench.desk, "remove")
    told = during(bench, {}, lambda: hands.do(bench.desk, "place left"))
    assert len(told["biometrics"]) == 4
    assert bench.clock.at_ms < 4_000


def test_whoever_comes_by_the_clock_is_seen_as_well() -> None:
    bench = Bench("nothing@start,for=3000")
    assert len(bench.capture()["biometrics"]) == 4
    assert 3_000 <= bench.clock.at_ms <= 3_000 + 2 * LOOK_AGAIN_MS


def test_the_other_hand_is_noticed_and_the_right_one_taken_after_all() -> None:
    bench = Bench()
    hands.do(bench.desk, "place right")
    assert bench.code(timeout="2000") == "522"
    assert bench.capture(bioSubType=[*RIGHT], deviceSubId="2")["biometrics"][0]["error"]["errorCode"] == "0"


def test_a_cable_that_is_pulled_ends_the_capture_and_comes_back_without_a_restart() -> None:
    bench = Bench("nothing@start")
    told = during(bench, {}, lambda: hands.do(bench.desk, "unplug Finger"))
    assert told["biometrics"][0]["error"]["errorCode"] == "705"
    assert bench.code() == "106"
    hands.do(bench.desk, "plug")
    hands.do(bench.desk, "cure")
    assert bench.code(type="Face") == "0"
    assert len(bench.capture()["biometrics"]) == 4


def test_a_stream_of_the_same_slap_may_go_on_but_not_stop_during_a_capture() -> None:
    bench = Bench("nothing@start")
    stream = bench.desk.begin_stream("/stream", json.dumps({"deviceId": "1", "deviceSubId": "1"}).encode())
    assert bench.ask("MOSIPDISC", {"type": "Finger"})[0]["deviceStatus"] == "Busy"
    told = during(bench, {}, lambda: bench.desk.end_stream(stream))
    assert told["biometrics"][0]["error"]["errorCode"] == "700"


def test_no_picture_comes_while_a_capture_has_the_camera() -> None:
    bench = Bench()
    told = json.dumps({"deviceId": "3", "deviceSubId": "0"}).encode()
    stream = bench.desk.begin_stream("/stream", told)
    looks = iter([True, True, False])
    assert len([*bench.desk.pictures(stream, lambda: next(looks))]) == 3
    wanted = asked.capture("rcapture", request(type="Face"), bench.service.place(0))
    capture = bench.service.begin(wanted, 0)
    looks = iter([True, True, False])
    assert [*bench.desk.pictures(stream, lambda: next(looks))] == []
    bench.service.end(capture)


def test_a_stream_of_another_slap_is_in_the_way() -> None:
    bench = Bench()
    bench.desk.begin_stream("/stream", json.dumps({"deviceId": "1", "deviceSubId": "2"}).encode())
    assert bench.code() == "702"


def test_a_millisecond_before_the_timeout_is_too_early() -> None:
    bench = Bench("nothing@start")
    wanted = asked.capture("rcapture", request(timeout="3000"), bench.service.place(0))
    capture = bench.service.begin(wanted, 0)
    assert isinstance(bench.service.step(capture, 2_999), Wait)
    assert bench.service.step(capture, 3_000) == Done(None, "101")


def played(bench: Bench, means: list[float], cost_ms: int = 0, *, moved_after: int = 0) -> tuple[Done, int]:
    """A capture of 3,000 ms whose frames have these scores; the end, and the service's clock at it.

    ``moved_after``: so many frames after which the person moves.
    """
    wanted = asked.capture("rcapture", request(timeout="3000"), bench.service.place(0))
    capture = bench.service.begin(wanted, 0)
    now_ms, coming = 0, list(means)
    while not isinstance(step := bench.service.step(capture, now_ms), Done):
        if isinstance(step, Wait):
            assert step.until_ms > now_ms
            now_ms = step.until_ms
            continue
        assert isinstance(step, Shoot)
        now_ms += cost_ms
        bench.service.saw(capture, Frame(step.looks, (coming.pop(0),) * 4), cost_ms)
        if moved_after and len(means) - len(coming) == moved_after:
            bench.service.counter.moved_ms = now_ms
    assert coming == []
    return step, now_ms


def test_pictures_cost_the_computer_s_time_and_not_the_person_s() -> None:
    done, now_ms = played(Bench(), [11.0, 12.0, 13.0], cost_ms=20_000)
    assert now_ms == 3_000 + 3 * 20_000, "a slow computer has not shortened the capture"
    assert done.frame is not None
    assert done.frame.mean == 13.0


def test_the_best_frame_is_kept_whichever_came_last() -> None:
    done, _ = played(Bench(), [20.0, 31.0, 25.0])
    assert done.frame is not None
    assert done.frame.mean == 31.0


def test_whoever_moves_is_looked_at_again_from_the_beginning() -> None:
    done, _ = played(Bench(), [20.0, 20.0, 55.0], moved_after=2)
    assert done.frame is not None
    assert done.frame.mean == 55.0
