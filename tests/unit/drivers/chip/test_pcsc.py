"""The system's smart-card service as a chip reader, against a paper service below pyscard's own calls."""

import sys
import threading

import pytest

from drivers.chip.pcsc import PcscReader
from drivers.chip.winscard import LEAVE, UNPOWER
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Unreachable
from drivers.registry import open_chip
from simulators.cards.blank import Card
from tests.unit.drivers.chip.paper_service import (
    NAME,
    NO_SERVICE,
    REMOVED,
    SHARED,
    TAG,
    UID,
    UNPOWERED,
    Service,
)


@pytest.fixture
def service() -> Service:
    return Service()


def reader(service: Service, name: str = NAME) -> PcscReader:
    return PcscReader(name, service, service.monotonic)


def cause(service: Service, kind: type[DeviceError], timeout_s: float = 1.0) -> str:
    with pytest.raises(kind) as caught:
        reader(service).uid(timeout_s)
    assert not service.contexts
    assert not service.connected
    return caught.value.cause


def test_the_card_on_the_reader_tells_its_name_and_nothing_is_held_after(service: Service) -> None:
    one = reader(service)
    assert (one.uid(1), one.uid(1)) == (UID, UID)
    assert not service.contexts
    assert service.dispositions == [UNPOWER] * 2


def test_a_card_that_comes_while_we_wait_is_read(service: Service) -> None:
    service.card, service.comes_at_s = None, 3.1
    assert reader(service).uid(5) == UID
    assert service.now_s < 3.4


def test_an_empty_reader_is_no_chip_when_the_time_is_up(service: Service) -> None:
    service.card = None
    assert cause(service, NeedsHands, 2) == "no_chip"
    assert service.now_s == pytest.approx(2, abs=0.01)


def test_a_tag_is_written_read_and_another_card_refused(service: Service) -> None:
    one = reader(service)
    assert one.read_tag(UID, 1) is None
    assert one.write_tag(UID, TAG, 1)
    assert one.read_tag(UID, 1) == TAG
    with pytest.raises(NeedsHands) as caught:
        one.write_tag("04000000000000", TAG, 1)
    assert caught.value.cause == "chip_changed"


def test_a_torn_write_is_unknown(service: Service) -> None:
    service.card = Card(UID, 1, chip="torn")
    with pytest.raises(OutcomeUnknown) as caught:
        reader(service).write_tag(UID, TAG, 1)
    assert caught.value.cause == "chip_dead"
    assert not service.contexts
    assert service.dispositions == [LEAVE], "pcscd would not see it come back"


@pytest.mark.parametrize("empty", [b"", b"\x90"])
def test_an_answer_that_is_none_means_that_the_card_has_gone(service: Service, empty: bytes) -> None:
    """pcscd with its virtual reader calls the transmission a success then."""

    class Empty(Service):
        def SCardTransmit(self, card: int, protocol: int, apdu: list[int]) -> tuple[int, list[int]]:
            word, answer = super().SCardTransmit(card, protocol, apdu)
            return (0, list(empty)) if apdu[1] == 0xD6 else (word, answer)

    with pytest.raises(OutcomeUnknown) as caught:
        reader(Empty()).write_tag(UID, TAG, 1)
    assert caught.value.cause == "chip_dead"


@pytest.mark.parametrize("word", [NO_SERVICE, 0x8010001E])
@pytest.mark.parametrize("negative", [False, True])
def test_a_service_that_is_not_there_does_not_answer(service: Service, word: int, negative: bool) -> None:
    service.establishes, service.negative = word, negative
    assert cause(service, Unreachable) == "no_answer"


@pytest.mark.parametrize("word", [0x8010006A, 0x80100027])
def test_an_account_that_may_not_is_told(service: Service, word: int) -> None:
    service.establishes = word
    assert cause(service, Unreachable) == "refused_connection"
    service.establishes, service.connects = 0, [word]
    assert cause(service, Unreachable) == "refused_connection"


def test_a_reader_that_is_unplugged_is_told_with_those_that_are_there(service: Service) -> None:
    service.names = ["Other 00 00"]
    with pytest.raises(Unreachable, match="'Other 00 00'") as caught:
        reader(service).uid(1)
    assert caught.value.cause == "unplugged"
    service.names = []
    assert cause(service, Unreachable) == "unplugged"


def test_the_only_reader_needs_no_name_and_the_beginning_of_one_is_enough(service: Service) -> None:
    assert reader(service, "").uid(1) == UID
    assert reader(service, "Paper").uid(1) == UID


def test_of_several_readers_one_must_be_named(service: Service) -> None:
    service.names = [NAME, "Paper Reader 00 01"]
    with pytest.raises(ValueError, match=f"several.*'{NAME}', 'Paper Reader 00 01'"):
        reader(service, "")
    assert not service.contexts
    assert reader(service, NAME).uid(1) == UID
    with pytest.raises(Unreachable, match="several"):
        reader(service, "Paper").uid(1)


