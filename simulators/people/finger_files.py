"""What the centre would hand over of a person's index finger: a template of the counter's reader, as a file.

It is made from one good impression, another one than any reader will ever see of the same finger.
"""

from __future__ import annotations

from simulators.people import fingers
from simulators.people.whose_finger import biometric_seed
from simulators.r30x import minutiae

IMPRESSION = 0x434E  # the centre's own
TRIES = 8


def index_template(nik: str, finger: int) -> bytes:
    """The template (512 bytes) of finger 0-9 of whoever has this NIK; the same every time.

    ValueError where none of the tries shows enough.
    """
    master = fingers.master(biometric_seed(nik), finger)
    for number in range(TRIES):
        found = minutiae.template(fingers.impression(master, IMPRESSION + number, fingers.EVERYDAY))
        if found is not None:
            return found
    raise ValueError(f"finger {finger} shows too little")
