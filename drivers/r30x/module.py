"""The module's instructions as methods: the whole table of the protocol, typed, one line of work each.

``ready`` opens the line, shows the password and learns what module this is; it is called at the start of each
thing done with the module, never in the middle of one: a module that lost its power has lost its buffers.
Codes that are answers (no finger, no match) come back as codes where the caller decides on them.
"""

from dataclasses import dataclass

from drivers.errors import Refused, Unreachable
from drivers.r30x import codes, commands
from drivers.r30x.codes import DONE
from drivers.r30x.commands import SMALL, STATUS_PICTURE, STATUS_VERIFIED, Parameters, Product
from drivers.r30x.line import Answer, Line

NOTEPAD_BYTES = 32
INFORMATION_BYTES = 512
IDS_A_PAGE = 256
BUFFER_PIXELS_A_BYTE = 2


@dataclass(frozen=True, slots=True)
class Score:
    """What Match and Search say: ``slot`` is 0 for Match, ``score`` in the module's own measure."""

    code: int
    slot: int
    score: int


class Module:
    """One module behind a Line. Every method may raise DeviceError."""

    def __init__(self, line: Line, password: int = 0) -> None:
        self._line, self._password = line, password
        self._told: Parameters | None = None
        self.product: Product = SMALL

    @property
    def is_open(self) -> bool:
        """Whether there is a line to it."""
        return self._line.is_open

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()

    # -- in step -----------------------------------------------------------------------------------------

    def ready(self) -> Parameters:
        """The module is there and knows us: its parameters, asked now. A line that died is opened anew."""
        if self._line.is_open and self._told is not None:
            try:
                return self._verified(self.parameters())
            except Unreachable:
                self._told = None
        self.verify_password(self._password)
        told = self.parameters()
        self._line.packet_bytes = told.packet
        self.product = self._product()
        self._told = told
        return told

    def restarted(self) -> bool:
        """Whether it lost its power, and with it its buffers, since ``ready`` (status bit 2)."""
        known = self._told is not None and self._told.status & STATUS_VERIFIED
        return bool(known) and not self.parameters().status & STATUS_VERIFIED

    def _verified(self, told: Parameters) -> Parameters:
        if self._told is not None and self._told.status & ~told.status & STATUS_VERIFIED:
            self.verify_password(self._password)
        return told

    def _product(self) -> Product:
        """Who it is. A small module may refuse the question, or never answer it and answer the next one."""
        try:
            answer = self._line.ask("product")
        except Unreachable as error:
            if error.cause != "no_answer":
                raise
            self.parameters()
            return SMALL
        if answer.code == DONE:
            try:
                return commands.product(answer.values)
            except ValueError:
                return SMALL
        return SMALL

    # -- who it is and how it is set ---------------------------------------------------------------------

    def verify_password(self, password: int) -> None:
        """VfyPwd. Raises Refused wrong_password."""
        self._done("verify_password", password)

    def set_password(self, password: int) -> None:
        """SetPwd; kept at power-off."""
        self._done("set_password", password)
        self._password = password

    def set_address(self, address: int) -> None:
        """SetAddr; kept at power-off. Where its answer is lost, the next question finds it at either one."""
        self._check("set_address", self._line.ask("set_address", address, answers_as=address))

    def set_security(self, level: int) -> None:
        """SetSysPara 5: 1 lenient .. 5 strict."""
        self._done("set_parameter", 5, level)

    def set_packet(self, size: int) -> None:
        """SetSysPara 6: 32, 64, 128 or 256 bytes of data a packet; some modules heed it after power-off."""
        self._done("set_parameter", 6, commands.PACKET_SIZES.index(size))
        self._line.packet_bytes = self.parameters().packet

    def set_baud(self, baud: int) -> None:
        """SetSysPara 4. Whoever drives the line opens it at the new rate from then on."""
        self._done("set_parameter", 4, baud // 9600)
        self.close()

    def parameters(self) -> Parameters:
        """ReadSysPara."""
        values = self._done("parameters").values
        try:
            return commands.parameters(values)
        except ValueError as error:
            raise Unreachable("garbled_reply", f"parameters: {error}") from error

    def firmware(self) -> str:
        """GetFwVer, or empty where the module does not tell."""
        answer = self._line.ask("firmware_version")
        return commands.text(answer.values) if answer.code == DONE else ""

    def algorithm(self) -> str:
        """GetAlgVer, or empty where the module does not tell."""
        answer = self._line.ask("algorithm_version")
        return commands.text(answer.values) if answer.code == DONE else ""

    def check_sensor(self) -> bool:
        """CheckSensor: whether the sensor is well; a module that cannot say is."""
        return self._line.ask("check_sensor").code in (DONE, codes.UNSUPPORTED)

    def handshake(self) -> None:
        """HandShake."""
        self._done("handshake")

    def echo(self) -> bool:
        """GetEcho: whether it says it is there."""
        return self._line.ask("echo").code == 0x55

    def restart(self) -> None:
        """SoftRst. The line is opened anew by whoever asks next."""
        self._done("restart")
        self._told = None

    def cancel(self) -> None:
        """Cancel."""
        self._done("cancel")

    def port(self, on: bool) -> None:
        """Port control."""
        self._done("port", int(on))

    def random(self) -> int:
        """GetRandomCode: 32 bits."""
        return int.from_bytes(self._done("random").values, "big")

    def information_page(self) -> bytes:
        """ReadInfPage: 512 bytes whose meaning nobody has written down."""
        return self._up("information_page", INFORMATION_BYTES)

    def write_notepad(self, page: int, content: bytes) -> None:
        """WriteNotepad: ``content`` of at most 32 bytes on ``page`` 0-15."""
        if len(content) > NOTEPAD_BYTES:
            raise Refused("bad_command", "a page holds 32 bytes")
        self._done("write_notepad", page, content)

    def read_notepad(self, page: int) -> bytes:
        """ReadNotepad: 32 bytes."""
        return self._done("read_notepad", page).values

    def light(self, control: int, speed: int, colour: int, times: int) -> None:
        """AuraLedConfig, in the protocol's numbers."""
        self._done("light", control, speed, colour, times)

    def lamp(self, on: bool) -> None:
        """The light under the glass, of modules that have it so."""
        self._done("light_on" if on else "light_off")

    # -- the finger --------------------------------------------------------------------------------------

    def take_picture(self) -> int:
        """GenImg: the code."""
        return self._code("take_picture")

    def take_good_picture(self) -> int:
        """GetImageEx: the code."""
        return self._code("take_good_picture")

    def features(self, buffer: int) -> int:
        """Img2Tz: the code."""
        return self._code("features", buffer)

    def combine(self) -> int:
        """RegModel: the code."""
        return self._code("combine")

    def match(self) -> Score:
        """Match of buffers 1 and 2."""
        answer = self._line.ask("match")
        return Score(self._finger_code("match", answer), 0, int.from_bytes(answer.values, "big"))

    def search(self, buffer: int, start: int, count: int, *, fast: bool = False) -> Score:
        """Search, or HighSpeedSearch."""
        name = "fast_search" if fast else "search"
        answer = self._line.ask(name, buffer, start, count)
        slot, score = answer.values[:2], answer.values[2:]
        return Score(
            self._finger_code(name, answer), int.from_bytes(slot, "big"), int.from_bytes(score, "big")
        )

    def template_up(self, buffer: int) -> bytes:
        """UpChar."""
        return self._up("template_up", self.product.template_bytes, buffer)

    def template_down(self, buffer: int, template: bytes) -> None:
        """DownChar. No answer tells whether it arrived."""
        self._check("template_down", self._line.ask("template_down", buffer, data=template))

    def picture_up(self) -> bytes:
        """UpImage: 4 bits a pixel, the module's own size."""
        return self._up("picture_up", self.product.width * self.product.height // BUFFER_PIXELS_A_BYTE)

    def picture_down(self, wire: bytes) -> None:
        """DownImage, and whether it arrived (status bit 3). Raises Unreachable garbled_reply."""
        for _ in range(2):
            self._check("picture_down", self._line.ask("picture_down", data=wire))
            if self.parameters().status & STATUS_PICTURE:
                return
        raise Unreachable("garbled_reply", "picture_down: it did not arrive")

    # -- the library -------------------------------------------------------------------------------------

    def store(self, buffer: int, slot: int) -> None:
        """Store."""
        self._done("store", buffer, slot)

    def load(self, buffer: int, slot: int) -> None:
        """LoadChar."""
        self._done("load", buffer, slot)

    def delete(self, slot: int, count: int = 1) -> None:
        """DeleteChar."""
        self._done("delete", slot, count)

    def empty(self) -> None:
        """Empty."""
        self._done("empty")

    def count(self) -> int:
        """TemplateNum."""
        return int.from_bytes(self._done("count").values, "big")

    def index(self, page: int) -> frozenset[int]:
        """ReadIndexTable: the slots in use of ids 256 ``page`` .. + 255."""
        return commands.slots(page, self._done("index", page).values)

    # -- how answers are taken ---------------------------------------------------------------------------

    def _done(self, name: str, *arguments: int | bytes) -> Answer:
        answer = self._line.ask(name, *arguments)
        self._check(name, answer)
        return answer

    def _up(self, name: str, size: int, *arguments: int) -> bytes:
        answer = self._line.ask(name, *arguments, size=size)
        self._check(name, answer)
        return answer.data

    def _code(self, name: str, *arguments: int) -> int:
        return self._finger_code(name, self._line.ask(name, *arguments))

    def _finger_code(self, name: str, answer: Answer) -> int:
        """DONE, an answer, or a word about the finger; everything else is raised."""
        if answer.code == DONE or answer.code in codes.ANSWERS or answer.code in codes.FINGER:
            return answer.code
        raise codes.error(answer.code, name)

    def _check(self, name: str, answer: Answer) -> None:
        if answer.code != DONE:
            raise codes.error(answer.code, name)
