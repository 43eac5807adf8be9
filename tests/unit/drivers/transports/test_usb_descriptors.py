"""USB descriptors as values, against blocks written out by hand from the specification's tables."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.transports import usb_descriptors as descriptors

DEVICE = bytes.fromhex("12 01 0002 00 00 00 40 490f 000a 0001 01 02 03 01")
CONFIG = bytes.fromhex(
    "09 02 2700 01 01 00 c0 01"  # one interface, value 1, self-powered
    "09 04 00 00 02 07 01 02 00"  # printer, bidirectional
    "07 05 02 02 0002 00"  # bulk OUT 2, 512
    "07 05 81 02 0002 00"  # bulk IN 1, 512
    "09 04 00 01 00 07 01 01 00"  # its second setting, no endpoints
    "05 24 aabbcc"  # somebody's own block
)


def test_a_device_descriptor_is_read_by_the_tables_offsets() -> None:
    device = descriptors.device(DEVICE)
    assert (device.idVendor, device.idProduct, device.bcdUSB) == (0x0F49, 0x0A00, 0x0200)
    assert (device.iManufacturer, device.iProduct, device.iSerialNumber) == (1, 2, 3)
    assert (device.bMaxPacketSize0, device.bNumConfigurations) == (64, 1)


def test_a_configuration_holds_its_settings_and_their_endpoints() -> None:
    config = descriptors.configuration(CONFIG)
    first, second = config.settings[0]
    assert len(config.settings) == 1
    assert [one.bEndpointAddress for one in first.endpoints] == [0x02, 0x81]
    assert [one.wMaxPacketSize for one in first.endpoints] == [512, 512]
    assert (second.bAlternateSetting, second.endpoints) == (1, [])
    assert bytes(second.extra_descriptors).hex() == "0524aabbcc"


@pytest.mark.parametrize("raw", [b"", DEVICE[:17], CONFIG])
def test_what_is_no_device_descriptor_is_told(raw: bytes) -> None:
    with pytest.raises(descriptors.BadDescriptor):
        descriptors.device(raw)


@pytest.mark.parametrize("raw", [DEVICE, CONFIG[:-1], CONFIG[:9] + b"\x00\x04", CONFIG + b"\x01"])
def test_a_block_that_does_not_fit_is_told(raw: bytes) -> None:
    with pytest.raises(descriptors.BadDescriptor):
        descriptors.configuration(raw)


@given(st.binary(max_size=80))
def test_noise_is_a_bad_descriptor_or_read_but_never_hangs(noise: bytes) -> None:
    with contextlib.suppress(descriptors.BadDescriptor):
        descriptors.configuration(CONFIG[:9] + noise)
