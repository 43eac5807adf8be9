"""IPP messages: the RFC's own bytes, what no table knows, and noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ipp import codec
from drivers.ipp.codec import Attribute, Content, Garbled, Group, Message, Value, attribute, decode, encode
from simulators.ipp import wire

# RFC 8010, appendix A.1: Print-Job, with its job attributes and without the document.
PRINT_JOB = bytes.fromhex(
    "0101000200000001"
    "01" "470012" + b"attributes-charset".hex() + "0005" + b"utf-8".hex()
    + "48001b" + b"attributes-natural-language".hex() + "0005" + b"en-us".hex()
    + "45000b" + b"printer-uri".hex() + "0021" + b"ipp://printer.example.com/ipp/pri".hex()
    + "420008" + b"job-name".hex() + "0006" + b"foobar".hex()
    + "220016" + b"ipp-attribute-fidelity".hex() + "0001" "01"
    "02" "210006" + b"copies".hex() + "0004" "00000014"
    + "440005" + b"sides".hex() + "0013" + b"two-sided-long-edge".hex()
    + "03"
)  # fmt: skip


def message(*attributes: Attribute, data: bytes = b"") -> Message:
    return Message(0x000B, 7, (Group(codec.OPERATION, attributes),), data)


def test_the_rfc_s_own_example_is_read_and_written_to_the_byte() -> None:
    told = decode(PRINT_JOB + b"%PDF")
    assert (told.version, told.code, told.request, told.data) == ((1, 1), 2, 1, b"%PDF")
    operation, job = told.groups
    assert operation.get("job-name") == ("foobar",)
    assert operation.get("ipp-attribute-fidelity") == (True,)
    assert (job.tag, job.get("copies"), job.get("sides")) == (codec.JOB, (20,), ("two-sided-long-edge",))
    assert encode(told) == PRINT_JOB + b"%PDF"


@pytest.mark.parametrize(("tag", "content"), [
    (codec.INTEGER, -(2**31)), (codec.ENUM, 9), (codec.BOOLEAN, False), (codec.TEXT, "Å"), (codec.NAME, ""),
    (codec.KEYWORD, "none"), (codec.OCTETS, b"\x00\xff"), (codec.RANGE, (1, 9999)),
    (codec.RESOLUTION, (300, 300, 3)), (codec.DATE_TIME, b"\x07\xe4"), (0x13, None), (0x10, None),
    (0x7F, b"later"), (0x39, b"x"),
])  # fmt: skip
def test_every_kind_of_value_comes_back_as_it_was(tag: int, content: Content) -> None:
    told = message(attribute(tag, "one", content), attribute(tag, "two", content, content))
    assert decode(encode(told)) == told


@pytest.mark.parametrize(("tag", "raw"), [
    (codec.INTEGER, b"\x00\x01"), (codec.BOOLEAN, b"\x02"), (codec.RANGE, b"\x00" * 7), (codec.TEXT, b"\xff"),
    (codec.RESOLUTION, b""), (codec.NAME_LANGUAGE, b"\x00\x09en"), (codec.TEXT_LANGUAGE, b""),
])  # fmt: skip
def test_a_value_that_does_not_fit_its_tag_is_kept_as_bytes(tag: int, raw: bytes) -> None:
    told = decode(encode(message(Attribute("odd", (Value(tag, raw),)))))
    assert told.groups[0].get("odd") == (raw,)


def test_a_name_with_its_language_is_its_text() -> None:
    raw = b"\x00\x02id\x00\x04kopi"
    assert decode(encode(message(attribute(codec.NAME_LANGUAGE, "n", raw)))).groups[0].get("n") == ("kopi",)


def test_collections_nest_and_keep_their_members() -> None:
    inner = (attribute(codec.INTEGER, "x-dimension", 8560), attribute(codec.INTEGER, "y-dimension", 5400, 1))
    outer = (attribute(codec.BEGIN, "media-size", inner), attribute(codec.KEYWORD, "media-type", "card"))
    told = message(attribute(codec.BEGIN, "media-col", outer), attribute(codec.INTEGER, "copies", 1))
    assert decode(encode(told)) == told


def deep(levels: int) -> bytes:
    content: tuple[Attribute, ...] = ()
    for _ in range(levels):
        content = (attribute(codec.BEGIN, "in", content),)
    return encode(message(*content))


def test_what_is_too_deep_or_too_much_is_no_message() -> None:
    assert decode(deep(codec.DEPTH_MAX)).groups
    endless = PRINT_JOB[:9] + b"\x34\x00\x01c\x00\x00" + b"\x34\x00\x00\x00\x00" * 100_000
    for raw in (deep(codec.DEPTH_MAX + 1), endless):
        with pytest.raises(Garbled):
            decode(raw)
    many = encode(message(attribute(codec.INTEGER, "n", *range(codec.VALUES_MAX))))
    assert decode(many)
    with pytest.raises(Garbled):
        decode(encode(message(attribute(codec.INTEGER, "n", *range(codec.VALUES_MAX + 1)))))


@pytest.mark.parametrize("cut", range(len(PRINT_JOB)))
def test_a_message_cut_anywhere_is_no_message(cut: int) -> None:
    with pytest.raises(Garbled):
        decode(PRINT_JOB[:cut])


@pytest.mark.parametrize("raw", [
    b"\x02\x00\x00\x00\x00\x00\x00\x01\x21\x00\x00\x00\x00\x03",  # a value before any group
    b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x21\x00\x00\x00\x00\x03",  # a further value of no attribute
    b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x34\x00\x01c\x00\x00\x03",  # a collection without an end
])  # fmt: skip
def test_what_breaks_the_grammar_is_no_message(raw: bytes) -> None:
    with pytest.raises(Garbled):
        decode(raw)


@pytest.mark.parametrize(("tag", "content"), [
    (codec.INTEGER, 2**31), (codec.RANGE, (1,)), (codec.RANGE, (1, 2, 3)), (codec.BEGIN, 1),
    (codec.BEGIN, (1,)), (codec.RESOLUTION, (1, 2, 256)), (codec.TEXT, "x" * 40_000),
    (codec.INTEGER, (attribute(codec.TEXT, "a", "b"),)),
])  # fmt: skip
def test_what_does_not_fit_is_not_written(tag: int, content: Content) -> None:
    with pytest.raises(ValueError):
        encode(message(attribute(tag, "x", content)))


@given(st.binary(max_size=200) | st.binary(max_size=120).map((PRINT_JOB[:9]).__add__))
def test_noise_is_a_message_or_garbled(raw: bytes) -> None:
    try:
        decode(raw)
    except Garbled:
        return


@given(st.data())
def test_a_message_with_bytes_changed_is_a_message_or_garbled(data: st.DataObject) -> None:
    raw = bytearray(PRINT_JOB)
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode(bytes(raw))
    except Garbled:
        return


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
rows = st.lists(
    st.tuples(names, st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=3)), max_size=5,
    unique_by=lambda row: row[0],
)  # fmt: skip


@given(rows, st.binary(max_size=20))
def test_the_printer_s_own_reader_reads_what_we_write(told: list[tuple[str, list[int]]], data: bytes) -> None:
    attributes = [attribute(codec.INTEGER, name, *values) for name, values in told]
    seen = wire.read(encode(message(*attributes, data=data)))
    assert (seen.operation, seen.number, seen.document) == (0x000B, 7, data)
    assert seen.told == {name: tuple(values) for name, values in told}
    answer = decode(wire.write(seen, 0x0406, [(wire.JOB, [(wire.INTEGER, n, tuple(v)) for n, v in told])]))
    assert (answer.code, answer.request) == (0x0406, 7)
    assert {
        a.name: tuple(v.content for v in a.values) for a in answer.of(codec.JOB)[0].attributes
    } == seen.told
