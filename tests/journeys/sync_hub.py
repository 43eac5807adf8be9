"""The hub's link as a process of its own, to be killed: ``python -m tests.journeys.sync_hub HOME``.

Prints one JSON line when it takes messages; ends with its standard input.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from hub.database import open_database
from hub.home import Home
from hub.link import HubLink


def main() -> None:
    home = Home(Path(sys.argv[1]))
    config = home.config()
    link = HubLink(lambda: open_database(home.database(config)), config.broker, home.keys().sign)
    link.start()
    tick = threading.Event()
    while link.state != "online":
        tick.wait(0.02)
    sys.stdout.write('{"ready": true}\n')
    sys.stdout.flush()
    sys.stdin.read()
    link.stop()


if __name__ == "__main__":
    main()
