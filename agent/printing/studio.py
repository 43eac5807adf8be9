"""The studio: a child process that draws cards, so that imaging never lies in the agent's memory.

    to the child:  length u32 big-endian | JSON request
    and back:      length u32 | JSON answer | the job's bytes, as many as the answer says

It is started when a card is wanted and ends when none was for ten seconds, or with the agent, whose end
closes its input. The person's data goes in by that pipe alone: never as an argument, in the environment or by
a file. Drawing moves no card, so a child that dies is simply asked once more.
"""

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

from domain.policy import DEFAULT, Policy
from domain.policy_form import from_json, to_json
from domain.words import RefusedByRule
from drivers.card_printer import Artefact

TRIAL = "trial"  # a kind of card that is nobody's
IDLE_S = 10.0
ANSWER_S_MAX = 60.0
REQUEST_BYTES_MAX = 2 * 1024 * 1024
JOB_BYTES_MAX = 64 * 1024 * 1024
_LENGTH = struct.Struct(">I")
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW
else:
    _FLAGS = 0


class StudioTrouble(Exception):
    """No card came out, and not by a rule. Nothing has happened to any card. ``cause``: a word for it."""

    def __init__(self, sentence: str, cause: str = "not_drawn") -> None:
        super().__init__(sentence)
        self.cause = cause


class Child(Protocol):
    """What is needed of the child process."""

    @property
    def stdin(self) -> BinaryIO:
        """Where requests go."""
        ...

    @property
    def stdout(self) -> BinaryIO:
        """Where answers come from."""
        ...

    def kill(self) -> None:
        """End it now."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        ...


class Studio:
    """Draws one card at a time; may be asked from several threads. ``start`` opens a child."""

    def __init__(self, start: Callable[[], Child] | None = None, idle_s: float = IDLE_S) -> None:
        self._start = start or _child
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._rest: threading.Timer | None = None

    def make(
        self,
        kind: str,
        fields: Mapping[str, str],
        issued_on: str,
        family: str,
        model: str,
        ribbon: str,
        duplex: bool,
        rules: Policy = DEFAULT,
    ) -> Artefact:
        """The card of one order, ready for a printer of this family and model.

        ``fields``: the opened payload (agent/printing/card.py says which); ``issued_on``: YYYY-MM-DD;
        ``ribbon`` as the printer names it; ``rules``: the policy in force on that day. The same arguments
        give the same bytes. Raises RefusedByRule when this order can never become a card, StudioTrouble when
        none came out for another reason.
        """
        request = {"kind": kind, "fields": dict(fields), "issued_on": issued_on, "duplex": duplex}
        request |= {"family": family, "model": model, "ribbon": ribbon}
        request |= {"policy": to_json(rules, whole=False)}
        said = json.dumps(request).encode()
        with self._lock:
            self._stop_timer()
            answer, job = self._ask_twice(said)
            self._start_timer()
        if "refused" in answer:
            raise RefusedByRule(str(answer["refused"]))
        if "trouble" in answer:
            raise StudioTrouble(str(answer["trouble"]), str(answer["cause"]))
        return Artefact(job, int(answer["panels"]), str(answer["sha256"]))

    def close(self) -> None:
        """End the child; the next ``make`` starts another."""
        with self._lock:
            self._stop_timer()
            self._end()

    @property
    def resting(self) -> bool:
        """True when no child lives."""
        return self._child is None

    def _ask_twice(self, said: bytes) -> tuple[dict[str, str | int], bytes]:
        """Ask; ask a new child when the first dies over it; StudioTrouble when that dies too."""
        try:
            return self._ask(said)
        except (OSError, EOFError):
            pass
        try:
            return self._ask(said)
        except (OSError, EOFError) as error:
            raise StudioTrouble("the drawing process ended twice without a card") from error

    def _ask(self, said: bytes) -> tuple[dict[str, str | int], bytes]:
        """One request to the child. OSError or EOFError when it died over it; it is cleared away then."""
        if self._child is None:
            self._child = self._start()
        watch = threading.Timer(ANSWER_S_MAX, self._child.kill)
        watch.daemon = True
        watch.start()
        try:
            _send(self._child.stdin, said)
            answer = json.loads(_receive(self._child.stdout, REQUEST_BYTES_MAX))
            return answer, _exactly(self._child.stdout, min(int(answer.get("bytes", 0)), JOB_BYTES_MAX))
        except (OSError, EOFError, ValueError) as error:
            self._end()
            raise EOFError("the drawing process ended") from error
        finally:
            watch.cancel()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still to be sent has nobody to go to

    def _start_timer(self) -> None:
        if self._child is not None:
            self._rest = threading.Timer(self._idle_s, self._close_if_idle)
            self._rest.daemon = True
            self._rest.start()

    def _stop_timer(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _close_if_idle(self) -> None:
        with self._lock:
            if self._rest is threading.current_thread():  # not when another card was asked for meanwhile
                self._rest = None
                self._end()


def _child() -> Child:
    """A new drawing process. Its complaints go nowhere: they could name a person."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "agent.printing.studio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=_FLAGS,
    )
    return _Process(child)


