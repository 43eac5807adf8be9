"""One request after the other: what is asked, what an answer means, and what may be said again."""

from __future__ import annotations

import pytest

from drivers.address import parse
from drivers.errors import DeviceError, OutcomeUnknown, Refused, Unreachable
from drivers.ipp import codec, words
from drivers.ipp.client import IppClient
from drivers.ipp.codec import Attribute, Group, Message, attribute, decode, encode
from drivers.ipp.line import HttpLine
from drivers.ipp.words import JobState, Operation, Status, causes
from tests.unit.drivers.ipp.bench import ADDRESS, Bench

PDF = b"%PDF-1.4 a page"


class Scripted:
    """A line whose next answer is given; keeps what was said."""

    def __init__(self, status: int = 0, *groups: Group, http: int = 200, raw: bytes | None = None) -> None:
        self.status, self.groups, self.http, self.raw = status, groups, http, raw
        self.said: list[Message] = []

    def exchange(self, body: bytes, timeout_s: float) -> tuple[int, bytes]:
        self.said.append(decode(body))
        answer = Message(self.status, self.said[-1].request, self.groups)
        return self.http, encode(answer) if self.raw is None else self.raw


def job_group(*told: Attribute) -> Group:
    return Group(codec.JOB, (attribute(codec.INTEGER, "job-id", 4), *told))


def test_every_request_begins_with_what_the_standard_puts_first() -> None:
    line = Scripted(0, job_group(attribute(codec.ENUM, "job-state", 5)))
    client = IppClient(parse("ipp://[::1]/printers/card"), line)
    client.job(4)
    (request,) = line.said
    assert (request.version, request.code) == ((2, 0), Operation.GET_JOB)
    names = [each.name for each in request.groups[0].attributes]
    assert names[:5] == [
        "attributes-charset",
        "attributes-natural-language",
        "printer-uri",
        "job-id",
        "requesting-user-name",
    ]
    assert request.groups[0].get("printer-uri") == ("ipp://[::1]:631/printers/card",)


def test_a_job_is_made_empty_filled_watched_and_cancelled() -> None:
    bench = Bench()
    client = bench.client
    client.validate("one", "application/pdf")
    number = client.create("one", (attribute(codec.INTEGER, "copies", 1),))
    empty = client.job(number)
    assert empty is not None and (empty.state, empty.reasons) == (JobState.HELD, ("job-incoming",))
    bench.pass_ms(600_000)
    assert bench.events("sheet") == [], "an empty job prints nothing"
    client.send(number, "one", "application/pdf", PDF)
    told = client.job(number)
    assert told is not None and (told.name, told.state) == ("one", JobState.PROCESSING)
    assert told.began is not None and not told.ended
    assert [job.number for job in client.jobs(ended=False, mine=True)] == [number]
    assert client.find("one") == client.job(number)
    client.cancel(number)
    client.cancel(number)
    client.cancel(99)
    ended = client.job(number)
    assert ended is not None and ended.state is JobState.CANCELLED
    assert client.find("two") is None and client.job(99) is None


@pytest.mark.parametrize(("status", "error", "cause"), [
    (Status.NOT_ACCEPTING, Unreachable, "busy"), (Status.BUSY, Unreachable, "busy"),
    (Status.UNAVAILABLE, Unreachable, "no_answer"), (Status.FORBIDDEN, Refused, "unsupported"),
    (Status.NOT_FOUND, Refused, "unsupported"), (0x040A, Refused, "unsupported"),
    (0x0503, Unreachable, "no_answer"),
])  # fmt: skip
def test_a_status_says_whether_asking_again_makes_sense(
    status: int, error: type[DeviceError], cause: str
) -> None:
    client = IppClient(ADDRESS, Scripted(status))
    for ask in (client.printer, lambda: client.create("x"), lambda: client.jobs(ended=False, mine=True)):
        with pytest.raises(error) as caught:
            ask()
        assert caught.value.cause == cause
    with pytest.raises(OutcomeUnknown) as lost:
        client.send(1, "x", "application/pdf", PDF)
    assert lost.value.cause == cause


