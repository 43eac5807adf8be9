"""The hub's home: its configuration, its keys and, unless a server is named, its database.

hub.toml     configuration, 0600 (a database URL may hold a password)
keys/        sign, open: the two secrets of the province, 0600
hub.db       the embedded database
lock         held by the hub that runs
join/        one-time files for stations
recordings/  incoming: packets on their way here; kept: those opened and checked, sealed as they came
"""

from __future__ import annotations

import json
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from pathlib import Path

from domain.keys import OpenKey, SigningKey
from sync import disk

BROKER = "mqtt://127.0.0.1:1883"
EMBEDDED = "hub.db"
PORT_MAX = 65535
BUSY = 5  # SQLite's word for a lock that another has


class Trouble(Exception):
    """Something outside the program is wrong; ``str()`` is one clear sentence."""


@dataclass(frozen=True, slots=True)
class Config:
    """What ``loket-hub init`` was told. ``database`` empty: the embedded one in the home.

    For a broker at mqtts, paths: ``ca`` who signed its certificate, ``cert`` and ``key`` our own.
    """

    database: str = ""
    broker: str = BROKER
    ca: str = ""
    cert: str = ""
    key: str = ""
    web_host: str = "127.0.0.1"
    web_port: int = 0  # 0: any free one


@dataclass(frozen=True, slots=True)
class Keys:
    """The province's secrets: one signs orders and answers, the other opens what is sealed to the hub."""

    sign: SigningKey
    open: OpenKey

    @property
    def content(self) -> bytes:
        """Keys the digests of imported orders: without it a digest does not give a NIK away by guessing."""
        return sha256(b"loket-hub/content|" + b64decode(self.open.text)).digest()


def check_broker(url: str) -> None:
    """Raise Trouble unless it is an address of a broker. Not told on: it may hold a password."""
    from sync.mqtt import parse_url

    try:
        parse_url(url)
    except ValueError:
        raise Trouble(
            f"The broker's address is none; one is written mqtt://HOST:PORT or mqtts://HOST:PORT, "
            f"PORT up to {PORT_MAX}."
        ) from None


class Home:
    """Where things lie. ``root`` need not exist yet."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config_path = root / "hub.toml"
        self.keys_path = root / "keys"
        self.join_path = root / "join"

    def config(self, database: str | None = None, broker: str | None = None) -> Config:
        """The configuration; what a command was told goes before it. Raises Trouble."""
        try:
            kept = tomllib.loads(self.config_path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Trouble(f"There is no hub at {self.root}; `loket-hub init` makes one.") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Trouble(f"{self.config_path} cannot be read: {error}.") from error
        kinds = {field.name: int if field.name == "web_port" else str for field in fields(Config)}
        for name, value in kept.items():
            if name not in kinds or type(value) is not kinds[name]:
                raise Trouble(f"{self.config_path} has a setting that is unknown or not of its kind: {name}.")
        config = Config(**kept)
        if bool(config.cert) != bool(config.key):
            raise Trouble(f"{self.config_path}: cert and key go together.")
        if not 0 <= config.web_port <= PORT_MAX:
            raise Trouble(f"{self.config_path}: {config.web_port} is no web_port; one is 0 to {PORT_MAX}.")
        return replace(config, database=database or config.database, broker=broker or config.broker)

    def database(self, config: Config) -> str:
        """The address of the database, for hub.database.open_database."""
        return config.database or str(self.root / EMBEDDED)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one hub that runs at this home; the lock dies with the process. Raises Trouble.

        Two hubs of one name would throw each other off the broker without end.
        """
        import pysqlite3

        place = self.root / "lock"
        try:
            held = pysqlite3.connect(place, timeout=1.0, isolation_level=None)
        except pysqlite3.Error as error:
            raise Trouble(f"{place} cannot be written: {error}.") from error
        try:
            held.execute("BEGIN EXCLUSIVE")
        except pysqlite3.Error as error:
            held.close()
            if getattr(error, "sqlite_errorcode", None) == BUSY:
                raise Trouble(f"Another hub is running at {self.root}; only one may.") from None
            raise Trouble(f"{place} cannot be locked: {error}.") from error
        try:
            yield
        finally:
            held.close()

    def keys(self) -> Keys:
        """The secrets. Raises Trouble when they are not there: nothing can replace them."""
        try:
            sign, opened = ((self.keys_path / name).read_text("ascii").strip() for name in ("sign", "open"))
        except FileNotFoundError:
            raise Trouble(
                f"The keys are missing from {self.keys_path}; restore them from their copy."
            ) from None
        except (OSError, UnicodeDecodeError):
            raise Trouble(f"The keys in {self.keys_path} cannot be read by this user.") from None
        try:
            return Keys(SigningKey(sign), OpenKey(opened))
        except ValueError:
            raise Trouble(f"The keys in {self.keys_path} are none; restore them from their copy.") from None

    def make(self, config: Config) -> bool:
        """Make the home; whether it is new. An existing one keeps its keys and takes the configuration.

        Raises Trouble when an existing one has lost its keys: new ones would open nothing it holds.
        """
        for folder in (self.root, self.keys_path, self.join_path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = not self.config_path.exists()  # written last: without it an earlier making was cut short
        for name, generate in (("sign", SigningKey.generate), ("open", OpenKey.generate)):
            if new and not (self.keys_path / name).exists():
                key: SigningKey | OpenKey = generate()
                disk.put(self.keys_path / name, f"{key.text}\n".encode())
        self.keys()
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in asdict(config).items()]
        disk.put(self.config_path, "".join(lines).encode())
        return new
