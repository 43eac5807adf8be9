"""One machine's wire as it is held: looked at whenever asked, acted on only while one holding lasts.

    ask    opens the wire where it is not; trouble is Unreachable, for looking changes nothing
    act    never opens it: a motion belongs to the holding it was decided on; trouble is told as it is
    look   the code, with everything worth remembering noted

``holding`` counts the openings, and is 0 while the wire is not held. Source: PROTOCOL.md §7, §10.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from drivers.card_printer import Clock
from drivers.errors import Cause, DeviceError, OutcomeUnknown, Unreachable
from drivers.matica import codes
from drivers.matica.codes import Kind
from drivers.matica.job import Plane
from drivers.matica.machine import Machine, Motion

T = TypeVar("T")
POLL_MS, CALM_POLL_MS, CALM_AFTER_MS = 100, 500, 5_000
LOOKS_MAX = 3
"""Having started up is told once; a machine that tells it every time is believed to be starting."""


class Line:
    """One machine; every wait goes through ``clock``. ``started``, ``broke``: noted since ``forget``."""

    def __init__(self, machine: Machine, clock: Clock) -> None:
        self._machine = machine
        self._clock = clock
        self._openings = 0
        self._open = False
        self.started = False
        self.broke: Cause | None = None

    @property
    def holding(self) -> int:
        """Which opening of the wire this is; 0 while it is not held."""
        return self._openings if self._open else 0

    def close(self) -> None:
        """Let go of the wire."""
        self._open = False
        self._machine.close()

    def forget(self) -> None:
        """What was noted so far is settled."""
        self.started, self.broke = False, None

    def ask(self, question: Callable[[Machine], T]) -> T:
        """Something that changes nothing."""
        try:
            if not self._open:
                self._machine.open()
                self._openings += 1
                self._open = True
            return question(self._machine)
        except (Unreachable, OutcomeUnknown) as error:
            self.close()
            raise Unreachable(error.cause, error.detail) from error

    def look(self) -> int:
        """How it is now."""
        code = codes.STARTED
        for _ in range(LOOKS_MAX):
            code = self.ask(lambda machine: machine.look())
            self._note(code)
            if code != codes.STARTED:
                break
        return code

    def look_until(self, reached: Callable[[int], bool], wait_ms: int) -> int:
        """Look until ``reached`` or the time is over; the last code either way."""
        started = self._clock.now_ms()
        while True:
            code = self.look()
            waited = self._clock.now_ms() - started
            if reached(code) or waited >= wait_ms:
                return code
            self._clock.sleep_ms(POLL_MS if waited < CALM_AFTER_MS else CALM_POLL_MS)

    def act(self, motion: Motion, holding: int) -> int:
        """Say a motion, once, while ``holding`` lasts; its code."""
        return self._act(lambda machine: machine.move(motion), holding)

    def upload(self, planes: Sequence[Plane], holding: int) -> int:
        """Put panels into the machine's memory while ``holding`` lasts; the first bad code, else READY."""
        return self._act(lambda machine: machine.upload(planes), holding)

    def _act(self, action: Callable[[Machine], int], holding: int) -> int:
        if not holding or holding != self.holding:
            raise Unreachable("session_lost", "the wire was let go meanwhile")
        try:
            code = action(self._machine)
        except DeviceError:
            self.close()
            raise
        self._note(code)
        if codes.kind(code) is Kind.HANDS:
            self.broke = codes.cause(code)
        return code

    def _note(self, code: int) -> None:
        self.started = self.started or code in codes.STARTED_ANEW
        if codes.kind(code) in (Kind.FAULT, Kind.OVER):
            self.broke = codes.cause(code)
