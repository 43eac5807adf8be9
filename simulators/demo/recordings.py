"""Who is recorded on the day, what goes wrong meanwhile, and what is done at the desk at which words. Pure.

Each sitting has a case: somebody without a finger, a cable that is pulled, a line that is down, dirty glass.
What is done hangs on the English sentences of `loket record`, as a clerk's deeds hang on what is shown.
At the end it is told what does not hold.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from simulators.people import people as crowd
from simulators.people.whose_finger import biometric_seed

Hand = tuple[str, Mapping[str, Any]]
"""A device of the desk (scanner, reader), and what is done to it."""
Deeds = Mapping[str, tuple[Hand, ...]]
"""By how a sentence begins: what is done whenever it is heard."""

SCANNER, READER = "scanner", "reader"
STRANGER = 4711  # the body of the clerk, who is nobody's holder and whom nobody records
RIGHT_INDEX, LEFT_INDEX = 1, 6
LOST = "Left LittleFinger"
PEOPLE_SEED = 7000  # apart from those whose cards are printed
BIODATA = ("name", "birthplace", "birthdate", "sex", "address", "village", "district", "marital")
ODD = ("DUPLICATE_PERSON", "STATUS_MOVE")  # the province's flags that nobody here gave cause for
PASSED, ASKED_BACK = "PRINT_READY_RECORD", "ADJUDICATE_RECORD"


class Case(StrEnum):
    """What is special about a sitting."""

    LACKS_FINGER = "lacks_finger"
    UNPLUGGED = "unplugged"
    LINE_DOWN = "line_down"
    DIRTY = "dirty"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Sitter:
    """Somebody who is recorded at the counter ``station``; of the invented people."""

    station: str
    case: Case
    nik: str = field(repr=False)
    biodata: Mapping[str, str] = field(repr=False)

    @property
    def lines(self) -> str:
        """What is typed first: the NIK and the biodata, so that neither is an argument or a file."""
        return f"{self.nik}\n{json.dumps(dict(self.biodata), ensure_ascii=False)}\n"

    @property
    def options(self) -> tuple[str, ...]:
        """What the command is told beside that."""
        return ("--missing", f"{LOST}:permanent") if self.case is Case.LACKS_FINGER else ()


def sitters(stations: Sequence[str], count: int, seed: int) -> list[Sitter]:
    """``count`` people in turn to these counters, each case before any comes again, most of them plain."""
    cases = [*Case][:count] + [Case.PLAIN] * (count - len(Case))
    found = []
    for number, case in enumerate(cases if stations else ()):
        name = stations[number % len(stations)]
        person = crowd.people(seed + PEOPLE_SEED + number, name.partition("-")[0], 1, kind="ktp")[0]
        found.append(Sitter(name, case, person.nik, {each: _of(person, each) for each in BIODATA}))
    return found


def _of(person: crowd.Person, name: str) -> str:
    told: str = getattr(person, name)
    return told


def before(sitter: Sitter) -> tuple[Hand, ...]:
    """What is so when the person sits down."""
    here: tuple[Hand, ...] = ((SCANNER, {"subject": sitter.nik}),)
    if sitter.case is Case.LACKS_FINGER:
        here += ((SCANNER, {"missing": LOST}),)
    if sitter.case is Case.DIRTY:
        here += ((SCANNER, {"fault": "dirty@now,of=Finger"}),)
    return here


def deeds(sitter: Sitter) -> Deeds:
    """What is done at which sentence of the sitting."""
    done = fingers(sitter.nik, "Put the {} on the small reader")
    if sitter.case is Case.UNPLUGGED:
        done["Press the four fingers of the left hand"] = ((SCANNER, {"unplug": "Finger"}),)
        for sentence in ("The scanner ", "The sensor of the scanner", "No finger"):  # whatever it says of it
            done[sentence] = ((SCANNER, {"plug": True}),)
    if sitter.case is Case.DIRTY:
        done["The quality is not enough"] = done["The glass or lens"] = ((SCANNER, {"wipe": True}),)
    return done


def fingers(nik: str | None, sentence: str) -> dict[str, tuple[Hand, ...]]:
    """The index finger that is asked for is laid on the reader; of nobody's NIK: the stranger's."""
    seed = STRANGER if nik is None else biometric_seed(nik)
    asked = {"right index finger": RIGHT_INDEX, "left index finger": LEFT_INDEX}
    return {
        sentence.format(name): ((READER, {"finger": f"{seed}:{finger}"}),) for name, finger in asked.items()
    }


def heard(line: str) -> str:
    """A sentence as it stands on the clerk's screen, without the brackets of its English half."""
    return line.strip().removeprefix("(").removesuffix(")")


def wanted(done: Deeds, sentence: str) -> tuple[Hand, ...]:
    """What is done at this sentence."""
    return tuple(hand for begins, hands in done.items() if sentence.startswith(begins) for hand in hands)


def asks(line: str) -> bool:
    """Whether the line is a question's answers, of which Enter takes the first."""
    return line.startswith("[1]")


def answers(recordings: Iterable[str]) -> dict[str, str]:
    """What the centre says of each: one it has to look at twice, the others pass."""
    return {id: PASSED if number else ASKED_BACK for number, id in enumerate(sorted(recordings))}


def answer_list(told: Mapping[str, str]) -> str:
    """The centre's list as the province imports it."""
    return "".join(f"{id},{status}\n" for id, status in {"recording": "status", **told}.items())


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of the day's recordings at its end.

    ``wanted``: how many people sat down; ``sealed``: packets by the recording's name, as the stations'
    journals tell; ``kept``: the province's rows; ``bare``: stations where something of a person can be read;
    ``unsent``: packets that wait at stations; ``answered``: what each station shows of the centre's word.
    """

    wanted: int = 0
    sealed: Mapping[str, str] = field(default_factory=dict)
    kept: Sequence[Mapping[str, Any]] = ()
    bare: Sequence[str] = ()
    unsent: int = 0
    answered: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many of the sealed packets the province keeps, each once."""
        held = [(row["recording"], row["sha256"]) for row in self.kept]
        return sum(held.count(each) == 1 for each in self.sealed.items())


def faults(found: Found) -> list[str]:
    """Each thing about the recordings that does not hold, as a sentence."""
    said = []
    if len(found.sealed) != found.wanted:
        said.append(f"{len(found.sealed)} of {found.wanted} people are recorded")
    if found.count != len(found.sealed):
        said.append(f"the province keeps {found.count} of {len(found.sealed)} recordings")
    if len(found.kept) > found.count:
        said.append(f"the province keeps {len(found.kept) - found.count} recordings more than were made")
    said += [f"{row['recording']}: {flag}" for row in found.kept for flag in ODD if flag in row["flags"]]
    if found.unsent:
        said.append(f"{found.unsent} recordings wait at their stations")
    said += [f"{station} can open what it sealed, or left a trace of it" for station in found.bare]
    late = [id for id, status in answers(found.sealed).items() if found.answered.get(id) != status]
    if late:
        said.append(f"the centre's answers to {len(late)} recordings did not reach their stations")
    return said


def sealed(journal: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The hash of each packet that a journal tells of, by the recording's name."""
    told = (line for line in journal if line["event"] == "recording_sealed")
    return {line["job"]: line["detail"]["sha256"] for line in told}


def told(found: Found, people: Sequence[Sitter]) -> str:
    """A line for people; empty where nobody was to be recorded."""
    cases = ", ".join(each.case.replace("_", " ") for each in people if each.case is not Case.PLAIN)
    where = len({each.station for each in people})
    return f"{found.count} people recorded at {where} counters ({cases}), all sealed" if people else ""
