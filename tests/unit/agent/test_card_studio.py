"""The studio's child process: real ones for the whole way, small stand-ins below the pipe for every death."""

import io
import struct
import subprocess
import sys
import threading
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest

from agent.printing import studio
from agent.printing.studio import Studio, StudioTrouble
from domain.words import SENTENCES, RefusedByRule
from drivers.card_printer import Artefact
from tests.unit.agent.test_card import ISSUED, person


@pytest.fixture(scope="module")
def real() -> Iterator[Studio]:
    one = Studio()
    yield one
    one.close()


def make(
    one: Studio, *, kind: str = "ktp", model: str = "primacy2", duplex: bool = False, **other: str
) -> Artefact:
    return one.make(kind, person(**other), ISSUED, "evolis", model, "ymcko", duplex)


def test_an_order_becomes_an_artefact(real: Studio) -> None:
    artefact = make(real)
    assert artefact.panels == 5
    assert len(artefact.sha256) == 64
    assert len(artefact.job) > 2_000_000
    assert not real.resting


def test_one_order_is_one_job_byte_for_byte_even_from_another_child(real: Studio) -> None:
    first = make(real)
    real.close()
    assert real.resting
    assert make(real) == first
    assert make(real, name="BIMASRA SPECIMEN").sha256 != first.sha256


def test_both_sides_are_printed_only_where_asked(real: Studio) -> None:
    assert make(real, duplex=True).panels > make(real).panels


def test_an_order_that_can_never_be_a_card_is_refused_by_its_word(real: Studio) -> None:
    with pytest.raises(RefusedByRule) as caught:
        make(real, photo="")
    assert caught.value.word == "BAD_PHOTO"
    with pytest.raises(RefusedByRule) as caught:
        make(real, birthdate="soon")
    assert caught.value.word == "BAD_DATE"
    assert make(real).panels == 5  # and the child goes on


def test_a_printer_nobody_knows_is_trouble_and_not_the_orders_fault(real: Studio) -> None:
    with pytest.raises(StudioTrouble):
        make(real, model="quill")