class _Process:
    """subprocess.Popen with pipes that are known to be there."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        assert child.stdin is not None and child.stdout is not None  # noqa: S101
        self.stdin: BinaryIO = child.stdin  # type: ignore[assignment]
        self.stdout: BinaryIO = child.stdout  # type: ignore[assignment]
        self.kill = child.kill
        self.wait = child.wait


def _send(pipe: BinaryIO, said: bytes) -> None:
    pipe.write(_LENGTH.pack(len(said)) + said)
    pipe.flush()


def _receive(pipe: BinaryIO, size_max: int) -> bytes:
    (size,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    if size > size_max:
        raise ValueError("a message longer than any can be")
    return _exactly(pipe, size)


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError("the pipe ended")
    return data


# -- the child's side ---------------------------------------------------------------------------------------


def serve(inlet: BinaryIO, outlet: BinaryIO) -> None:
    """Answer requests until the input ends."""
    while True:
        try:
            request = json.loads(_receive(inlet, REQUEST_BYTES_MAX))
        except EOFError:
            return
        answer, job = _answer(request)
        _send(outlet, json.dumps(answer).encode())
        outlet.write(job)
        outlet.flush()


def _answer(request: dict[str, object]) -> tuple[dict[str, object], bytes]:
    """Draw and prepare one card, or say in a word why not."""
    from agent.printing import card
    from drivers.conformance.bench import test_picture
    from drivers.registry import prepare

    kind, fields, issued_on = str(request["kind"]), request["fields"], str(request["issued_on"])
    family, model, ribbon = (str(request[name]) for name in ("family", "model", "ribbon"))
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        return {"refused": "BAD_PAYLOAD"}, b""
    try:
        if kind == TRIAL:
            front, back = test_picture(), None
        else:
            front, back = card.draw(kind, fields, issued_on, from_json(request["policy"]))
    except card.CannotDraw as refusal:
        return {"refused": refusal.word}, b""
    except MemoryError:
        raise  # this machine's trouble: the child ends and a new one is asked
    except Exception:  # noqa: BLE001 - whatever it is, the same order would end the next child as well
        return {"refused": "CANNOT_DRAW"}, b""
    stamp_s = int(datetime.fromisoformat(issued_on).replace(tzinfo=UTC).timestamp())
    try:
        artefact = prepare(family, model, ribbon, front, back if request["duplex"] else None, stamp_s)
    except ValueError as error:
        return {"trouble": str(error), "cause": "ribbon_unsupported"}, b""
    told = {"bytes": len(artefact.job), "panels": artefact.panels, "sha256": artefact.sha256}
    return told, artefact.job


def main() -> None:
    """The drawing process: ``python -m agent.printing.studio``."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the agent's business; its end closes our input
    outlet = sys.stdout.buffer
    sys.stdout = sys.stderr  # nobody's print may tear the frames
    serve(sys.stdin.buffer, outlet)


if __name__ == "__main__":
    main()
