"""Whatever a scanner says of itself, the sitting ends in a packet."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.packet_form import DEVICES_MAX
from domain.packing import pack, unpack
from drivers.scanner import Modality, ScannerIdentity
from tests.unit.agent.recording.room import Room

PLAIN = ScannerIdentity(Modality.FINGER, "SLAP One", "SIM1", "1.2")
_TEXT = st.text(st.characters(), max_size=500)
IDENTITY = st.builds(ScannerIdentity, st.sampled_from(Modality), _TEXT, _TEXT, _TEXT)


def told_by(*identities: ScannerIdentity) -> list[dict[str, str]]:
    """The devices in the packet of a sitting at a scanner that says so."""
    room = Room()
    room.scanner.identities = identities
    packed = pack(room.sit(), lambda data: bytes(64))
    return [dict(each) for each in unpack(packed, lambda signature, message: True).devices]


@settings(max_examples=25, deadline=None)
@given(st.lists(IDENTITY, max_size=DEVICES_MAX + 2))
@example([ScannerIdentity(Modality.FINGER, "S" * 401, "\ud800", "\0")])
def test_no_text_of_a_device_keeps_a_sitting_from_its_packet(identities: list[ScannerIdentity]) -> None:
    assert len(told_by(*identities)) == min(len(identities), DEVICES_MAX)


@pytest.mark.parametrize(
    "odd",
    [
        ScannerIdentity(Modality.FINGER, "SLAP\u00a0One\n", "SIM1\0\0\0", "1.2\r\n"),
        ScannerIdentity(Modality.FINGER, "SLAP\tOne\u200b", "\x1bSIM1", " 1.2 "),
    ],
)
def test_padding_and_line_ends_are_left_out_and_the_rest_is_kept(odd: ScannerIdentity) -> None:
    assert told_by(odd) == told_by(PLAIN)
