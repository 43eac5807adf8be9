"""Talking to one Evolis printer: asking, acting, polling. Which trouble means what, in one place.

    ask, poll, insist   change nothing, or nothing that may not be done twice: trouble is Unreachable
    act, send           move a card: trouble after the first byte is OutcomeUnknown; nothing is said twice

Source: PROTOCOL.md §1, §2, §4.
"""

from collections.abc import Callable, Iterable

from drivers.card_printer import Clock, Piece, Transport
from drivers.errors import OutcomeUnknown, Unreachable
from drivers.evolis import codec
from drivers.evolis.codec import Garbled, Reply, Status

COMMAND_S, MOTION_S, JOB_S = 30.0, 60.0, 300.0
POLL_MS, CALM_POLL_MS = 250, 2_000
SILENCE_MS_MAX = 30_000
"""How long looking may fail in a row; a printer that restarts is back sooner."""


class Line:
    """One printer's line; every wait goes through ``clock``."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock

    def close(self) -> None:
        """Let go of the wire."""
        self._transport.close()

    def ask(self, mnemonic: str, *parameters: str | int) -> Reply:
        """A question, or a setting that may be said twice."""
        return self._asked((codec.command(mnemonic, *parameters),))

    def set(self, mnemonic: str, *parameters: str | int) -> Status:
        """A setting that may be said twice, and the status after it."""
        return self.ask(mnemonic, *parameters).status or self.poll()

    def poll(self) -> Status:
        """The status; switches status blocks on where somebody has switched them off."""
        seen = self._asked(()).status or self.ask("Pps", 1).status or self._asked(()).status
        if seen is None:
            raise Unreachable("garbled_reply", "no status block")
        return seen

    def poll_after(self) -> Status:
        """The status after something moved: not to know it is not to know the outcome."""
        try:
            return self.poll()
        except Unreachable as error:
            raise OutcomeUnknown(error.cause, error.detail) from error

    def poll_until(
        self,
        reached: Callable[[Status], bool],
        wait_ms: int,
        meanwhile: Callable[[Status, int], None],
        calm_ms: int = 0,
    ) -> Status:
        """Poll until ``reached`` or the time is over; the last status either way.

        ``meanwhile`` is shown each status and the time. During the first ``calm_ms`` nothing is expected, so
        polls are few. Unreachable after SILENCE_MS_MAX without a status.
        """
        started = heard = self._clock.now_ms()
        while True:
            try:
                seen = self.poll()
                heard = self._clock.now_ms()
                if reached(seen) or heard - started >= wait_ms:
                    return seen
                meanwhile(seen, heard)
            except Unreachable:
                if self._clock.now_ms() - heard >= SILENCE_MS_MAX:
                    raise
            calm = started + calm_ms - self._clock.now_ms()
            self._clock.sleep_ms(max(POLL_MS, min(CALM_POLL_MS, calm)))

    def insist(self, said: bytes) -> None:
        """Say what may be said twice until it is answered; Unreachable after SILENCE_MS_MAX."""
        started = self._clock.now_ms()
        while True:
            try:
                self._asked((said,))
            except Unreachable:
                if self._clock.now_ms() - started >= SILENCE_MS_MAX:
                    raise
            else:
                return
            self._clock.sleep_ms(POLL_MS)

    def act(self, mnemonic: str) -> Reply:
        """A motion, said once."""
        try:
            return self._say((codec.command(mnemonic),), MOTION_S)
        except Garbled as error:
            raise OutcomeUnknown("garbled_reply", str(error)) from error

    def send(self, pieces: Iterable[Piece]) -> Reply | None:
        """A job, said once; None if its reply was garbled, for then only watching can tell."""
        try:
            return self._say(pieces, JOB_S)
        except Garbled:
            return None

    def _asked(self, data: Iterable[Piece]) -> Reply:
        try:
            return self._say(data, COMMAND_S)
        except OutcomeUnknown as error:
            raise Unreachable(error.cause, error.detail) from error
        except Garbled as error:
            raise Unreachable("garbled_reply", str(error)) from error

    def _say(self, data: Iterable[Piece], timeout_s: float) -> Reply:
        return codec.take_reply(self._transport.exchange(data, timeout_s))
