"""The specimen tag: its bytes, and what every answer of a chip means, against a card of a few lines."""

import zlib
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.chip import Tag, specimen
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown
from simulators.cards.blank import Card
from simulators.evolis.bench import MemoryPrinter
from tests.chips import MemoryChip

UID = "04A1B2C3D4E5F6"
TAG = Tag(bytes(range(16)), bytes(range(100, 132)))
OTHER = Tag(bytes(16), bytes(32))
OK = b"\x90\x00"
tags = st.builds(Tag, st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))


@dataclass
class Chip:
    """Answers the n-th APDU by script where one stands there; ``b""`` stands for silence."""

    file: bytes = bytes(63)
    script: dict[int, bytes] = field(default_factory=dict)
    deaf: bool = False  # says yes to a write and keeps nothing
    heard: list[bytes] = field(default_factory=list)

    def transmit(self, apdu: bytes) -> bytes:
        self.heard.append(apdu)
        told = self.script.get(len(self.heard))
        if told == b"":
            raise TimeoutError
        if apdu.startswith(specimen.UPDATE) and told is None and not self.deaf:
            self.file = apdu[5:]
        if told is not None:
            return told
        if apdu == specimen.GET_UID:
            return bytes.fromhex(UID) + OK
        return self.file + OK if apdu == specimen.READ else OK


def wrote(chip: Chip) -> bool:
    return any(apdu.startswith(specimen.UPDATE) for apdu in chip.heard)


def test_the_record_is_as_the_protocol_s_table_says() -> None:
    record = specimen.pack(TAG)
    assert record[:7].hex() == "e13d8001018110"
    assert record[7:23] == TAG.attempt
    assert record[23:25].hex() == "8220"
    assert record[25:57] == TAG.artefact
    assert record[57:59].hex() == "8304"
    assert record[59:] == zlib.crc32(record[:57]).to_bytes(4, "big")
    assert len(record) == 63


def test_the_commands_are_as_the_protocol_s_table_says() -> None:
    chip = Chip()
    assert specimen.write(chip, UID, TAG)
    select, read = "00a4040c07f04c4f4b455401", "00b081003f"
    record = specimen.pack(TAG).hex()
    assert [apdu.hex() for apdu in chip.heard] == ["ffca000000", select, read, "00d681003f" + record, read]


@given(tags)
def test_what_is_written_is_read_again(tag: Tag) -> None:
    chip = Chip()
    assert specimen.write(chip, UID, tag)
    assert specimen.read(chip, UID) == tag


@given(tags, st.integers(0, 62), st.integers(1, 255))
def test_one_wrong_byte_is_never_a_tag(tag: Tag, at: int, flip: int) -> None:
    record = bytearray(specimen.pack(tag))
    record[at] ^= flip
    assert not isinstance(specimen.unpack(bytes(record)), Tag)


@given(tags, tags, st.integers(0, 63))
def test_a_tear_is_the_old_tag_the_fresh_one_or_torn(old: Tag, fresh: Tag, cut: int) -> None:
    torn = specimen.pack(fresh)[:cut] + specimen.pack(old)[cut:]
    assert specimen.unpack(torn) in (old, fresh, specimen.State.TORN)


@given(tags, st.integers(1, 62))
def test_a_tear_in_a_blank_file_is_seen(tag: Tag, cut: int) -> None:
    torn = specimen.pack(tag)[:cut] + bytes(63 - cut)
    assert specimen.unpack(torn) is not specimen.State.BLANK
    if cut > 4:
        assert specimen.unpack(torn) in (specimen.State.TORN, tag)


@pytest.mark.parametrize("blank", [bytes(63), b"\xff" * 63])
def test_a_blank_file_bears_no_tag(blank: bytes) -> None:
    assert specimen.read(Chip(blank), UID) is None


def test_another_version_s_record_is_no_tag_of_ours_and_no_tear() -> None:
    record = bytearray(specimen.pack(TAG))
    record[4] = 2
    assert specimen.read(Chip(bytes(record)), UID) is None


def test_a_torn_tag_is_told_and_may_be_written_over() -> None:
    chip = Chip(specimen.pack(TAG)[:40] + bytes(23))
    with pytest.raises(OutcomeUnknown) as caught:
        specimen.read(chip, UID)
    assert caught.value.cause == "chip_changed"
    assert specimen.write(chip, UID, TAG)


def test_a_tag_that_is_there_already_is_not_written_again() -> None:
    chip = Chip(specimen.pack(TAG))
    assert specimen.write(chip, UID, TAG)
    assert not wrote(chip)


def test_another_whole_tag_is_replaced() -> None:
    chip = Chip(specimen.pack(OTHER))
    assert specimen.write(chip, UID, TAG)
    assert specimen.read(chip, UID) == TAG


def test_another_card_than_the_one_meant_is_neither_read_nor_written() -> None:
    for ask in (
        lambda chip: specimen.read(chip, "04000000000000"),
        lambda chip: specimen.write(chip, "04000000000000", TAG),
    ):
        chip = Chip()
        with pytest.raises(NeedsHands) as caught:
            ask(chip)
        assert caught.value.cause == "chip_changed"
        assert chip.heard == [specimen.GET_UID]


REFUSALS = ["6a82", "6a81", "6d00", "6e00", "6982", "6985", "6700", "6b00", "6c3f"]


