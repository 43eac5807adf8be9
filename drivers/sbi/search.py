"""Which devices answer on a machine: the named port, or every port of 4501-4600. PROTOCOL.md §1, §4.

A port that has answered before is asked first; the whole range only when that does not do.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from drivers.errors import DeviceError, Refused, Unreachable
from drivers.sbi import messages
from drivers.sbi.line import Line
from drivers.sbi.messages import Found
from drivers.sbi.verbs import FIRST_PORT, LAST_PORT, Call, Dialect

THREADS = 5
CONNECT_SEARCH_S, CONNECT_S, LOOK_S = 0.3, 10.0, 5.0


@dataclass(frozen=True, slots=True)
class Service:
    """One program that answers, and the names its calls go by."""

    port: int
    dialect: Dialect


class Search:
    """The services of one machine. ``port`` 0: they are looked for."""

    def __init__(self, line: Line, port: int) -> None:
        self._line = line
        self._port = port
        self._services: tuple[Service, ...] = ()

    def known(self) -> tuple[tuple[Service, Found], ...]:
        """The devices of the services that answered last; of all there are, where one of them fails now."""
        if not self._services:
            return self.all()
        try:
            return tuple(
                (service, device) for service in self._services for device in self.look(service, messages.ANY)
            )
        except DeviceError:
            return self.all()

    def all(self) -> tuple[tuple[Service, Found], ...]:
        """The devices of every service there is. Raises the first trouble where none answers at all."""
        ports = [self._port] if self._port else list(range(FIRST_PORT, LAST_PORT + 1))
        heard, troubles = _sorted(self._at_each(ports))
        self._services = tuple(service for service, _ in heard)
        if not heard:
            told = [error for error in troubles if error.cause != "refused_connection"]
            raise (told or troubles)[0]
        return tuple((service, device) for service, devices in heard for device in devices)

    def look(self, service: Service, kind: str) -> tuple[Found, ...]:
        """The devices of one kind at a known service."""
        return self._ask(service, kind, CONNECT_S)

    def _at_each(self, ports: list[int]) -> Iterable[tuple[Service, tuple[Found, ...]] | DeviceError]:
        if len(ports) == 1:
            return [self._at(ports[0], CONNECT_S)]
        with ThreadPoolExecutor(THREADS, thread_name_prefix="sbi") as pool:
            return list(pool.map(lambda port: self._at(port, CONNECT_SEARCH_S), ports))

    def _at(self, port: int, connect_s: float) -> tuple[Service, tuple[Found, ...]] | DeviceError:
        """Who is at a port, by either name of the question."""
        trouble: DeviceError = Unreachable("refused_connection")
        for dialect in Dialect:
            service = Service(port, dialect)
            try:
                return service, self._ask(service, messages.ANY, connect_s)
            except Refused as error:
                trouble = error
            except DeviceError as error:
                return error
        return trouble

    def _ask(self, service: Service, kind: str, connect_s: float) -> tuple[Found, ...]:
        raw = self._line.ask(
            service.port, service.dialect, Call.DISCOVERY, messages.discovery(kind), LOOK_S, connect_s
        )
        return messages.found(raw)


def _sorted(
    answers: Iterable[tuple[Service, tuple[Found, ...]] | DeviceError],
) -> tuple[list[tuple[Service, tuple[Found, ...]]], list[DeviceError]]:
    heard: list[tuple[Service, tuple[Found, ...]]] = []
    troubles: list[DeviceError] = []
    for answer in answers:
        if isinstance(answer, DeviceError):
            troubles.append(answer)
        else:
            heard.append(answer)
    return heard, troubles