@pytest.mark.attack
def test_a_photo_of_more_dots_than_any_machine_holds_is_refused_and_the_child_goes_on(real: Studio) -> None:
    size = struct.pack(">4sIIBBBBB", b"IHDR", 20_000, 20_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + size + struct.pack(">I", zlib.crc32(size))
    with pytest.raises(RefusedByRule) as caught:
        make(real, photo=b64encode(bomb).decode())
    assert caught.value.word == "BAD_PHOTO"
    child = real._child
    assert make(real).panels == 5
    assert real._child is child


def test_what_would_end_the_drawing_becomes_a_word_instead(real: Studio) -> None:
    with pytest.raises(RefusedByRule) as caught:
        real.make("ktp", person(), "the day after tomorrow", "evolis", "primacy2", "ymcko", False)
    assert caught.value.word == "CANNOT_DRAW"
    assert caught.value.word in SENTENCES


@pytest.mark.parametrize(("model", "ribbon"), [("quill", "ymcko"), ("primacy2", "ink")])
def test_trouble_with_the_printer_s_own_words_says_so_in_a_cause(
    real: Studio, model: str, ribbon: str
) -> None:
    with pytest.raises(StudioTrouble) as caught:
        real.make("ktp", person(), ISSUED, "evolis", model, ribbon, False)
    assert caught.value.cause == "ribbon_unsupported"


def test_a_payload_that_is_not_all_text_is_refused(real: Studio) -> None:
    fields: dict[str, str] = person()
    fields["blood"] = 7  # type: ignore[assignment]
    with pytest.raises(RefusedByRule) as caught:
        real.make("ktp", fields, ISSUED, "evolis", "primacy2", "ymcko", False)
    assert caught.value.word == "BAD_PAYLOAD"


def test_a_real_childs_death_costs_no_card(real: Studio) -> None:
    first = make(real)
    child = real._child
    assert child is not None
    child.kill()
    child.wait()
    assert make(real) == first


def test_imaging_stays_out_of_the_agents_memory() -> None:
    """What the agent imports to use the studio brings no Pillow with it."""
    heavy = "'PIL' in sys.modules or 'agent.printing.card' in sys.modules"
    asked = f"import sys, agent.printing.studio; sys.exit({heavy})"
    assert subprocess.run([sys.executable, "-c", asked], timeout=60, check=False).returncode == 0


def test_nothing_of_a_person_is_in_the_childs_arguments() -> None:
    seen: list[list[str]] = []
    studio_child = studio._child

    def watched() -> studio.Child:
        child = studio_child()
        seen.append([str(part) for part in child.wait.__self__.args])  # type: ignore[attr-defined]
        return child

    one = Studio(watched)
    make(one)
    one.close()
    assert seen == [[sys.executable, "-P", "-m", "agent.printing.studio"]]


class Puppet:
    """A child in this process: what it will say is known, and whether it was ended."""

    def __init__(self, says: bytes) -> None:
        self.heard = io.BytesIO()
        self.stdin: BinaryIO = self.heard
        self.stdout: BinaryIO = io.BytesIO(says)
        self.killed = False

    def kill(self) -> None:
        self.killed = True

    def wait(self, timeout: float | None = None) -> int:
        return 0


def framed(body: bytes, job: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + body + job


GOOD = framed(b'{"bytes": 3, "panels": 5, "sha256": "ab"}', b"job")


def studio_of(*says: bytes, idle_s: float = 60) -> tuple[Studio, list[Puppet]]:
    puppets: list[Puppet] = []
    rest = iter(says)

    def start() -> studio.Child:
        puppets.append(Puppet(next(rest)))
        return puppets[-1]

    return Studio(start, idle_s), puppets


@pytest.mark.parametrize(
    "death",
    [
        b"",
        GOOD[:2],
        GOOD[:20],
        GOOD[:-1],
        framed(b"not json"),
        struct.pack(">I", 2**31),
        framed(b'{"bytes": 9}'),
    ],
)
def test_a_child_that_dies_over_a_card_is_replaced_once(death: bytes) -> None:
    one, puppets = studio_of(death, GOOD)
    assert make(one) == Artefact(b"job", 5, "ab")
    assert [puppet.killed for puppet in puppets] == [True, False]
    one.close()


def test_a_second_death_is_one_clear_error() -> None:
    one, puppets = studio_of(b"", b"", GOOD)
    with pytest.raises(StudioTrouble):
        make(one)
    assert make(one).panels == 5
    assert len(puppets) == 3
    one.close()


def test_a_child_that_cannot_be_started_is_trouble() -> None:
    def start() -> studio.Child:
        raise OSError("no memory")

    with pytest.raises(StudioTrouble):
        make(Studio(start))


def test_a_child_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "ANSWER_S_MAX", 0.05)

    class Mute(Puppet):
        def __init__(self) -> None:
            super().__init__(b"")
            self.ended = threading.Event()
            puppet = self

            class Silence(io.BytesIO):
                def read(self, size: int | None = -1) -> bytes:
                    assert puppet.ended.wait(5), "nobody ended the silent child"
                    return b""

            self.stdout = Silence()

        def kill(self) -> None:
            self.killed = True
            self.ended.set()

    children = [Mute(), Mute()]
    rest = iter(children)
    with pytest.raises(StudioTrouble):
        make(Studio(lambda: next(rest)))
    assert all(child.killed for child in children)


def test_an_idle_child_is_ended_and_a_busy_one_is_not() -> None:
    ended = threading.Event()

    class Watched(Puppet):
        def kill(self) -> None:
            super().kill()
            ended.set()

    one = Studio(lambda: Watched(GOOD + GOOD), idle_s=0.05)
    make(one)
    assert ended.wait(5)
    one.close()
    assert one.resting


def test_each_card_puts_the_end_off_anew() -> None:
    one, puppets = studio_of(GOOD * 3, idle_s=60)
    make(one)
    first = one._rest
    make(one)
    assert first is not None
    assert first.finished.is_set()
    one._close_if_idle()  # a timer that was too late to be stopped
    assert not puppets[0].killed
    one.close()
    assert puppets[0].killed


def test_closing_twice_is_harmless_and_the_next_card_starts_another_child() -> None:
    one, puppets = studio_of(GOOD, GOOD)
    make(one)
    one.close()
    one.close()
    make(one)
    assert len(puppets) == 2
    one.close()


def test_two_threads_take_turns(real: Studio) -> None:
    made: list[Artefact] = []
    threads = [threading.Thread(target=lambda: made.append(make(real))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 3
    assert made[0] == made[1] == made[2]


def test_the_child_ends_when_its_input_does() -> None:
    answers = io.BytesIO()
    studio.serve(io.BytesIO(b""), answers)
    assert answers.getvalue() == b""
    half: Callable[[], None] = lambda: studio.serve(io.BytesIO(b"\0\0\0\x09{"), answers)  # noqa: E731
    half()
    assert answers.getvalue() == b""
