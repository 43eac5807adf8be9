"""The five calls of SBI: verb, path and purpose, by the names of 0.9.5 and of 1.0. PROTOCOL.md §1. Pure."""

from enum import StrEnum

SPEC = "0.9.5"
"""The version our driver speaks, whatever its verbs are called."""
FIRST_PORT, LAST_PORT = 4501, 4600


class Call(StrEnum):
    """What is asked of a service."""

    DISCOVERY = "discovery"
    INFORMATION = "information"
    REGISTRATION = "registration"
    AUTHENTICATION = "authentication"
    PREVIEW = "preview"


class Dialect(StrEnum):
    """Under which names the calls are known."""

    V095 = "0.9.5"
    V10 = "1.0"


PATHS = {
    Call.DISCOVERY: "/device",
    Call.INFORMATION: "/info",
    Call.REGISTRATION: "/capture",
    Call.AUTHENTICATION: "/capture",
    Call.PREVIEW: "/stream",
}
VERBS: dict[Dialect, dict[Call, str]] = {
    Dialect.V095: {
        Call.DISCOVERY: "MOSIPDISC",
        Call.INFORMATION: "MOSIPDINFO",
        Call.REGISTRATION: "RCAPTURE",
        Call.AUTHENTICATION: "CAPTURE",
        Call.PREVIEW: "STREAM",
    },
    Dialect.V10: {
        Call.DISCOVERY: "SBIDISC",
        Call.INFORMATION: "SBIINFO",
        Call.REGISTRATION: "RCAPTURE",
        Call.AUTHENTICATION: "CAPTURE",
        Call.PREVIEW: "STREAM",
    },
}
UNKNOWN_VERB = frozenset({405, 501})
"""HTTP statuses that say: not under this name."""