def test_without_a_service_at_the_start_the_only_reader_is_looked_for_later(service: Service) -> None:
    service.establishes = NO_SERVICE
    one = reader(service, "")
    service.establishes = 0
    assert one.uid(1) == UID


def test_a_second_reader_that_comes_later_is_never_taken_by_guess(service: Service) -> None:
    one = reader(service, "")
    service.names = [NAME, "Paper Reader 00 01"]
    with pytest.raises(Unreachable):
        one.uid(1)


def test_a_card_in_another_program_s_hands_is_awaited_and_then_busy(service: Service) -> None:
    service.connects = [SHARED] * 2
    assert reader(service).uid(1) == UID
    service.connects, service.attempts = [SHARED] * 99, 0
    assert cause(service, Unreachable) == "busy"
    assert service.attempts < 9, "asked again and again without a pause"


def test_a_card_that_does_not_come_up_is_dead_and_one_that_does_late_is_read(service: Service) -> None:
    service.connects = [UNPOWERED]
    assert reader(service).uid(1) == UID
    service.connects = [UNPOWERED] * 99
    assert cause(service, NeedsHands) == "chip_dead"


def test_a_mute_chip_is_dead(service: Service) -> None:
    service.card = Card(UID, 1, chip="mute")
    assert cause(service, NeedsHands) == "chip_dead"


def test_a_random_uid_is_no_name(service: Service) -> None:
    service.card = Card("08112233", 1)
    assert cause(service, NeedsHands) == "chip_dead"


def test_a_card_that_leaves_when_asked_is_dead_and_its_successor_is_read(service: Service) -> None:
    class Shy(Service):
        def SCardTransmit(self, card: int, protocol: int, apdu: list[int]) -> tuple[int, list[int]]:
            self.card = None
            return self._word(REMOVED), []

    shy = Shy()
    assert cause(shy, NeedsHands) == "chip_dead"

    class Exchanged(Service):
        def SCardTransmit(self, card: int, protocol: int, apdu: list[int]) -> tuple[int, list[int]]:
            if self.now_s == 0:
                self.card, self.comes_at_s = None, 0.5
            return super().SCardTransmit(card, protocol, apdu)

    exchanged = Exchanged()
    assert reader(exchanged).uid(1) == UID
    assert exchanged.dispositions == [LEAVE, UNPOWER]


def test_a_silent_chip_is_dead_and_its_reader_busy_until_the_call_is_back(service: Service) -> None:
    service.silent = threading.Event()
    one = reader(service)
    with pytest.raises(NeedsHands, match="does not answer") as caught:
        one.uid(0.05)
    assert caught.value.cause == "chip_dead"
    with pytest.raises(Unreachable) as busy:
        one.uid(0.05)
    assert busy.value.cause == "busy"
    service.silent.set()
    assert one.uid(5) == UID
    assert not service.contexts


def test_a_service_that_is_slow_to_take_its_context_back_keeps_nobody(service: Service) -> None:
    """Its answer is here; the next question waits for it, as long as that one may take."""
    slow = threading.Event()
    release = service.SCardReleaseContext

    def patient(context: int) -> int:
        slow.wait(20)
        return release(context)

    service.SCardReleaseContext = patient  # type: ignore[method-assign]
    one = reader(service)
    assert one.uid(0.05) == UID
    with pytest.raises(Unreachable) as busy:
        one.uid(0.05)
    assert busy.value.cause == "busy"
    slow.set()
    assert one.uid(5) == UID
    assert not service.contexts


def test_a_chip_silent_under_a_write_is_unknown(service: Service) -> None:
    class Dies(Service):
        def SCardTransmit(self, card: int, protocol: int, apdu: list[int]) -> tuple[int, list[int]]:
            if apdu[1] == 0xD6:
                gate.wait(10)
            return super().SCardTransmit(card, protocol, apdu)

    gate = threading.Event()
    with pytest.raises(OutcomeUnknown) as caught:
        reader(Dies()).write_tag(UID, TAG, 0.05)
    assert caught.value.cause == "chip_dead"
    gate.set()


def test_a_reader_pulled_in_the_middle_is_unplugged(service: Service) -> None:
    class Pulled(Service):
        def SCardConnect(self, context: int, reader: str, share: int, protocols: int) -> tuple[int, int, int]:
            self.names = []
            return 0x80100017, 0, 0

    assert cause(Pulled(), Unreachable) == "unplugged"


def test_a_reader_pulled_while_a_card_is_awaited_is_unplugged_on_windows_too() -> None:
    class Pulled(Service):
        def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]:
            told = super().SCardListReaders(context, groups)
            self.names = []
            return told

    for as_state in (True, False):
        assert cause(Pulled(missing_as_state=as_state), Unreachable) == "unplugged"


def test_a_name_that_another_name_begins_with_is_that_reader(service: Service) -> None:
    service.names = [f"{NAME} of the desk", NAME]
    assert reader(service).uid(1) == UID


def test_without_the_library_one_sentence_says_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(ValueError, match=r"pyscard.*\.$"):
        open_chip("pcsc://READER")
