"""Reading a consignment's manifest from a file; its form is domain/manifest.py."""

from __future__ import annotations

from pathlib import Path

from domain.manifest import names_of
from hub.home import Trouble


def read(path: Path) -> list[str]:
    """The names in ``path``, as written everywhere. Raises Trouble naming the first line that is wrong."""
    try:
        return names_of(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise Trouble(f"{path} is no text file.") from None
    except ValueError as error:
        raise Trouble(f"{path}, {error}.") from None
