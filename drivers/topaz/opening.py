"""From an address to the driver of a signature pad: its model, and its model's line."""

from drivers.address import Address
from drivers.card_printer import Clock
from drivers.topaz.models import MODELS, USUAL
from drivers.topaz.pad import TopazPad
from drivers.transports.streams import OpenStream, opener, rate


def opened(address: Address, clock: Clock, open_stream: OpenStream | None = None) -> TopazPad:
    """The pad; its line is not open yet. ValueError if the address says what cannot be."""
    told = dict(address.options)
    model = MODELS.get(told.get("model", USUAL))
    if model is None:
        raise ValueError(f"'{address}': '{told['model']}' is none of {', '.join(MODELS)}.")
    baud = rate(told.get("baud", str(model.baud)), address)
    bits = 8 if model.form == 0 else 7
    return TopazPad(open_stream or opener(address, baud, "O", bits), address, model, clock)