@pytest.mark.parametrize("word", REFUSALS)
@pytest.mark.parametrize("step", [2, 3])
def test_a_card_that_does_not_offer_the_file_is_fine(word: str, step: int) -> None:
    for ask, none in (
        (lambda c: specimen.read(c, UID), None),
        (lambda c: specimen.write(c, UID, TAG), False),
    ):
        chip = Chip(script={step: bytes.fromhex(word)})
        assert ask(chip) is none
        assert not wrote(chip)


@pytest.mark.parametrize(
    "answer", ["6f00", "6400", "6581", "6281", "90", "9001", "009000", "00" * 62 + "9000", "00" * 63 + "6a82"]
)
@pytest.mark.parametrize("step", [2, 3])
def test_an_answer_that_means_nothing_is_a_dead_chip(answer: str, step: int) -> None:
    chip = Chip(script={step: bytes.fromhex(answer)})
    with pytest.raises(NeedsHands) as caught:
        specimen.write(chip, UID, TAG)
    assert caught.value.cause == "chip_dead"
    assert not wrote(chip)


@pytest.mark.parametrize("word", REFUSALS)
def test_a_write_refused_with_nothing_changed_is_no_tag(word: str) -> None:
    assert specimen.write(Chip(script={4: bytes.fromhex(word)}), UID, TAG) is False


@pytest.mark.parametrize("answer", ["6581", "6400", "63c0", "6281", "6f00", "90", "9001"])
def test_a_write_with_any_other_answer_is_unknown(answer: str) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        specimen.write(Chip(script={4: bytes.fromhex(answer)}), UID, TAG)
    assert caught.value.cause == "chip_changed"


@pytest.mark.parametrize("step", [4, 5])
def test_silence_after_the_write_has_left_is_unknown(step: int) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        specimen.write(Chip(script={step: b""}), UID, TAG)
    assert caught.value.cause == "chip_dead"


@pytest.mark.parametrize("step", [1, 2, 3])
def test_silence_before_it_is_the_reader_s_to_judge(step: int) -> None:
    chip = Chip(script={step: b""})
    with pytest.raises(TimeoutError):
        specimen.write(chip, UID, TAG)
    assert not wrote(chip)


def test_what_does_not_read_back_as_written_is_unknown() -> None:
    for chip in (Chip(deaf=True), Chip(script={5: b"\x6a\x82"})):
        with pytest.raises(OutcomeUnknown) as caught:
            specimen.write(chip, UID, TAG)
        assert caught.value.cause == "chip_changed"


@given(st.lists(st.binary(max_size=70).filter(bool), min_size=5, max_size=5))
def test_whatever_a_chip_answers_there_is_a_word_for_it(answers: list[bytes]) -> None:
    """And a write is only ever called done by the answers that say so."""
    chip = Chip(script=dict(enumerate(answers, 1)))
    try:
        done = specimen.write(chip, UID, TAG)
    except DeviceError:
        return
    assert not done


def test_a_tag_has_its_two_lengths() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Tag(bytes(15), bytes(32))
    with pytest.raises(ValueError, match="32"):
        Tag(bytes(16), bytes(31))


def at_station(*faults: str) -> tuple[MemoryPrinter, MemoryChip, str]:
    printer = MemoryPrinter(faults=faults)
    printer.exchange(b"\x1bScs\r")
    assert printer.exchange(b"\x1bSic\r\0").startswith(b"OK")
    chip = MemoryChip(printer.printer)
    return printer, chip, chip.uid(1)


def test_the_simulated_card_is_tagged_and_its_printer_told_what_it_bears() -> None:
    printer, chip, uid = at_station()
    assert chip.read_tag(uid, 1) is None
    assert chip.write_tag(uid, TAG, 1)
    assert chip.read_tag(uid, 1) == TAG
    last = printer.truth[-1]
    assert (last["event"], last["blank"], last["file"]) == ("chip", uid, specimen.pack(TAG).hex())


def test_a_plain_card_bears_none_and_a_torn_one_is_unknown_and_then_told() -> None:
    _, plain, uid = at_station("chip_plain@card=1")
    assert plain.read_tag(uid, 1) is None
    assert plain.write_tag(uid, TAG, 1) is False
    _, torn, uid = at_station("chip_torn@card=1")
    with pytest.raises(OutcomeUnknown):
        torn.write_tag(uid, TAG, 1)
    with pytest.raises(OutcomeUnknown):
        torn.read_tag(uid, 1)
    assert torn.write_tag(uid, TAG, 1)


def test_the_tag_goes_with_the_card_to_the_desk() -> None:
    printer, chip, uid = at_station()
    chip.write_tag(uid, TAG, 1)
    printer.exchange(b"\x1bSer\r\0")
    desk = MemoryChip(printer.printer, desk=True)
    with pytest.raises(NeedsHands):
        desk.uid(1)
    assert printer.hand(desk=uid) == {"desk": uid}
    assert desk.read_tag(desk.uid(1), 1) == TAG
    assert printer.hand(look=True)["reject"] == []
    printer.hand(desk="none")
    with pytest.raises(NeedsHands):
        desk.uid(1)


def test_only_a_card_within_reach_is_laid_on_the_desk() -> None:
    printer, _, uid = at_station()
    assert "error" in printer.hand(desk=uid)
    assert "error" in printer.hand(desk="04FFFFFFFFFFFF")


def test_the_card_on_the_desk_is_still_there_after_a_restart() -> None:
    card = Card(UID, 1, file=specimen.pack(TAG), on_desk=True)
    again = Card.from_json(card.to_json())
    assert (again.file, again.on_desk) == (card.file, True)
