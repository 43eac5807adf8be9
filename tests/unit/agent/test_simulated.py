"""Which devices are told as simulators, and of which nobody can tell."""

from __future__ import annotations

import pytest

from agent.devices import simulated


@pytest.mark.parametrize(
    ("kind", "serial", "told"),
    [
        ("printer", "SIM02CEB4F", True),
        ("printer", "10000077777", False),
        ("printer", "", False),
        ("biometrics", "SIM000011", True),
        ("reader", "SIM12345", True),
        ("reader", "A1B2C3D4", False),
        ("reader", "", None),
        ("pad", "4711", None),
        ("pad", "", None),
    ],
)
def test_a_device_is_real_only_where_its_serial_number_could_say_that_it_is_not(
    kind: str, serial: str, told: bool | None
) -> None:
    assert simulated(kind, serial) is told
