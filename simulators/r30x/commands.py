"""What each instruction does: a table, and a function a row (PROTOCOL.md 4). Pure.

A function gets the module and its arguments, and gives an answer or the work that leads to one. Rows with
``ms`` 0 take as long as the line does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulators.r30x import codes, library, settings
from simulators.r30x.codes import Code
from simulators.r30x.model import Download, Module, Reply, Work, pack

Do = Callable[[Module, bytes], Reply | Work]
RESTART_MS = 5
"""From the last byte of the acknowledge to the restart."""


@dataclass(frozen=True, slots=True)
class Row:
    """One instruction: bytes of arguments, bytes of the acknowledge's content, usual ms, and what it does."""

    name: str
    arguments: int
    ack: int
    ms: int
    do: Do
    makes: frozenset[str] = frozenset(codes.MAKES)


def gen_image(module: Module, _: bytes) -> Reply | Work:
    """01."""
    if module.blind:
        return Reply(Code.SENSOR)
    finger = module.glass.look(module.now_ms)
    if finger is None:
        return Reply(Code.NO_FINGER)
    if finger.moving:
        return Reply(Code.NOT_TAKEN)
    press = module.glass.press(finger)

    def taken(picture: bytes) -> Reply:
        module.picture, module.live = picture, True
        return Reply(Code.DONE)

    return Work(lambda: module.eye.picture(press), taken)


def gen_image_ex(module: Module, arguments: bytes) -> Reply | Work:
    """28: as 01, with a word of its own for a poor picture."""
    done = gen_image(module, arguments)
    return Reply(Code.FEW_FEATURES) if isinstance(done, Reply) and done.code == Code.NOT_TAKEN else done


def image_to_features(module: Module, arguments: bytes) -> Reply | Work:
    """02."""
    picture, buffer, live = module.picture, library.buffer(module, arguments[0]), module.live
    if picture is None:
        module.buffers.pop(buffer, None)
        return Reply(Code.NO_PICTURE)

    def found(features: bytes | Code) -> Reply:
        if isinstance(features, Code):
            module.buffers.pop(buffer, None)
            return Reply(features)
        module.buffers[buffer] = features
        if live:
            module.glass.features_taken()
        return Reply(Code.DONE)

    return Work(lambda: module.eye.features(picture), found)


def up_char(module: Module, arguments: bytes) -> Reply:
    """08."""
    held = module.buffers.get(library.buffer(module, arguments[0]))
    return Reply(Code.NO_UPLOAD) if held is None else Reply(Code.DONE, data=held)


def down_char(module: Module, arguments: bytes) -> Reply:
    """09."""
    return _down(module, Download(library.buffer(module, arguments[0]), module.make.template_bytes))


def up_image(module: Module, _: bytes) -> Reply:
    """0A."""
    return Reply(Code.NO_PICTURE) if module.picture is None else Reply(Code.DONE, data=pack(module.picture))


def down_image(module: Module, _: bytes) -> Reply:
    """0B."""
    return _down(module, Download(None, module.make.picture_bytes // 2))


def _down(module: Module, download: Download) -> Reply:
    return Reply(Code.DONE, after=lambda: module.expect(download))


def done(module: Module, _: bytes) -> Reply:
    """Nothing to be seen from the line."""
    return Reply(Code.DONE)


def echo(module: Module, _: bytes) -> Reply:
    """53."""
    return Reply(Code.HERE)


def check_sensor(module: Module, _: bytes) -> Reply:
    """36."""
    return Reply(Code.SENSOR if module.blind else Code.DONE)


def restart(module: Module, _: bytes) -> Reply:
    """3D: the acknowledge still leaves."""

    def again() -> None:
        """After the last byte of the acknowledge, whose time only the line knows."""
        module.deadlines["restart"] = module.line.down.free_ms + RESTART_MS

    return Reply(Code.DONE, after=again)


_SMALL, _R503 = frozenset({"zfm20"}), frozenset({"r503"})
TABLE: dict[int, Row] = {
    0x01: Row("GenImg", 0, 1, 150, gen_image),
    0x02: Row("Img2Tz", 1, 1, 300, image_to_features),
    0x03: Row("Match", 0, 3, 10, library.match),
    0x04: Row("Search", 5, 5, 10, library.search),
    0x05: Row("RegModel", 0, 1, 60, library.combine),
    0x06: Row("Store", 3, 1, 60, library.store),
    0x07: Row("LoadChar", 3, 1, 20, library.load),
    0x08: Row("UpChar", 1, 1, 0, up_char),
    0x09: Row("DownChar", 1, 1, 0, down_char),
    0x0A: Row("UpImage", 0, 1, 0, up_image),
    0x0B: Row("DownImage", 0, 1, 0, down_image),
    0x0C: Row("DeleteChar", 4, 1, 60, library.delete),
    0x0D: Row("Empty", 0, 1, 400, library.empty),
    0x0E: Row("SetSysPara", 2, 1, 30, settings.set_parameter),
    0x0F: Row("ReadSysPara", 0, 17, 0, settings.read_parameters),
    0x12: Row("SetPwd", 4, 1, 60, settings.set_password),
    0x13: Row("VfyPwd", 4, 1, 0, settings.verify_password),
    0x14: Row("GetRandomCode", 0, 5, 0, settings.random_code),
    0x15: Row("SetAddr", 4, 1, 60, settings.set_address),
    0x16: Row("ReadInfPage", 0, 1, 0, settings.read_page),
    0x17: Row("Port control", 1, 1, 0, settings.port),
    0x18: Row("WriteNotepad", 33, 1, 40, settings.write_notepad),
    0x19: Row("ReadNotepad", 1, 33, 0, settings.read_notepad),
    0x1B: Row("HighSpeedSearch", 5, 5, 5, library.search),
    0x1D: Row("TemplateNum", 0, 3, 0, library.number),
    0x1F: Row("ReadIndexTable", 1, 33, 0, library.index),
    0x28: Row("GetImageEx", 0, 1, 150, gen_image_ex, _R503),
    0x30: Row("Cancel", 0, 1, 0, done, _R503),
    0x35: Row("AuraLedConfig", 4, 1, 0, done, _R503),
    0x36: Row("CheckSensor", 0, 1, 20, check_sensor, _R503),
    0x39: Row("GetAlgVer", 0, 33, 0, settings.algorithm, _R503),
    0x3A: Row("GetFwVer", 0, 33, 0, settings.firmware, _R503),
    0x3C: Row("ReadProdInfo", 0, 47, 0, settings.product, _R503),
    0x3D: Row("SoftRst", 0, 1, 0, restart, _R503),
    0x40: Row("HandShake", 0, 1, 0, done, _R503),
    0x50: Row("light on", 0, 1, 0, done, _SMALL),
    0x51: Row("light off", 0, 1, 0, done, _SMALL),
    0x53: Row("GetEcho", 0, 1, 0, echo, _SMALL),
}
"""Every instruction; an R503 and a small module each refuse some with FC."""
VERIFY = 0x13


def row(module: Module, op: int) -> Row | None:
    """What this make of module knows of ``op``."""
    known = TABLE.get(op)
    return known if known and module.make.name in known.makes else None


def padded(reply: Reply, ack: int) -> Reply:
    """An acknowledge has its full length with every code."""
    return replace(reply, parameters=reply.parameters.ljust(ack - 1, b"\0")[: ack - 1])
