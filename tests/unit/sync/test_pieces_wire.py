"""Pieces as bytes: what a piece costs on the line, and texts that are none."""

from __future__ import annotations

import random

import pytest

from sync import wire
from sync.pieces import PIECE_BYTES, PIECE_BYTES_MAX, Piece
from tests.unit.sync.test_wire import PACKET, SIGNER, UP, VERIFY, packed, word

BAD_PIECES = [
    '{"sha256":"%s","size":9,"offset":0}',
    '{"sha256":"%s","size":9,"offset":-1,"data":""}',
    '{"sha256":"%s","size":9,"offset":0,"data":"A"}',
    '{"sha256":"%s","size":9,"offset":0,"data":"AA==\\n"}',
    '{"sha256":"%s","size":9,"offset":0,"data":"é"}',
    '{"sha256":"%s","size":9,"offset":0,"data":[65]}',
    '{"sha256":"../%.61s","size":9,"offset":0,"data":""}',
    '{"sha256":"%.63s","size":9,"offset":0,"data":""}',
    '{"sha256":"%.63sA","size":9,"offset":0,"data":""}',
    '{"sha256":7,"size":9,"offset":0,"data":"","was":"%s"}',
    '{"sha256":"%s","size":99999,"offset":0,"data":"' + "A" * (PIECE_BYTES_MAX // 3 * 4 + 4) + '"}',
]


@pytest.mark.parametrize("text", BAD_PIECES, ids=range(len(BAD_PIECES)))
def test_pieces_that_are_none_are_garbled(text: str) -> None:
    assert word(packed(text % PACKET, kind=6)) == "garbled"


def test_the_largest_piece_comes_out_as_it_went_in() -> None:
    piece = Piece(PACKET, 1 << 20, 0, bytes(PIECE_BYTES_MAX))
    assert wire.decode(wire.encode(piece, UP, SIGNER.sign), UP, VERIFY) == piece


def test_a_packet_in_pieces_costs_three_percent_at_most_signatures_included() -> None:
    sealed = random.Random(5).randbytes(30 * PIECE_BYTES)
    pieces = [
        Piece(PACKET, len(sealed), at, sealed[at : at + PIECE_BYTES])
        for at in range(0, len(sealed), PIECE_BYTES)
    ]
    assert sum(len(wire.encode(piece, UP, SIGNER.sign)) for piece in pieces) <= 1.03 * len(sealed)
