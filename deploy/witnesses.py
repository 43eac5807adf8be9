"""Gets the real programs that the tests are held against, where the machine allows it.

A broker, a database server, a browser and a tracer, from the system's packages. As root on a Debian
machine what is missing is installed; anywhere else it is named, and the tests that need it skip by
that name. Nothing here is needed to run Loket itself. pyscard has no wheel for Linux: it is built here from
its pinned source, once the compiler and the headers are there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

BUILDS = "builds pyscard, the chip reader's library"
CHIP_LOCK = Path(__file__).parent / "lock" / "chip.txt"

# program (or file, by its whole path) to look for -> the Debian package that brings it, and who needs it
WITNESSES: dict[str, tuple[str, str]] = {
    "mosquitto": ("mosquitto", "the real broker"),
    "initdb": ("postgresql", "the real database server"),
    "chromium": ("chromium", "the real browser"),
    "chromedriver": ("chromium-driver", "drives the browser"),
    "strace": ("strace", "counts the journal's syncs"),
    "usbip": ("usbip", "another hand's USB/IP client"),
    "pcscd": ("pcscd", "the real smart-card service"),
    "vpcd-config": ("vsmartcard-vpcd", "a virtual reader for it"),
    "cupsd": ("cups-daemon", "the real print spooler"),
    "ippeveprinter": ("cups-ipp-utils", "the CUPS project's own printer of paper"),
    "dbus-daemon": ("dbus", "ippeveprinter does not start without it"),
    "avahi-daemon": ("avahi-daemon", "nor without this"),
    "fusermount3": ("fuse3", "a file system that forgets what was not synced"),
    "gcc": ("gcc", BUILDS),
    "pkg-config": ("pkg-config", BUILDS),
    "/usr/include/stdlib.h": ("libc6-dev", BUILDS),
    "/usr/include/PCSC/winscard.h": ("libpcsclite-dev", BUILDS),
    f"{sysconfig.get_path('include')}/Python.h": ("python3-dev", BUILDS),
}


def found(program: str) -> bool:
    """Whether a program is there, on the path or where Debian keeps database servers; or a file."""
    if Path(program).is_absolute():
        return Path(program).exists()
    servers = Path("/usr/lib/postgresql").glob(f"*/bin/{program}")
    return bool(shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin") or any(servers))


def missing() -> list[str]:
    """The programs that are not on this machine."""
    return [program for program in WITNESSES if not found(program)]


def install(programs: list[str]) -> None:
    """Bring what is missing from the system's packages; each alone, so that one failure costs one."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], check=False, env=environment, **quiet)  # type: ignore[call-overload]
    for program in programs:
        package = WITNESSES[program][0]
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", package]
        subprocess.run(command, check=False, env=environment, **quiet)  # type: ignore[call-overload]


def build_pyscard() -> None:
    """Into this very environment, from the source whose hash is pinned; where it cannot be, pip says why."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    subprocess.run([*command, "--no-binary", "pyscard", "-r", str(CHIP_LOCK)], check=False)


def main() -> int:
    """Install what can be installed and name what is missing. Never fails: the tests decide."""
    absent = missing()
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if absent and root and shutil.which("apt-get"):
        sys.stderr.write(f"bringing the tests' witnesses: {', '.join(absent)}\n")
        install(absent)
        absent = missing()
    able = not any(WITNESSES[program][1] == BUILDS for program in absent)
    if sys.platform == "linux" and able and find_spec("smartcard") is None:
        build_pyscard()
    for program in absent:
        package, purpose = WITNESSES[program]
        sys.stderr.write(f"missing: {program} ({purpose}; package {package}): its tests will skip by name\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
