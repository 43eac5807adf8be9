"""Every row of the tables of error codes in PROTOCOL.md, as the driver reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import drivers.sbi
from drivers.errors import CAUSES, DeviceError, NeedsHands, Refused, Unreachable
from drivers.sbi.codes import error_of
from drivers.sbi.verbs import Call
from tests.unit.drivers.sbi.bench import RIGHT, TRANSACTION, bench

PAGE = (Path(drivers.sbi.__file__).parent / "PROTOCOL.md").read_text("utf-8")
REACTIONS = {"hands": NeedsHands, "again": Unreachable, "never": Refused}
ROWS = re.findall(r"^\| (\d{3}) \| (.*?) \| ([a-z_]+) \| (hands|again|never) \|", PAGE, re.MULTILINE)
INVALID = "invalid JSON (of discovery, information)"


def test_the_page_has_its_rows() -> None:
    assert len(ROWS) > 50 and {word for _, _, word, _ in ROWS} <= CAUSES


@pytest.mark.parametrize(("code", "what", "word", "then"), ROWS)
def test_a_code_means_what_the_page_says(code: str, what: str, word: str, then: str) -> None:
    call = Call.INFORMATION if what == INVALID else Call.REGISTRATION
    provider = "Loket SPECIMEN" if code.startswith("52") else "anybody"
    error = error_of(code, call, provider)
    assert (error.cause, type(error)) == (word, REACTIONS[then])
    assert error.detail.startswith(f"code {code}, ")


@pytest.mark.parametrize("number", range(700, 711))
def test_codes_of_authentication_mean_what_those_of_registration_do(number: int) -> None:
    one = error_of(str(number), Call.REGISTRATION)
    other = error_of(str(number + 100), Call.AUTHENTICATION)
    assert (one.cause, type(one)) == (other.cause, type(other))


@pytest.mark.parametrize("code", ["501", "520", "551", "599", "602", "711", "1", "", "12345", "-1", "x", "²"])
def test_what_nobody_knows_is_a_fault_of_the_device_and_may_be_tried_again(code: str) -> None:
    error = error_of(code, Call.REGISTRATION, "a vendor who told us nothing")
    assert (error.cause, type(error)) == ("sensor_fault", Unreachable)


@pytest.mark.parametrize(
    ("code", "cause"), [("101", "nothing_there"), ("520", "finger_dry"), ("111", "busy")]
)
def test_a_capture_raises_it_without_the_device_s_own_sentence(code: str, cause: str) -> None:
    with bench() as told:
        told.script.error["capture"] = code
        told.scanner.begin(TRANSACTION)
        with pytest.raises(DeviceError, match=cause) as error:
            told.scanner.capture(RIGHT)
        assert "SPECIMEN" not in str(error.value)
