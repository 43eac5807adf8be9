"""Error codes of SBI as causes and reactions: the table of PROTOCOL.md §2. Pure.

The device's own sentence (errorInfo) is never shown: it may be in any language and hold anything.
"""

from drivers.errors import Cause, DeviceError, NeedsHands, Refused, Unreachable
from drivers.sbi.verbs import Call

SUCCESS = "0"

Reading = tuple[str, Cause, type[DeviceError]]
"""What it is for a technician, its word, what the caller does next."""

_UNKNOWN: Reading = ("a code of nobody", "sensor_fault", Unreachable)

_CAPTURE: dict[int, Reading] = {
    0: ("the stream was stopped meanwhile", "stream_lost", Unreachable),
    1: ("time is up", "nothing_there", NeedsHands),
    2: ("the stream is of another device", "busy", Unreachable),
    3: ("a capture is in progress", "busy", Unreachable),
    4: ("no deviceId", "bad_command", Refused),
    5: ("device not connected", "unplugged", Unreachable),
    6: ("purpose", "unsupported", Refused),
    7: ("nothing for the subtype", "nothing_there", NeedsHands),
    8: ("nothing for the sub-device", "nothing_there", NeedsHands),
    9: ("the device is for the other purpose", "unsupported", Refused),
    10: ("capture failed", "sensor_fault", Unreachable),
}
"""700-710 of registration, and the same from 800 on of authentication."""

_READINGS: dict[int, Reading] = {
    100: ("device not registered", "not_registered", Refused),
    101: ("no biometric object", "nothing_there", NeedsHands),
    102: ("no usable picture", "too_few_features", NeedsHands),
    103: ("tamper", "hardware", Refused),
    104: ("management server unreachable", "no_management", Unreachable),
    105: ("image orientation", "bad_placement", NeedsHands),
    106: ("device not found", "unplugged", Unreachable),
    107: ("device key expired", "key_expired", Refused),
    108: ("public key of the domain missing", "not_registered", Refused),
    109: ("number of biometrics", "unsupported", Refused),
    110: ("device not ready", "sensor_fault", Unreachable),
    111: ("device busy", "busy", Unreachable),
    112: ("transactionId", "bad_command", Refused),
    113: ("count does not fit the device", "unsupported", Refused),
    114: ("device type", "bad_command", Refused),
    115: ("env", "bad_command", Refused),
    116: ("count", "bad_command", Refused),
    117: ("value of exception", "bad_command", Refused),
    118: ("exception does not fit the type", "bad_command", Refused),
    119: ("value of bioSubType", "bad_command", Refused),
    120: ("type does not fit the deviceId", "bad_command", Refused),
    121: ("purpose", "unsupported", Refused),
    122: ("subtypes do not fit the type", "bad_command", Refused),
    123: ("previousHash", "bad_command", Refused),
    202: ("no device connected", "unplugged", Unreachable),
    500: ("invalid path", "unsupported", Refused),
    601: ("no stream of a device for Auth", "unsupported", Refused),
    604: ("no deviceId", "bad_command", Refused),
    605: ("device not connected", "unplugged", Unreachable),
    606: ("the device is not for Registration", "unsupported", Refused),
    607: ("device not ready, or busy", "busy", Unreachable),
    608: ("no image", "sensor_fault", Unreachable),
    609: ("the stream's time is up", "stream_lost", Unreachable),
    610: ("stream failed", "stream_lost", Unreachable),
    **{700 + number: reading for number, reading in _CAPTURE.items()},
    **{800 + number: reading for number, reading in _CAPTURE.items()},
    999: ("unknown error", "sensor_fault", Unreachable),
}
_INVALID_JSON: Reading = ("invalid JSON", "bad_command", Refused)

VENDOR_CODES = range(501, 600)
_VENDOR: Reading = ("a vendor's own code", "sensor_fault", Unreachable)
_VENDORS: dict[str, dict[int, Reading]] = {
    "Loket SPECIMEN": {
        520: ("fingers too dry", "finger_dry", NeedsHands),
        521: ("fingers too wet", "finger_wet", NeedsHands),
        522: ("the other hand or eye", "wrong_hand", NeedsHands),
        523: ("glass or lens dirty", "lens_dirty", NeedsHands),
        524: ("sensor failed", "sensor_fault", Unreachable),
    },
}
"""By ``deviceProvider`` of the signed digital id; a real vendor's codes go here once they are known."""


def error_of(code: str, call: Call, provider: str = "") -> DeviceError:
    """The error a code stands for, in an answer to ``call`` of a device made by ``provider``."""
    number = int(code) if code.isascii() and code.isdigit() and len(code) <= 4 else -1
    what, cause, reaction = _reading(number, call, provider)
    return reaction(cause, f"code {number}, {what}" if number >= 0 else what)


def _reading(number: int, call: Call, provider: str) -> Reading:
    if number == 101 and call in (Call.DISCOVERY, Call.INFORMATION):
        return _INVALID_JSON
    if number in VENDOR_CODES:
        return _VENDORS.get(provider, {}).get(number, _VENDOR)
    return _READINGS.get(number, _UNKNOWN)