@pytest.mark.parametrize(("http", "error"), [
    (401, Refused), (403, Refused), (404, Refused), (405, Refused), (426, Refused), (400, Unreachable),
    (500, Unreachable), (503, Unreachable), (204, Unreachable),
])  # fmt: skip
def test_an_http_status_is_an_answer_of_its_own(http: int, error: type[DeviceError]) -> None:
    with pytest.raises(error):
        IppClient(ADDRESS, Scripted(http=http)).printer()
    with pytest.raises(OutcomeUnknown):
        IppClient(ADDRESS, Scripted(http=http)).send(1, "x", "application/pdf", PDF)


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"\x02\x00\x00\x00\x00\x00\x00\x63\x03", b"\x02" * (1 << 20) + b"\x03"]
)
def test_an_answer_that_is_none_or_another_s_is_garbled(raw: bytes) -> None:
    with pytest.raises(Unreachable) as caught:
        IppClient(ADDRESS, Scripted(raw=raw)).printer()
    assert caught.value.cause == "garbled_reply"


def test_a_job_without_a_number_and_another_job_are_no_answers() -> None:
    with pytest.raises(Unreachable):
        IppClient(ADDRESS, Scripted(0, Group(codec.JOB, ()))).create("x")
    with pytest.raises(Unreachable):
        IppClient(ADDRESS, Scripted(0, job_group())).job(5)
    with pytest.raises(Unreachable):
        IppClient(ADDRESS, Scripted(0)).printer()


@pytest.mark.parametrize("status", [Status.FORBIDDEN, 0x0400])
def test_only_what_is_not_there_is_no_error_of_a_question(status: int) -> None:
    client = IppClient(ADDRESS, Scripted(status))
    for ask in (client.job, client.cancel):
        with pytest.raises(Refused):
            ask(4)


def test_an_answer_to_another_request_and_an_endless_one_are_no_answers() -> None:
    for raw in (encode(Message(0, 99, ())), encode(Message(0, 1, (), b"x" * (1 << 20)))):
        with pytest.raises(Unreachable) as caught:
            IppClient(ADDRESS, Scripted(raw=raw)).jobs(ended=False, mine=True)
        assert caught.value.cause == "garbled_reply"


def test_of_two_jobs_of_one_name_the_one_that_still_waits_is_found() -> None:
    bench = Bench()
    ended, waits = bench.client.create("one"), bench.client.create("one")
    bench.client.cancel(ended)
    found = bench.client.find("one")
    assert found is not None and found.number == waits


def test_a_state_no_table_knows_ends_nothing() -> None:
    for state in (0, 2, 10, -1):
        line = Scripted(0, job_group(attribute(codec.ENUM, "job-state", state)))
        told = IppClient(ADDRESS, line).job(4)
        assert told is not None and told.state is JobState.UNTOLD and not told.ended


@pytest.mark.parametrize(("reasons", "found"), [
    (("none",), ()), (("media-empty-error",), ("paper_empty",)), (("media-empty-warning",), ("paper_empty",)),
    (("media-jam",), ("paper_jam",)), (("toner-low-warning",), ()), (("toner-empty-report",), ()),
    (("marker-supply-empty-error", "toner-empty"), ("toner_empty",)), (("cover-open",), ("cover_open",)),
    (("x-vendor-error",), ("hardware",)), (("x-vendor",), ()), (("paused",), ("queue_stopped",)),
    (("output-area-full-error", "door-open-error"), ("output_full", "cover_open")),
    (("offline-report",), ()), (("connecting-to-device",), ("no_answer",)),
])  # fmt: skip
def test_reasons_in_the_counter_s_words(reasons: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert causes(reasons) == found


def test_a_name_nobody_could_carry_is_a_mistake_of_ours() -> None:
    client = IppClient(ADDRESS, Scripted())
    for name in ("", "x" * 256):
        with pytest.raises(ValueError, match="job-name"):
            client.create(name)


def test_nobody_there_is_unreachable_before_a_word_is_said() -> None:
    client = IppClient(parse("ipp://127.0.0.1:1/ipp/print"), HttpLine(parse("ipp://127.0.0.1:1/ipp/print")))
    with pytest.raises(Unreachable) as caught:
        client.send(1, "x", "application/pdf", PDF)
    assert caught.value.cause == "refused_connection"


def test_the_operations_we_need_are_those_the_table_names() -> None:
    assert words.IDLE == 3 and {each.value for each in Operation} == {4, 5, 6, 8, 9, 10, 11}
