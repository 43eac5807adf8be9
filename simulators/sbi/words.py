"""The words and numbers of MOSIP's SBI that everything else here rests on: verbs, parts, sub-ids, errors.

Source: drivers/sbi/PROTOCOL.md. The sentences of the errors up to 112, and of 202, are the published ones;
the others are ours. Tables only, pure.
"""

from __future__ import annotations

SPEC = "0.9.5"
SUCCESS = "0"
ALL = "Biometric Device"
FINGER, IRIS, FACE = "Finger", "Iris", "Face"
REGISTRATION, AUTH = "Registration", "Auth"
READY, BUSY, NOT_READY, NOT_REGISTERED = "Ready", "Busy", "Not Ready", "Not Registered"
ENVS = ("Staging", "Developer", "Pre-Production", "Production")

DISCOVER, INFO, CAPTURE, RCAPTURE, STREAM = "discover", "info", "capture", "rcapture", "stream"
VERBS = {
    "MOSIPDISC": DISCOVER,
    "SBIDISC": DISCOVER,
    "MOSIPDINFO": INFO,
    "SBIINFO": INFO,
    "CAPTURE": CAPTURE,
    "RCAPTURE": RCAPTURE,
    "STREAM": STREAM,
}
"""0.9.5 and the aliases of 1.0."""
PATHS = {DISCOVER: "/device", INFO: "/info", CAPTURE: "/capture", RCAPTURE: "/capture", STREAM: "/stream"}

_HAND = ("IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger")
LEFT_HAND = tuple(f"Left {finger}" for finger in _HAND)
RIGHT_HAND = tuple(f"Right {finger}" for finger in _HAND)
THUMBS = ("Left Thumb", "Right Thumb")
FINGERS = (*LEFT_HAND, *RIGHT_HAND, *THUMBS)
EYES = ("Left", "Right")
UNKNOWN = "UNKNOWN"
GROUPS: dict[tuple[str, str], tuple[str, ...]] = {
    (FINGER, "1"): LEFT_HAND,
    (FINGER, "2"): RIGHT_HAND,
    (FINGER, "3"): THUMBS,
    (IRIS, "1"): ("Left",),
    (IRIS, "2"): ("Right",),
    (IRIS, "3"): EYES,
    (FACE, "0"): (),
}
"""What one press of a sub-id takes, in the order in which it is answered."""
PARTS = {FINGER: FINGERS, IRIS: EYES, FACE: ()}
AUTH_MOST = {FINGER: 10, IRIS: 2, FACE: 1}

POSITIONS = {
    "Right Thumb": 1,
    "Right IndexFinger": 2,
    "Right MiddleFinger": 3,
    "Right RingFinger": 4,
    "Right LittleFinger": 5,
    "Left Thumb": 6,
    "Left IndexFinger": 7,
    "Left MiddleFinger": 8,
    "Left RingFinger": 9,
    "Left LittleFinger": 10,
}
"""ISO/IEC 19794-4:2011, finger positions."""
EYE_NUMBERS = {"Right": 1, "Left": 2}
"""ISO/IEC 19794-6:2011."""

PROVIDER = "Loket SPECIMEN"
"""Its own codes are 520-524."""
ERRORS = {
    "0": "Success",
    "100": "Device not registered",
    "101": "Unable to detect a biometric object",
    "102": "Technical error during extraction",
    "103": "Device tamper detected",
    "104": "Unable to connect to management server",
    "105": "Image orientation error",
    "106": "Device not found",
    "107": "Device public key expired",
    "108": "Domain public key missing",
    "109": "Requested number of biometric (Finger/IRIS) not supported",
    "110": "Device is not ready",
    "111": "Device is Busy",
    "112": "Invalid Transaction ID",
    "114": "The type is not Finger, Iris or Face",
    "115": "The env is not this device's",
    "116": "The count is not a number of parts",
    "117": "An exception is no finger and no iris",
    "118": "An exception is not of this slap or pair",
    "119": "A bioSubType is no finger and no iris",
    "120": "The type is not that of the device",
    "121": "The purpose is not Registration or Auth",
    "122": "The bioSubType or exception does not fit the type",
    "123": "The previous hash is no hash",
    "202": "No device connected",
    "500": "No such URL",
    "501": "The discovery names no type",
    "502": "The type is not Biometric Device, Finger, Face or Iris",
    "520": "The fingers are too dry",
    "521": "The fingers are too wet",
    "522": "The other hand or eye was shown",
    "523": "The glass or lens is dirty",
    "524": "The sensor failed",
    "601": "A device for Auth does not stream",
    "604": "The stream names no device",
    "605": "The device of the stream is not connected",
    "607": "The device is not ready or is busy",
    "608": "The stream has no picture",
    "609": "The stream has timed out",
    "610": "The stream failed",
    "700": "The stream was stopped during the capture",
    "702": "A stream of another device or slap is running",
    "703": "A capture is already running",
    "704": "The capture names no device",
    "705": "The device of the capture is not connected",
    "708": "There is nothing of that type and sub-id",
    "709": "A device for Auth does not capture for Registration",
    "710": "The capture failed",
    "803": "A capture is already running",
    "804": "The capture names no device",
    "805": "The device of the capture is not connected",
    "809": "A device for Registration does not capture for Auth",
    "810": "The capture failed",
}


def error(code: str) -> dict[str, str]:
    """The ``error`` object of any answer."""
    return {"errorCode": code, "errorInfo": ERRORS[code]}
