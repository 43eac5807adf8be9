"""Pictures out of a stream, however it is cut or written."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import Unreachable
from drivers.sbi.stream import FRAME_BYTES_MAX, frames

PICTURES = [b"\xff\xd8one\xff\xd9", b"\xff\xd8\r\n\r\nContent-Length: 9\r\n\xff\xd9", b""]


def written(
    head: str = "Content-Length:{n}", end: bytes = b"\r\n\r\n", mark: bytes = b"--BoundaryString"
) -> bytes:
    parts = b""
    for picture in PICTURES:
        lines = f"Access-Control-Allow-Origin:*\r\nContent-Type:image/jpeg\r\n{head}\r\n\r\n".format(
            n=len(picture)
        )
        parts += mark + b"\r\n" + lines.encode() + picture + end
    return parts


@pytest.mark.parametrize("head", ["Content-Length:{n}", "content-length: {n}", "CONTENT-LENGTH:{n}\r\nX: 1"])
@pytest.mark.parametrize("end", [b"", b"\r\n", b"\r\n\r\n"])
@pytest.mark.parametrize("mark", [b"--BoundaryString", b"----BoundaryString", b"--other"])
def test_every_picture_is_read_in_whatever_spelling(head: str, end: bytes, mark: bytes) -> None:
    assert list(frames(io.BytesIO(written(head, end, mark)))) == PICTURES


@given(st.integers(0, len(written())))
def test_a_stream_cut_anywhere_gives_whole_pictures_only(at: int) -> None:
    got = list(frames(io.BytesIO(written()[:at])))
    assert got == PICTURES[: len(got)]


@given(st.binary(max_size=300))
def test_any_bytes_are_pictures_or_garbled(raw: bytes) -> None:
    try:
        assert all(len(frame) <= FRAME_BYTES_MAX for frame in frames(io.BytesIO(raw)))
    except Unreachable as error:
        assert error.cause == "garbled_reply"


@pytest.mark.parametrize(
    "raw",
    [
        f"--x\r\nContent-Length:{FRAME_BYTES_MAX + 1}\r\n\r\n".encode(),
        b"--x\r\nContent-Length:99999999999\r\n\r\n",
        b"--x\r\nContent-Length:many\r\n\r\n",
        b"--x\r\nContent-Length:\r\n\r\n",
        b"x\r\n" * 40,
        b"x" * 3000,
    ],
)
def test_what_is_no_stream_of_pictures_is_garbled(raw: bytes) -> None:
    with pytest.raises(Unreachable, match="garbled_reply"):
        list(frames(io.BytesIO(raw)))
