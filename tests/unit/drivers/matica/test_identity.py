"""Who a machine on Ethernet says it is, when datagrams get lost."""

import pytest

from drivers.errors import Unreachable
from tests.unit.drivers.matica.paper import Paper, driver, reserved


def test_a_lost_datagram_gives_the_machine_no_other_name() -> None:
    paper = Paper()
    printer, _ = reserved(paper)
    assert printer.identify().serial == "PAPER001"
    paper.deaf = 1
    told = printer.identify()
    assert (told.serial, told.firmware, told.ribbon) == ("PAPER001", "1.0", None)
    assert printer.snapshot().session == 777


def test_a_machine_that_has_not_told_who_it_is_is_nobody_yet() -> None:
    paper = Paper()
    printer = driver(paper)
    paper.deaf = 1
    with pytest.raises(Unreachable, match="no_answer"):
        printer.identify()
    assert printer.identify().serial == "PAPER001"
    paper.close()
    assert printer.status().state == "offline"
    paper.deaf = 1
    with pytest.raises(Unreachable, match="no_answer"):
        printer.identify()
