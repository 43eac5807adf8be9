"""The reader on the clerk's desk: which card lies there, and what its chip bears.

Opened for one question and closed again, in the process of whoever asks: the station itself keeps no second
reader, and the library that some readers need stays out of its memory.
"""

from __future__ import annotations

from agent.printing.came_out import TORN
from agent.printing.tagging import told
from agent.trouble import Trouble
from drivers import registry
from drivers.errors import DeviceError, OutcomeUnknown

TIMEOUT_S = 10.0  # long enough to lay the card down


def read(address: str) -> tuple[str, str]:
    """The name of the card on the desk reader, and its tag: hex, "torn", or empty. Raises Trouble."""
    if not address:
        raise Trouble("No reader stands on this desk; scan the card's name and give it with --card.")
    try:
        reader = registry.open_chip(address)
        try:
            uid = reader.uid(TIMEOUT_S)
            try:
                tag = reader.read_tag(uid, TIMEOUT_S)
            except OutcomeUnknown:
                return uid, TORN
        finally:
            reader.close()
    except ValueError as error:
        raise Trouble(str(error)) from error
    except DeviceError as error:
        raise Trouble(f"The card on the desk cannot be read: {error}.") from error
    return uid, "" if tag is None else told(tag)
