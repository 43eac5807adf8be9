"""The conformance checks of card printers, by name, on every wire and every model.

The driver cannot tell which wire it is on, and neither can a check: memory runs on virtual time.
"""

import pytest

from drivers.conformance.card_printer import CHECKS, run_one
from tests.conformance.technician import Technician
from tests.conformance.wires import MemoryWire

MODELS = ("primacy2", "primacy", "zenius")
SKIPPED = {("zenius", "duplex"), ("zenius", "unplug_is_unsure")}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", CHECKS)
def test_a_printer_in_memory_passes(name: str, model: str) -> None:
    wire = MemoryWire(model)
    result = run_one(name, wire.printer, wire.clock, Technician(wire.tell))
    assert result["result"] == ("skipped" if (model, name) in SKIPPED else "passed"), result
