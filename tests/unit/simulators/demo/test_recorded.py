"""That a station cannot open what it sealed, and keeps nobody's name, is found out by trying."""

from hashlib import sha256
from pathlib import Path

import pytest

from domain.keys import OpenKey
from domain.packet import info
from simulators.demo.recorded import laid_bare

STATION, ID, NAME = "64.11-1", "R-64.11-1-1", b"SPECIMEN SITI"


@pytest.fixture(scope="module")
def keys() -> tuple[OpenKey, OpenKey]:
    return OpenKey.generate(), OpenKey.generate()


def made(home: Path, own: OpenKey, to: OpenKey, bound: bytes) -> dict[str, str]:
    """A station's home with one packet in it."""
    data = to.public().seal(NAME, bound)
    sha = sha256(data).hexdigest()
    (home / "keys").mkdir()
    (home / "keys" / "open").write_text(own.text + "\n")
    (home / "keys" / "hub").write_text("{}")
    (home / "recordings" / sha[:2]).mkdir(parents=True)
    (home / "recordings" / sha[:2] / f"{sha}.pkt").write_bytes(data)
    return {ID: sha}


def test_what_is_sealed_to_the_province_is_not_bare(tmp_path: Path, keys: tuple[OpenKey, OpenKey]) -> None:
    packets = made(tmp_path, keys[0], keys[1], info(STATION, ID))
    assert not laid_bare(tmp_path, STATION, packets, [NAME])


def test_what_the_station_can_open_is(tmp_path: Path, keys: tuple[OpenKey, OpenKey]) -> None:
    packets = made(tmp_path, keys[0], keys[0], info(STATION, ID))
    assert laid_bare(tmp_path, STATION, packets, [])


def test_so_is_a_packet_that_is_gone(tmp_path: Path, keys: tuple[OpenKey, OpenKey]) -> None:
    packets = made(tmp_path, keys[0], keys[1], info(STATION, ID))
    assert laid_bare(tmp_path, STATION, {**packets, "R-64.11-1-2": "ff" * 32}, [])


def test_so_is_a_name_anywhere_on_its_disk(tmp_path: Path, keys: tuple[OpenKey, OpenKey]) -> None:
    packets = made(tmp_path, keys[0], keys[1], info(STATION, ID))
    (tmp_path / "journal.db").write_bytes(b"\0" * 100 + NAME + b"\0")
    assert laid_bare(tmp_path, STATION, packets, [b"9001", NAME])
    assert not laid_bare(tmp_path, STATION, packets, [b"9001"])
