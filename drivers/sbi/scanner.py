"""A scanner behind MOSIP's SBI: the whole procedure of PROTOCOL.md, over a ``Line``.

Three steps before anything of a person is asked for: the service is found, its device proves who it is, and
just before the capture the discovery must still tell the same device and Ready. Any trouble but that of the
hands throws the proof away; the next call begins anew, so a device that comes back needs no restart.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from drivers.address import Address
from drivers.card_printer import Clock
from drivers.errors import Cause, DeviceError, NeedsHands, Refused, Unreachable
from drivers.sbi import authentication, chain, checks, groups, messages
from drivers.sbi.authentication import Sealed
from drivers.sbi.checks import Asked, Device
from drivers.sbi.codes import error_of
from drivers.sbi.groups import Press
from drivers.sbi.line import Line, Reply
from drivers.sbi.messages import AUTH, REGISTRATION, Element, Found
from drivers.sbi.search import CONNECT_S, LOOK_S, Search, Service
from drivers.sbi.trust import Anchors
from drivers.sbi.verbs import Call
from drivers.scanner import Modality, Sample, ScannerIdentity, ScannerStatus, Wanted
from drivers.shown import shown

MARGIN_S = 10.0
"""How long after its own timeout a capture may answer."""
SILENCE_S = 5.0
"""For each picture of a preview to come whole; and how long after its timeout a preview may still go on."""
SETTLE_MS, AGAIN_MS = 2_000, 100
"""How long a device may still be Busy with a preview that was just let go, and how often it is asked."""
EARLY_MS = 500
"""How much before its timeout a preview may end and still have ended by it."""
SAID_BYTES_MAX = 64 * 1024

_TRANSACTION = re.compile(r"[a-zA-Z0-9-]{4,50}")
_READY = "Ready"
_CODES = {"Busy": "111", "Not Ready": "110", "Not Registered": "100"}
_State = Literal["ready", "busy", "needs_hands", "error", "offline"]
_WORST: tuple[_State, ...] = ("error", "needs_hands", "busy", "ready")


class SbiScanner:
    """One machine's SBI devices; not for two threads at once, but ``close`` and the end of a preview are.

    See drivers.scanner.Scanner for the contract. ``now_unix_ms``: the province's time, as far as known;
    ``pc_unix_ms``: the PC's own where that differs, since a service may take its time from there.
    """

    def __init__(
        self,
        line: Line,
        address: Address,
        anchors: Anchors,
        *,
        now_unix_ms: Callable[[], int],
        pc_unix_ms: Callable[[], int] | None = None,
        clock: Clock,
        settle_ms: int = SETTLE_MS,
    ) -> None:
        self.address = address
        self._line = line
        self._anchors = anchors
        self._now_unix_ms = now_unix_ms
        self._pc_unix_ms = pc_unix_ms or now_unix_ms
        self._clock = clock
        self._settle_ms = settle_ms
        self._search = Search(line, address.port)
        self._proved: list[tuple[Service, Device]] = []
        self._transaction = ""
        self._previous = chain.START
        self._preview: Reply | None = None
        self._let_go_ms: int | None = None

    # -- who is there --------------------------------------------------------------------------------

    def identify(self) -> tuple[ScannerIdentity, ...]:
        """Every device that proves who it is; the first trouble where none does."""
        with self._anew_after_trouble():
            troubles = self._prove(_services(self._search.all()))
            if not self._proved:
                raise troubles[0] if troubles else Unreachable("unplugged", "no device")
            return tuple(device.identity for _, device in self._proved)

    def status(self) -> ScannerStatus:
        """The worst of all devices; a device that cannot prove itself is an ``error``."""
        try:
            found = self._search.known()
            troubles = self._prove(_services(found))
        except DeviceError as error:
            return ScannerStatus("offline", error.cause, str(error))
        if not found:
            return ScannerStatus("offline", "unplugged", "no device")
        states = [_state_of(_trouble_of(device)) for _, device in found]
        states += [_state_of(trouble) for trouble in troubles]
        states += [("needs_hands", "clock_off") for _, device in self._proved if self._is_off(device)]
        state, cause = min(states, key=lambda one: _WORST.index(one[0]))
        raw = "; ".join(f"{device.type or '?'} {device.status or device.error}" for _, device in found)
        return ScannerStatus(state, cause, "; ".join([shown(raw), *map(str, troubles)]))

    # -- a sitting -----------------------------------------------------------------------------------

    def begin(self, transaction: str) -> None:
        """A new chain. Refused ``bad_command`` if ``transaction`` is no name of one."""
        self._transaction, self._previous = _named(transaction), chain.START

    def capture(self, wanted: Wanted) -> tuple[Sample, ...]:
        """One sample for each wanted part, in their order; a preview that still runs is ended first."""
        if not self._transaction:
            raise Refused("bad_command", "no sitting has begun")
        press = groups.press(wanted)
        with self._anew_after_trouble():
            service, device = self._ready(press.modality, press.sub_id, REGISTRATION)
            asked = Asked(press, device, REGISTRATION, self._transaction)
            elements = self._asked_for(service, asked, Call.REGISTRATION, previous=self._previous)
            told = checks.answer(elements, asked, self._anchors, *self._clocks())
            samples, self._previous = checks.samples(told, asked, self._previous)
            return samples

    def authenticate(self, transaction: str, press: Press, domain_uri: str = "") -> tuple[Sealed, ...]:
        """A capture for somebody else's eyes: encrypted to the certificate of the domain, opaque here.

        ``press``: its sub-device is ``0``, see drivers.sbi.authentication.press. Raises as ``capture``.
        """
        with self._anew_after_trouble():
            service, device = self._ready(press.modality, press.sub_id, AUTH)
            asked = Asked(press, device, AUTH, _named(transaction))
            elements = self._asked_for(service, asked, Call.AUTHENTICATION, domain_uri=domain_uri)
            told = checks.answer(elements, asked, self._anchors, *self._clocks())
            return authentication.sealed(told, asked)

    def preview(self, modality: Modality, parts: tuple[str, ...], timeout_ms: int) -> Iterator[bytes]:
        """JPEG pictures; ``stream_lost`` where they end before ``timeout_ms`` and nobody closed them."""
        sub_id = groups.seeing(modality, parts)
        with self._anew_after_trouble():
            service, device = self._ready(modality, sub_id, REGISTRATION)
            begun_ms = self._clock.now_ms()
            body = messages.preview(device.id, sub_id, timeout_ms)
            reply = self._line.open(service.port, service.dialect, body, SILENCE_S, CONNECT_S)
            self._preview = reply
            try:
                if reply.kind == "application/json":
                    raise messages.preview_error(reply.said(SAID_BYTES_MAX), device.provider)
                yield from self._frames(reply, begun_ms + timeout_ms + int(SILENCE_S * 1000))
            finally:
                still_ours = self._preview is reply
                self._end_preview()
                reply.close()
            if still_ours and self._clock.now_ms() - begun_ms < timeout_ms - EARLY_MS:
                raise Unreachable("stream_lost", "the pictures ended")

    def close(self) -> None:
        """End a preview and forget who is there."""
        self._end_preview()
        self._proved = []

    # -- how -----------------------------------------------------------------------------------------

    def _asked_for(
        self, service: Service, asked: Asked, call: Call, *, previous: str = "", domain_uri: str = ""
    ) -> tuple[Element, ...]:
        """What a device answers to one press."""
        body = messages.capture(
            asked.press,
            asked.device.id,
            purpose=asked.purpose,
            env=asked.device.env,
            transaction=asked.transaction,
            now_unix_ms=self._now_unix_ms(),
            previous=previous,
            domain_uri=domain_uri,
        )
        wait_s = asked.press.timeout_ms / 1000 + MARGIN_S
        raw = self._line.ask(service.port, service.dialect, call, body, wait_s, CONNECT_S)
        return messages.elements(raw, call, asked.device.provider)

    def _ready(self, modality: Modality, sub_id: str, purpose: str) -> tuple[Service, Device]:
        """The proved device for a capture, found the same and Ready this very moment."""
        self._end_preview()
        service, device = self._chosen(modality, sub_id, purpose)
        while (trouble := self._trouble_now(service, device)) is not None:
            if trouble.cause != "busy" or self._let_go_ms is None:
                raise trouble
            if self._clock.now_ms() - self._let_go_ms >= self._settle_ms:
                raise trouble
            self._clock.sleep_ms(AGAIN_MS)
        self._let_go_ms = None
        return service, device

    def _trouble_now(self, service: Service, device: Device) -> DeviceError | None:
        """What keeps a proved device from capturing now."""
        found = self._search.look(service, device.identity.modality)
        now = next((one for one in found if one.id == device.id), None)
        if now is None:
            silent = next((one for one in found if not one.id), None)
            return _trouble_of(silent) if silent is not None else Unreachable("unplugged", "the device left")
        if (now.code, now.certification) != (device.code, device.certification):
            return Unreachable("other_device", "another device under its id")
        return _trouble_of(now)

    def _chosen(self, modality: Modality, sub_id: str, purpose: str) -> tuple[Service, Device]:
        """A proved device for these parts: of those known, else of the known services, else of all."""
        troubles: list[DeviceError] = []
        for look in (None, self._search.known, self._search.all):
            if look is not None:
                troubles = self._prove(_services(look()))
            for service, device in self._proved:
                if device.does(modality, sub_id, purpose):
                    return service, device
        if troubles:
            raise troubles[0]
        if any(device.identity.modality is modality for _, device in self._proved):
            raise Refused("unsupported", f"no {modality} device for this")
        raise Unreachable("unplugged", f"no {modality} device")

    def _prove(self, services: list[Service]) -> list[DeviceError]:
        """Have every device of ``services`` prove itself; what went wrong with the others."""
        self._proved, troubles = [], []
        for service in services:
            body = messages.information()
            try:
                raw = self._line.ask(service.port, service.dialect, Call.INFORMATION, body, LOOK_S, CONNECT_S)
                words = messages.words(raw)
            except DeviceError as error:  # one program's trouble is not another's
                troubles.append(error)
                continue
            for word, code in words:
                try:
                    if not word:
                        raise error_of(code, Call.INFORMATION)
                    device = checks.device_of(word, self._anchors, self._now_unix_ms())
                    self._proved.append((service, device))
                except DeviceError as error:
                    troubles.append(error)
        return troubles

    def _is_off(self, device: Device) -> bool:
        return device.told_ms is not None and checks.clock_off(device.told_ms, *self._clocks())

    def _clocks(self) -> tuple[int, int]:
        """The province's time and the PC's."""
        return self._now_unix_ms(), self._pc_unix_ms()

    def _frames(self, reply: Reply, until_ms: int) -> Iterator[bytes]:
        """Frames until the stream ends, breaks, outlives its time, or is hung up by ourselves."""
        try:
            for frame in reply.frames():
                if self._preview is not reply or self._clock.now_ms() > until_ms:
                    return  # or it was on its way when the stream was hung up
                yield frame
        except Unreachable as error:
            if self._preview is reply:
                raise Unreachable("stream_lost", error.cause) from error

    def _end_preview(self) -> None:
        """Hang up the preview, if there is one; whoever reads it lets go of the rest."""
        if self._preview is not None:
            self._preview.hang_up()
            self._preview, self._let_go_ms = None, self._clock.now_ms()

    @contextmanager
    def _anew_after_trouble(self) -> Iterator[None]:
        """Whoever failed for another reason than the hands' must prove itself again."""
        try:
            yield
        except DeviceError as error:
            if not isinstance(error, NeedsHands):
                self._proved = []
            raise


def _named(transaction: str) -> str:
    if not _TRANSACTION.fullmatch(transaction):
        raise Refused("bad_command", "no name of a transaction")
    return transaction


def _services(found: tuple[tuple[Service, Found], ...]) -> list[Service]:
    return list(dict.fromkeys(service for service, _ in found))


def _trouble_of(found: Found) -> DeviceError | None:
    """What keeps a device from being asked, by its discovery."""
    if found.status == _READY and found.error in ("0", ""):
        return None
    return error_of(_CODES.get(found.status, found.error), Call.REGISTRATION)


def _state_of(trouble: DeviceError | None) -> tuple[_State, Cause | None]:
    if trouble is None:
        return "ready", None
    if trouble.cause == "busy":
        return "busy", "busy"
    return ("needs_hands" if isinstance(trouble, NeedsHands) else "error"), trouble.cause
