"""Addresses: what is written is what is meant, and what is no address says why in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.address import Address, parse


@pytest.mark.parametrize(("text", "address"), [
    ("evolis+usb://0f49", Address("", "evolis", "usb", vid=0x0F49)),
    ("evolis+usb://0F49/SIM02CEB4F", Address("", "evolis", "usb", vid=0x0F49, serial="SIM02CEB4F")),
    ("evolis+usbip://pc:3241/1-2", Address("", "evolis", "usbip", host="pc", port=3241, busid="1-2")),
    ("evolis+usbip://pc/1-1", Address("", "evolis", "usbip", host="pc", port=3240, busid="1-1")),
    ("evolis+tcp://10.0.0.9:9100", Address("", "evolis", "tcp", host="10.0.0.9", port=9100)),
    ("evolis+tcp://printer", Address("", "evolis", "tcp", host="printer", port=9100)),
    ("evolis+tcp://[::1]:9101", Address("", "evolis", "tcp", host="::1", port=9101)),
    ("matica+tcp://10.0.0.9:50730", Address("", "matica", "tcp", host="10.0.0.9", port=50730)),
    ("evolis+memory://bench", Address("", "evolis", "memory", path="bench")),
    ("r30x+serial:///dev/ttyUSB0", Address("", "r30x", "serial", path="/dev/ttyUSB0")),
    ("r30x+serial:///COM3", Address("", "r30x", "serial", path="COM3")),
    ("spool+ipp://[::1]/printers/KTP", Address("", "spool", "ipp", "::1", 631, path="/printers/KTP")),
    ("spool+windows:///HDP5000 Card Printer", Address("", "spool", "windows", path="HDP5000 Card Printer")),
    ("spool+windows:///Card%20Printer", Address("", "spool", "windows", path="Card Printer")),
    ("ipp://10.0.0.7:8631/ipp/print", Address("", "ipp", "ipp", "10.0.0.7", 8631, path="/ipp/print")),
    ("ipps://printer/ipp/print", Address("", "ipps", "ipps", "printer", 631, path="/ipp/print")),
    ("sbi://127.0.0.1:4501", Address("", "sbi", "sbi", host="127.0.0.1", port=4501)),
    ("vpcd://127.0.0.1:35963", Address("", "vpcd", "vpcd", host="127.0.0.1", port=35963)),
    ("pcsc://ACS%20ACR122U%2000%2000", Address("", "pcsc", "pcsc", path="ACS ACR122U 00 00")),
    ("pcsc://uTrust [CL] (1:2) #? 00", Address("", "pcsc", "pcsc", path="uTrust [CL] (1:2) #? 00")),
    ("pcsc://", Address("", "pcsc", "pcsc")),
])  # fmt: skip
def test_every_scheme_of_the_design(text: str, address: Address) -> None:
    found = parse(text)
    assert (found.text, str(found)) == (text, text)
    assert (found.family, found.wire, found.host, found.port, found.vid, found.serial) == (
        address.family, address.wire, address.host, address.port, address.vid, address.serial,
    )  # fmt: skip
    assert (found.busid, found.path) == (address.busid, address.path)


@pytest.mark.parametrize("text", [
    "", "evolis", "evolis://x", "evolis+serial:///dev/tty", "canon+tcp://x", "evolis+tcp://", "evolis+tcp://x:y",
    "evolis+tcp://x:99999", "evolis+tcp://x/y", "evolis+usb://", "evolis+usb://xyz", "evolis+usb://0",
    "evolis+usb://12345", "evolis+usbip://host", "evolis+usbip:///1-1", "evolis+memory://", "r30x+serial://x",
    "r30x+serial:///", "pcsc:READER", "tcp://x", "sbi+tcp://x", "spool+ipp://x",
    "spool+ipp:///printers/x", "spool+tcp://x/y", "ipp://x", "ipp:///ipp/print",
    "ipp://x/ipp/print?a=b", "ipp://x/two words", "spool+windows://host/queue", "spool+windows:///",
    "evolis+tcp://[::1", "vpcd://", "evolis+tcp://a..b:9100", "vpcd://a..b:1", "spool+ipp://a..b/printers/x",
    "evolis+usbip://a..b:3240/1-1", "matica+tcp://" + "x" * 64,
])  # fmt: skip
def test_what_is_no_address_says_why_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        parse(text)
    assert repr(text)[1:-1] in str(caught.value)


@given(st.text(max_size=40) | st.text(max_size=20).map("evolis+tcp://".__add__))
def test_noise_is_an_address_or_a_value_error(text: str) -> None:
    try:
        parse(text)
    except ValueError:
        return
