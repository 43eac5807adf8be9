"""A simulated technician: the tasks of the conformance checks as hands beside a simulated printer.

``tell`` hands one JSON object to the simulator's back door and gives its answer back, whether the simulator
is an object in this process or a process of its own.
"""

from collections.abc import Callable
from typing import Any

Tell = Callable[[dict[str, Any]], dict[str, Any]]

ACCIDENTS = {
    "empty_feeder": "feeder_empty@card={next}",
    "end_ribbon_in_next_card": "ribbon_end@card={next},panel=c",
    "jam_next_card": "jam@card={next},panel=m",
    "unplug_in_next_card": "unplug@card={next},panel=m",
    "cut_power_in_next_card": "power_cut@card={next},panel=m",
}
HANDS: dict[str, dict[str, Any]] = {
    "load_blanks": {"load": 20},
    "open_cover": {"cover": "open"},
    "close_cover": {"cover": "closed"},
    "new_ribbon": {"ribbon": "new"},
    "free_jam": {"cover": "closed"},
}


class Technician:
    """Hands that do every task."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def do(self, task: str) -> bool:
        """Carry the task out at once, or order the accident for the next card."""
        told = HANDS.get(task) or {"fault": ACCIDENTS[task].format(next=self._next_card())}
        answer = self._tell(told)
        assert "error" not in answer, answer
        return True

    def _next_card(self) -> int:
        """Cards count from 1 over the printer's life: one more than all that ever left the stack."""
        seen = self._tell({"look": True})
        return 1 + sum(len(seen[place]) for place in ("inside", "output", "reject", "hands"))
