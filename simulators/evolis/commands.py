"""The command tables: what each mnemonic that is no part of a job answers (PROTOCOL.md, outside a job).

`NOW`: a function of the printer and the parameters to the reply's text; replies whose layout nobody knows are
something short of our own. `WHEN_DONE`: a motion, answered when it has ended.
"""

from __future__ import annotations

from collections.abc import Callable

from simulators.evolis import sensors, status
from simulators.evolis.model import Printer
from simulators.evolis.orders import Do
from simulators.evolis.status import Err

PRINTING_SESSION = 2
RESTART_AFTER_MS = 50
Answer = Callable[[Printer, list[str]], str]


def _model(printer: Printer, given: list[str]) -> str:
    return printer.make.title if given in ([], ["d"]) else "ERROR PARAM"


def _ribbon(printer: Printer, given: list[str]) -> str:
    return printer.ribbon.kind or "ERR RIBBON"


def _counter(printer: Printer, given: list[str]) -> str:
    if printer.missing:
        return "ERR"
    cards, panels = printer.told or (printer.cards, printer.panels)
    if printer.lag_over and given[:1] in ([], ["c"], ["p"]):
        printer.told, printer.lag_over = None, False
    answers = {"c": cards, "p": panels, "m": cards, "a": 1000, "n": cards // 1000, "l": printer.ribbon.left}
    answers |= {"card": cards, "clean": cards // 1000}
    word = given[0] if given else "c"
    return str(answers[word]) if word in answers else "ERROR PARAM"


def _error_mode(printer: Printer, given: list[str]) -> str:
    return f"{printer.error_mode};{printer.saved_mode}"


def _status(printer: Printer, given: list[str]) -> str:
    return status.text(
        printer.make.config, sensors.info(printer), sensors.warning(printer), int(printer.error)
    )


def _set_error_mode(printer: Printer, given: list[str]) -> str:
    if not given or not given[0].isdecimal():
        return "ERROR PARAM"
    printer.error_mode = int(given[0])
    if "s" in given[1:]:
        printer.saved_mode = printer.error_mode
        printer.keep()
    return "OK"


def _trays(name: str) -> tuple[Answer, Answer]:
    """How a tray is asked for and set; a setting outlives the power."""

    def ask(printer: Printer, given: list[str]) -> str:
        return printer.trays[name]

    def choose(printer: Printer, given: list[str]) -> str:
        if len(given) != 1 or len(given[0]) != 1 or not given[0].isalpha():
            return "ERROR PARAM"
        printer.trays[name] = given[0]
        printer.keep()
        return "OK"

    return ask, choose


def _set_status(printer: Printer, given: list[str]) -> str:
    if given not in (["0"], ["1"]):
        return "ERROR PARAM"
    printer.status_on = given == ["1"]
    return "OK"


def _reserve(printer: Printer, given: list[str]) -> str:
    """``Psid;id;seconds``: always OK; whether it was granted shows in the status."""
    if not given or not all(word.isdecimal() for word in given) or int(given[0]) > 0xFFFF:
        return "ERROR PARAM"
    wanted, seconds = int(given[0]), int(given[1]) if len(given) > 1 else 45
    if wanted == 0:
        printer.session = 0
        printer.deadline("session", None)
    elif printer.session in (0, wanted) or wanted == PRINTING_SESSION:
        printer.session = printer.session or wanted
        printer.deadline("session", int(seconds * 1000 * printer.patience))
    return "OK"


def _clear(printer: Printer, given: list[str]) -> str:
    printer.error = Err(0)
    printer.reset = printer.claim_stuck = False
    return "OK"


def _restart(printer: Printer, given: list[str]) -> str:
    printer.deadline("restart", RESTART_AFTER_MS)
    return "OK"


def _text(reply: str) -> Answer:
    return lambda printer, given: reply


NOW: dict[str, Answer] = {
    "Rtp": _model,
    "Rsn": lambda printer, given: printer.serial,
    "Rfv": _text("SIM1000"),
    "Rkn": _text("SIM0000001"),
    "Roem": _text("0"),
    "Rzp": _text("0"),
    "Rok": _text("OK"),
    "Rr": _ribbon,
    "Rco": _counter,
    "Rem": _error_mode,
    "Rpst": _status,
    **{f"R{name}": _trays(name)[0] for name in ("cim", "cem", "crm")},
    **{f"P{name}": _trays(name)[1] for name in ("cim", "cem", "crm")},
    "Pem": _set_error_mode,
    "Pps": _set_status,
    "Psid": _reserve,
    "Scs": _clear,
    "Srs": _restart,
    "Wcb": _text("OK"),
}

WHEN_DONE: dict[str, Do] = {
    "Sic": Do.TO_CONTACTLESS,
    "Sis": Do.TO_CONTACT,
    "Si": Do.TO_PRINT,
    "Ser": Do.REJECT,
    "Sce": Do.EJECT_ALONE,
    "Sie": Do.INSERT_AND_EJECT,
}
