"""From a plan to a sheet in the printer's tray, by a command's own process: draw, write down, send once.

    draw     opens the personal part in memory, draws the sheet, takes its SHA-256
    issue    the certificate and that hash are on the disk (the action, in whoever writes the journal)
    send     "sent" is on the disk, then the first byte goes; nothing is ever sent after an answer was lost

Only a printer that says that nothing of it was sent lets the same sheet be sent again. Everything else ends
in *reported* or *unsure*, and a person who looks into the tray. The sheet's bytes are never on a disk, except
where the clerk asks for a file because the printer stands elsewhere; then that is what the journal says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from agent import policies, sealed
from agent.counter import suket
from agent.counter.suket import Plan, State
from agent.store.sqlite import Reads
from agent.trouble import Trouble
from domain import policy
from domain.keys import OpenKey
from domain.words import RefusedByRule
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.paper_printer import End, PaperJob, PaperPrinter
from sync import disk

MIME = "application/pdf"
WATCH_MS = 60_000
FILE = "file"  # in the printer's place
NOT_KNOWN, NOT_WRITTEN = "not_known", "not_written"


Perform = Callable[[str, Mapping[str, Any]], dict[str, Any]]
Draw = Callable[[Plan, Mapping[str, str]], bytes]


def draw_pdf(plan: Plan, fields: Mapping[str, str]) -> bytes:
    """The sheet; what draws it is loaded here and nowhere else."""
    from agent.papers.suket import pdf

    return pdf(plan, fields)


def _leave_nothing(out: Path, error: OSError) -> None:
    """Half a sheet holds a person as a whole one does; what lay there before is not ours."""
    if not isinstance(error, FileExistsError):
        with suppress(OSError):
            out.unlink()


@dataclass(frozen=True, slots=True)
class Press:
    """A command's own desk: what it reads, asks and prints with.

    ``perform``: a station's action by name; ``watch_ms``: how long a sheet is watched and then left *sent*.
    """

    reads: Reads
    key: OpenKey
    station: str
    perform: Perform
    printer: PaperPrinter | None = None
    watch_ms: int = WATCH_MS
    draw_sheet: Draw = draw_pdf

    def issue(
        self, plan: Plan, by: str | None, out: Path | None = None, second: str | None = None
    ) -> dict[str, Any]:
        """Issue the planned certificate and print it, or write it to ``out``. Gives its JSON.

        Raises RefusedByRule as the plan and the drawing do, Trouble where there is nowhere to print.
        """
        self._check_way(out)
        document = self._draw(plan)
        told: dict[str, Any] = {
            "order": plan.order,
            "reason": plan.reason,
            "number": plan.number,
            "issued_on": plan.issued_on,
            "valid_until": plan.valid_until,
            "renews": plan.renews,
            "sha256": sha256(document).hexdigest(),
            "by": by,
            "second": second,
        }
        self.perform("suket-issue", {name: value for name, value in told.items() if value is not None})
        return self._send(plan.number, document, out)

    def again(self, number: str, out: Path | None = None) -> dict[str, Any]:
        """Print a certificate of which nothing was sent yet. Gives its JSON.

        Raises RefusedByRule UNKNOWN_SUKET, SUKET_STATE, Trouble.
        """
        self._check_way(out)
        there = suket.get(self.reads, number)
        if there.state is not State.ISSUED:
            raise RefusedByRule("SUKET_STATE", f"This one is {there.state}.")
        document = self._draw(there.plan)
        if sha256(document).hexdigest() != there.sha256:
            raise Trouble("This program draws the sheet otherwise by now; void it and issue another.")
        return self._send(number, document, out)

    def look(self, number: str) -> dict[str, Any]:
        """Ask the printer what became of a sheet that is sent or unsure. Gives the certificate's JSON."""
        there = suket.get(self.reads, number)
        if there.state not in (State.SENT, State.UNSURE) or there.printer == FILE:
            raise RefusedByRule("SUKET_STATE", f"This one is {there.state}.")
        printer = self._paper()
        try:
            job = printer.find(number)
        except DeviceError as error:
            raise Trouble(f"The printer of paper cannot be asked: {error}.") from error
        if job is not None:
            return self._watch(printer, job)
        return self._told(number, "unsure", NOT_KNOWN) if there.state is State.SENT else self._now(number)

    def _check_way(self, out: Path | None) -> None:
        """Raise Trouble unless the sheet has somewhere to go, before anything is written down."""
        if out is None:
            self._paper()
        elif out.exists():
            raise Trouble(f"{out} is there already.")

    def _paper(self) -> PaperPrinter:
        if self.printer is None:
            raise Trouble(
                "No printer of paper is configured (paper in loket.toml); --out FILE writes a file."
            )
        return self.printer

    def _draw(self, plan: Plan) -> bytes:
        """The sheet, if its holder may have a card. Raises RefusedByRule."""
        fields = sealed.fields(self.reads, self.key, self.station, plan.order)
        rules = policies.on_day(self.reads, plan.issued_on)
        try:
            born, married = date.fromisoformat(fields["birthdate"]), policy.ever_married(fields["marital"])
        except KeyError:
            raise RefusedByRule("MISSING_FIELD", plan.order) from None
        except ValueError:
            raise RefusedByRule("BAD_DATE", plan.order) from None
        if word := policy.refusal(rules, "ktp", born, married, date.fromisoformat(plan.issued_on)):
            raise RefusedByRule(word, plan.order)
        return self.draw_sheet(plan, fields)

    def _send(self, number: str, document: bytes, out: Path | None) -> dict[str, Any]:
        if out is not None:
            return self._write(number, document, out)
        printer = self._paper()
        self._told(number, "sent", str(printer.address))
        try:
            job = printer.print_document(document, MIME, number)  # THE WORLD CHANGES HERE
        except OutcomeUnknown as lost:
            return self._told(number, "unsure", lost.cause)
        except (Unreachable, NeedsHands, Refused) as error:
            return self._told(number, "unsent", error.cause)
        return self._watch(printer, job)

    def _watch(self, printer: PaperPrinter, job: PaperJob) -> dict[str, Any]:
        """See it to its end, or leave it sent: someone looks again."""
        state = printer.watch(job, self.watch_ms)
        if state.end is None:
            return self._now(job.name) | {"cause": state.causes[0] if state.causes else "busy"}
        if state.end is not End.UNKNOWN:
            return self._told(job.name, "reported", str(state.end))
        if suket.get(self.reads, job.name).state is State.SENT:
            return self._told(job.name, "unsure", NOT_KNOWN)
        return self._now(job.name)

    def _write(self, number: str, document: bytes, out: Path) -> dict[str, Any]:
        """Put the sheet into a file only its owner may read; it is deleted once it is printed."""
        told = self._told(number, "sent", FILE)
        try:
            disk.create(out, document)
        except OSError as error:
            _leave_nothing(out, error)
            self._told(number, "unsent", NOT_WRITTEN)
            raise Trouble(f"{out} cannot be written: {error.strerror}; nothing is out yet.") from error
        return told

    def _told(self, number: str, what: str, word: str) -> dict[str, Any]:
        return self.perform("suket-told", {"number": number, "what": what, "word": word})

    def _now(self, number: str) -> dict[str, Any]:
        there = suket.get(self.reads, number)
        return there.to_json(there.issued_on)
