"""The holder's finger at the counter: laid on the reader and compared, 1:1, with what the order carries.

The order's sealed part holds the reader's templates of the two index fingers, which the centre made with the
chip's own; the chip's application is not public. The reader is opened for this one question, in the process
of whoever asks, and keeps nothing. A reader that fails is no answer about anybody: one sentence, and nothing
is written. What the ministry's own reader showed may be told instead; that there is none, only beside a
supervisor.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from agent.config import Config
from agent.trouble import Trouble
from domain.handover import Finger
from domain.words import RefusedByRule
from drivers.finger_reader import Answer

TIMEOUT_S = 20.0  # for one finger: wiped, laid down, laid down again
NO_READER = "no_reader"
TOLD: dict[str, Finger] = {
    "matched": Finger.MATCH,
    "mismatch": Finger.MISMATCH,
    "unable": Finger.UNABLE,
    NO_READER: Finger.NO_READER,
}
WORDS: dict[Answer, str] = {"match": "matched", "mismatch": "mismatch", "unable": "unable"}
FINGERS = {
    "finger_right": "Letakkan telunjuk kanan pemegang kartu pada pembaca.\n"
    "  (The holder's right index finger on the reader, please.)",
    "finger_left": "Letakkan telunjuk kiri pemegang kartu pada pembaca.\n"
    "  (The holder's left index finger on the reader, please.)",
}
"""The personal part's fields, in the order they are asked for, and how."""

Say = Callable[[str], None]


class Matcher(Protocol):
    """What of drivers.finger_reader.FingerReader is needed here."""

    def match(self, template: bytes, timeout_s: float) -> Answer:
        """The finger on the glass against ``template``."""
        ...


def told(config: Config, word: str | None, *, supervised: bool) -> Finger:
    """What is known of the finger: the clerk's ``word`` (of TOLD), or that nobody asked, or cannot.

    Raises Trouble where a reader stands and the clerk alone says that there is none.
    """
    if word is None:
        return Finger.NOT_ASKED if config.reader else Finger.NO_READER
    if word == NO_READER and config.reader and not supervised:
        raise Trouble("A fingerprint reader belongs here; doing without it is a supervisor's word: "
                      "--exception and --supervisor.")  # fmt: skip
    return TOLD[word]


def templates(personal: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """The fingers that an order carries, each after the words that ask for it. RefusedByRule BAD_PAYLOAD."""
    try:
        return [
            (sentence, b64decode(personal[name], validate=True))
            for name, sentence in FINGERS.items()
            if personal.get(name)
        ]
    except NotBase64:
        raise RefusedByRule("BAD_PAYLOAD") from None


def compared(reader: Matcher, carried: Sequence[tuple[str, bytes]], say: Say) -> Answer:
    """Either finger may match; else "mismatch" if any was compared, else "unable". Raises DeviceError."""
    answers: list[Answer] = []
    for sentence, template in carried:
        say(sentence)
        answers.append(reader.match(template, TIMEOUT_S))
        if answers[-1] == "match":
            break
    return next((word for word in ("match", "mismatch") if word in answers), "unable")


def asked(address: str, carried: Sequence[tuple[str, bytes]], say: Say) -> str:
    """The word of TOLD that the reader at ``address`` gives for whoever stands there.

    Raises Trouble: the reader fails, and nothing is known.
    """
    from contextlib import closing

    from agent.recording.words import fault
    from drivers.clock import MonotonicClock
    from drivers.errors import DeviceError
    from drivers.registry import open_reader

    try:
        with closing(open_reader(address, clock=MonotonicClock())) as reader:
            return WORDS[compared(reader, carried, say)]
    except ValueError as error:
        raise Trouble(str(error)) from error
    except DeviceError as error:
        said = fault("reader", error.cause)
        raise Trouble(
            f"{said.id} Tidak ada yang dicatat; coba lagi, atau penyelia memutuskan tanpa pembaca.\n"
            f"  ({said.en} So nothing is written; try again, or a supervisor does without it: "
            "--finger no_reader --exception WORD --supervisor MARK.)"
        ) from error
