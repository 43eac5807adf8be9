"""The instructions about the module itself: parameters, password, address, notepad, who it is. Pure."""

from __future__ import annotations

from simulators.r30x import codes
from simulators.r30x.codes import Code
from simulators.r30x.flash import Parameters
from simulators.r30x.model import Module, Reply

_ALLOWED = {4: codes.BAUDS, 5: codes.LEVELS, 6: codes.PACKET_CODES}
FIRMWARE, ALGORITHM, SENSOR = "LOKET-SIM 1.0", "LOKET-SIM MINUTIAE", "SIM500"


def set_parameter(module: Module, arguments: bytes) -> Reply:
    """0E: the acknowledge still leaves by the old setting."""
    number, value = arguments
    if number not in _ALLOWED:
        return Reply(Code.NO_SUCH_PARAMETER)
    if value not in _ALLOWED[number]:
        return Reply(Code.NO_SUCH_VALUE)
    kept = module.flash.parameters
    old = {4: kept.baud, 5: kept.level, 6: kept.packet} | {number: value}
    module.flash.parameters = Parameters(old[4], old[5], old[6])
    code = module.write()

    def holds() -> None:
        if not module.make.lasting:
            module.active = module.flash.parameters.copy()
            module.line.baud = module.active.baud * codes.BAUD_STEP

    return Reply(code, after=holds)


def read_parameters(module: Module, _: bytes) -> Reply:
    """0F."""
    return Reply(Code.DONE, _parameters(module, module.active))


def _parameters(module: Module, now: Parameters) -> bytes:
    status = codes.MATCHED * module.matched | codes.VERIFIED * module.verified
    status |= codes.PICTURE * (module.picture is not None)
    head = [status, codes.SYSTEM_ID, module.make.library, now.level]
    tail = [now.packet, now.baud]
    address = module.flash.address.to_bytes(4, "big")
    return b"".join(map(_u16, head)) + address + b"".join(map(_u16, tail))


def set_password(module: Module, arguments: bytes) -> Reply:
    """12."""
    module.flash.password = int.from_bytes(arguments, "big")
    return Reply(module.write())


def verify_password(module: Module, arguments: bytes) -> Reply:
    """13."""
    if int.from_bytes(arguments, "big") != module.flash.password:
        return Reply(Code.WRONG_PASSWORD)
    module.verified = True
    return Reply(Code.DONE)


def random_code(module: Module, _: bytes) -> Reply:
    """14."""
    return Reply(Code.DONE, module.dice.getrandbits(32).to_bytes(4, "big"))


def set_address(module: Module, arguments: bytes) -> Reply:
    """15: the acknowledge carries the new one."""
    module.flash.address = int.from_bytes(arguments, "big")
    return Reply(module.write())


def read_page(module: Module, _: bytes) -> Reply:
    """16: what the page holds is the maker's own; ours begins with the parameters and the name."""
    told = _parameters(module, module.active) + _text(module.make.title, 16) + _text(module.serial, 16)
    return Reply(Code.DONE, data=told.ljust(codes.INFO_BYTES, b"\0"))


def port(module: Module, arguments: bytes) -> Reply:
    """17: there is only one port here, and it stays on."""
    return Reply(Code.DONE if arguments[0] in (0, 1) else Code.PORT)


def write_notepad(module: Module, arguments: bytes) -> Reply:
    """18."""
    if arguments[0] >= codes.NOTEPAD_PAGES:
        return Reply(Code.NO_SUCH_PAGE)
    module.flash.notepad[arguments[0]] = arguments[1:]
    return Reply(module.write())


def read_notepad(module: Module, arguments: bytes) -> Reply:
    """19."""
    if arguments[0] >= codes.NOTEPAD_PAGES:
        return Reply(Code.NO_SUCH_PAGE)
    return Reply(Code.DONE, module.flash.notepad[arguments[0]])


def algorithm(module: Module, _: bytes) -> Reply:
    """39."""
    return Reply(Code.DONE, _text(ALGORITHM, 32))


def firmware(module: Module, _: bytes) -> Reply:
    """3A."""
    return Reply(Code.DONE, _text(FIRMWARE, 32))


def product(module: Module, _: bytes) -> Reply:
    """3C."""
    make = module.make
    who = (
        _text(make.title, 16) + _text("0001", 4) + _text(module.serial, 8) + bytes([1, 0]) + _text(SENSOR, 8)
    )
    sizes = (make.width, make.height, make.template_bytes, make.library)
    return Reply(Code.DONE, who + b"".join(map(_u16, sizes)))


def _text(text: str, size: int) -> bytes:
    return text.encode("ascii")[:size].ljust(size, b"\0")


def _u16(number: int) -> bytes:
    return number.to_bytes(2, "big")
