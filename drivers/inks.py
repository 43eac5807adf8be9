"""RGB to ink, for every family that lays yellow, magenta, cyan and black. Pure; imports Pillow.

Ink is 255 minus the channel (y from blue, m from green, c from red). Black goes to the k panel where the
picture is blackest, and colour ink stays out of there. Everything runs inside Pillow on whole planes.
"""

from dataclasses import dataclass

from PIL import Image, ImageChops

COLOURS = "ymc"
GREY_BLACK_MAX = 114
"""Without colour ink a dot is black up to this grey."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Colour planes (0 none .. 255 full), empty under the black, and the mask of the black (255 there)."""

    planes: dict[str, Image.Image]
    black: Image.Image


def separate(picture: Image.Image, black_max: int) -> Ink:
    """The inks of an RGB picture; black where its largest channel is at most ``black_max``."""
    red, green, blue = picture.split()
    black = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(_up_to(black_max))
    free = ImageChops.invert(black)
    planes = {
        letter: ImageChops.darker(ImageChops.invert(channel), free)
        for letter, channel in zip(COLOURS, (blue, green, red), strict=True)
    }
    return Ink(planes, black)


def black_alone(picture: Image.Image) -> Image.Image:
    """The mask of the black where there is no colour ink."""
    return picture.convert("L").point(_up_to(GREY_BLACK_MAX))


def _up_to(level: int) -> list[int]:
    """A table that turns every amount up to ``level`` into 255 and the others into 0."""
    return [255] * (level + 1) + [0] * (255 - level)
