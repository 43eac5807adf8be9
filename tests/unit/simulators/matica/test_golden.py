"""The bytes of both wires, as PROTOCOL.md lays them out, written out by hand."""

from tests.unit.simulators.matica.kit import ANSWER, Usb, ask, bench, host, message

SERIAL = b"SIMC12CB"


def test_the_greeting() -> None:
    raw = bench().exchange()
    assert len(raw) == 88
    assert raw[:16].hex() == "f3000200000000140000000000000000"
    assert raw[40:44] == bytes((127, 0, 0, 1))
    assert raw[56:72] == b"XID580ie".ljust(16, b"\0")
    assert raw[72:] == bytes(15) + b"\1"


def test_the_reply_to_the_greeting_s_answer() -> None:
    printer = bench()
    printer.exchange()
    assert printer.exchange(ANSWER).hex() == "f3000300000000020000000099999999"


def test_a_look_tells_the_start_up_once() -> None:
    printer = bench()
    printer.exchange()
    printer.exchange(ANSWER)
    looks = [printer.exchange(message(0xF0000100, 0x01020000, seq)).hex() for seq in (0, 1)]
    assert looks == ["f1000100000000020006280000000000", "f1000100000000020000000000000001"]


def test_the_position() -> None:
    printer = bench()
    say = host(printer)
    raw = printer.exchange(message(0xF0000100, 0x02020000, 9))
    assert raw.hex() == "f1000100000000070000000000000009" + "00" * 18 + "0100"
    say.do(0x04020002)
    assert printer.exchange(message(0xF0000100, 0x02020000, 9))[-2:].hex() == "0002"


def test_the_information_by_udp() -> None:
    printer = bench()
    printer.printer.counters[:] = [7, 8, 9, 10, 11]
    raw = printer.exchange(message(0xF0000600, 0, 0xABCD))
    assert raw[:16].hex() == "f100060000000018000000000000abcd"
    told = ask(printer)
    assert told == {
        0x01: SERIAL, 0x02: told[0x02], 0x0A: b"\0", 0x0B: b"\0\xfa", 0x0C: b"\0\x64", 0x0D: b"\0",
        0x0E: b"\x01\xf4", 0x0F: b"SIM001", 0x10: b"\0\0\0\7", 0x11: b"\0\0\0\x08", 0x12: b"\0\0\0\x09",
        0x13: b"\0\0\0\x0a", 0x14: b"\0\0\0\x0b",
    }  # fmt: skip
    assert raw[16:27].hex() == "010008" + SERIAL.hex()


def test_the_settings_by_udp() -> None:
    raw = bench().exchange(message(0xF0000A00, 0, 5))
    items = "".join(f"2{n}0001{value:02x}" for n, value in enumerate((1, 0, 2, 0, 16, 0, 0, 3)))
    assert raw.hex() == "f1000a000000000a0000000000000005" + items


def test_the_status_wrapper_and_the_sense() -> None:
    printer = bench()
    printer.write(bytes.fromhex("555342430403020100000000000006" + "00" * 16))
    assert printer.read().hex() == "55534253040302010000000001"
    printer.write(bytes.fromhex("555342430200000014000000800006030000001400" + "00" * 10))
    assert printer.read().hex() == "700006000000000c000000002800000000000000"
    assert printer.read().hex() == "55534253020000000000000000"


def test_the_inquiry() -> None:
    status, raw, _ = Usb(bench()).command(bytes((0x12, 0, 0, 0, 0x60, 0)), 96)
    assert (status, len(raw)) == (0, 96)
    assert (raw[8:16], raw[16:24], raw[24:32]) == (b"MATICA  ", b"XID580ie", SERIAL)
    assert raw[58:71].rstrip() == raw[71:79].rstrip() == raw[79:87].rstrip() != b""


def test_the_pages_of_image_and_ribbon() -> None:
    usb = Usb(bench(model="xid8600", ribbon="ymckk"))
    usb.printer.printer.make = type(usb.printer.printer.make)(
        "xid8600", "XID8600", 600, 2072, 1328, 2022, 1276
    )
    status, raw, _ = usb.command(bytes((0x1A, 0, 0x68, 0, 0x40, 0)), 64)
    assert (status, len(raw)) == (0, 64)
    assert raw[8:12].hex() == "02580258"
    assert raw[32:36].hex() == "08180530"
    assert raw[36:44].hex() == "0100020010000003"
    status, raw, _ = usb.command(bytes((0x1A, 0, 0x63, 0, 0x2C, 0)), 44)
    assert (status, len(raw), raw[6], raw[8:10].hex(), raw[12:18]) == (0, 44, 4, "0190", b"SIM001")


def test_the_counters_by_usb() -> None:
    usb = Usb(bench())
    usb.printer.printer.counters[:] = [1, 2, 3, 4, 5]
    status, raw, residue = usb.command(bytes((0x4D, 0, 0x78, 0, 0, 0, 0, 0, 0x34, 0)), 52)
    items = "".join(f"000{code}0004{count:08x}" for code, count in enumerate((1, 2, 3, 4, 5, 0)))
    assert (status, residue) == (0, 0)
    assert raw.hex() == "78000030" + items


def test_the_position_by_usb() -> None:
    usb = Usb(bench())
    ask_it = bytes((0x34, 0, 0, 0, 0, 0, 0, 0, 8, 0))
    assert usb.command(ask_it, 8) == (0, bytes((1, 0, 0, 0, 0, 0, 0, 0)), 0)
    usb.look()
    assert usb.mechanism(1, 0, 0, 4, 0, 0, 2) == 0
    assert usb.command(ask_it, 8) == (0, bytes((0, 0, 0, 0, 0, 0, 0, 2)), 0)
