"""Two independent clients of finger modules drive the simulated one over a pseudo terminal.

They were written by others for real modules, know nothing of ours, and enrol, search, match, download and
upload.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
from PIL import Image

from tests.journeys.technician import Technician
from tests.witness import library

pytestmark = pytest.mark.skipif(os.name != "posix", reason="no pseudo terminals here")
PICTURE_BYTES, TEMPLATE_BYTES = 256 * 288 // 2, 512


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Technician]:
    options = ["--pty", str(tmp_path / "reader"), "--seed", "7", "--speed", "20"]
    with Technician(*options, command="reader") as technician:
        technician.hand(wait=1000)
        yield technician


def path_of(reader: Technician) -> str:
    return str(reader.ready["addresses"][0].removeprefix("r30x+serial://"))


def test_pyfingerprint_enrols_searches_matches_downloads_and_uploads(
    reader: Technician, tmp_path: Path
) -> None:
    library("pyfingerprint", "pyfingerprint")
    from pyfingerprint.pyfingerprint import PyFingerprint

    client = PyFingerprint(path_of(reader), 57600)

    def press(buffer: int = 1) -> None:
        while not client.readImage():
            pass
        assert client.convertImage(buffer)

    assert client.verifyPassword()
    assert client.getSystemParameters()[1:] == (9, 1000, 3, 0xFFFFFFFF, 2, 6)
    press(1)
    press(2)
    assert client.createTemplate()
    assert client.storeTemplate() == 0
    press()
    slot, score = client.searchTemplate()
    assert slot == 0 and score > 80
    reader.hand(finger="7:1 turn=20")
    press(2)
    assert client.compareCharacteristics() > 80
    reader.hand(finger="8:1")
    press()
    assert client.searchTemplate() == (-1, -1)
    assert client.compareCharacteristics() == 0
    held = client.downloadCharacteristics(1)
    assert len(held) == TEMPLATE_BYTES
    assert client.uploadCharacteristics(2, held)
    assert client.compareCharacteristics() > 200
    client.downloadImage(str(tmp_path / "finger.png"))
    with Image.open(tmp_path / "finger.png") as picture:
        assert picture.size == (256, 288) and 8 < len(set(picture.tobytes())) <= 16
    assert client.getTemplateIndex(0)[:2] == [True, False] and client.getTemplateCount() == 1
    assert client.loadTemplate(0, 2) and client.deleteTemplate(0) and client.getTemplateCount() == 0
    assert client.clearDatabase()


def test_pyfingerprint_changes_rate_packet_size_and_password(reader: Technician) -> None:
    library("pyfingerprint", "pyfingerprint")
    from pyfingerprint.pyfingerprint import PyFingerprint

    client = PyFingerprint(path_of(reader), 57600)
    client.setMaxPacketSize(256)
    client.setBaudRate(115200)
    del client
    client = PyFingerprint(path_of(reader), 115200)
    assert client.verifyPassword() and client.getMaxPacketSize() == 256
    assert client.setPassword(0x1234)
    reader.hand(power="cut")
    reader.hand(wait=1500)
    del client
    client = PyFingerprint(path_of(reader), 115200)
    assert client.verifyPassword() is False
    del client
    assert PyFingerprint(path_of(reader), 115200, password=0x1234).verifyPassword()


def test_adafruit_s_client_enrols_searches_matches_downloads_and_uploads(reader: Technician) -> None:
    library("adafruit_fingerprint", "adafruit-circuitpython-fingerprint")
    import adafruit_fingerprint

    with serial.Serial(path_of(reader), 57600, timeout=3) as line:
        client: Any = adafruit_fingerprint.Adafruit_Fingerprint(line)
        assert (client.library_size, client.data_packet_size, client.baudrate) == (1000, 2, 6)

        def press(buffer: int = 1) -> None:
            while client.get_image():
                pass
            assert client.image_2_tz(buffer) == 0

        press(1)
        press(2)
        assert client.create_model() == client.store_model(3) == client.count_templates() == 0
        assert client.template_count == 1
        assert client.read_templates() == 0 and client.templates == [3]
        press()
        assert client.finger_search() == 0 and client.finger_id == 3 and client.confidence > 80
        assert client.finger_fast_search() == 0 and client.finger_id == 3
        held = client.get_fpdata("char", 1)
        assert len(held) == TEMPLATE_BYTES and client.send_fpdata(held, "char", 2)
        assert client.compare_templates() == 0 and client.confidence[0] > 200
        picture = client.get_fpdata("image")
        assert len(picture) == PICTURE_BYTES and client.send_fpdata(picture, "image")
        assert client.image_2_tz(2) == client.compare_templates() == 0
        assert client.check_module()
        reader.hand(finger="9:3")
        press()
        assert client.finger_search() == 9 and client.compare_templates() == 8
        reader.hand(**{"no-finger": True})
        assert client.get_image() == 2
        assert client.delete_model(3) == client.empty_library() == 0


def test_adafruit_s_client_restarts_an_r503(tmp_path: Path) -> None:
    library("adafruit_fingerprint", "adafruit-circuitpython-fingerprint")
    import adafruit_fingerprint

    options = ["--pty", str(tmp_path / "reader"), "--model", "r503"]
    with (
        Technician(*options, command="reader") as reader,
        serial.Serial(path_of(reader), 57600, timeout=3) as line,
    ):
        client = adafruit_fingerprint.Adafruit_Fingerprint(line)
        assert client.set_led(color=2, mode=1) == 0
        client.soft_reset()
        assert client.verify_password() == 0 and client.library_size == 200
