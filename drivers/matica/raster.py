"""A side's RGB picture to the machine's planes. Pure; source: PROTOCOL.md §5.1.

Our picture stands in the middle of the machine's image, which is a little larger than a card. At 600 dots an
inch ink is enlarged smoothly, black dot by dot: a thin black line must not be smoothed out of its panel.
"""

from PIL import Image, ImageChops

from drivers import inks
from drivers.card_printer import HEIGHT, SIDE_BYTES, WIDTH
from drivers.matica.job import Face, Plane
from drivers.matica.models import Model, Ribbon

BLACK_MAX = 6
"""With colour ink a dot is black where its largest channel is at most this."""


def faces(model: Model, ribbon: Ribbon, front: bytes, back: bytes | None) -> tuple[Face, ...]:
    """One face for the front and, if there is a picture for it, one for the back.

    Each picture is RGB, 1016 x 648, rows top to bottom (``SIDE_BYTES`` long). ValueError if one is not, or if
    a side would have nothing on it.
    """
    found = [_face(model, ribbon.front, front)]
    if back is not None:
        found.append(_face(model, ribbon.back, back))
    if not all(found):
        raise ValueError(f"a white side has nothing a {ribbon.word} ribbon could print.")
    return tuple(found)


def _face(model: Model, letters: str, rgb: bytes) -> Face:
    if len(rgb) != SIDE_BYTES:
        raise ValueError(f"a side is {SIDE_BYTES} bytes of RGB, not {len(rgb)}.")
    picture = Image.frombuffer("RGB", (WIDTH, HEIGHT), rgb, "raw", "RGB", 0, 1)
    planes: dict[str, Image.Image] = {}
    if "y" in letters:
        ink = inks.separate(picture, BLACK_MAX)
        planes, black = _enlarged(model, ink)
    else:
        black = _scaled(model, inks.black_alone(picture), Image.Resampling.NEAREST)
    if "k" in letters and black.getbbox() is not None:
        planes = {**planes, "k": black}
    return tuple(Plane(letter, _placed(model, plane)) for letter, plane in planes.items())


def _enlarged(model: Model, ink: inks.Ink) -> tuple[dict[str, Image.Image], Image.Image]:
    """Colour planes and black at the machine's own step, still without colour under the black."""
    if model.scale == 1:
        return ink.planes, ink.black
    black = _scaled(model, ink.black, Image.Resampling.NEAREST)
    free = ImageChops.invert(black)
    smooth = Image.Resampling.BICUBIC
    planes = {
        letter: ImageChops.darker(_scaled(model, plane, smooth), free) for letter, plane in ink.planes.items()
    }
    return planes, black


def _scaled(model: Model, plane: Image.Image, how: Image.Resampling) -> Image.Image:
    return plane.resize((WIDTH * model.scale, HEIGHT * model.scale), how)


def _placed(model: Model, plane: Image.Image) -> bytes:
    """The plane in the middle of the machine's image, standing as the machine wants it."""
    image = Image.new("L", (model.width, model.height), 0)
    image.paste(plane, ((model.width - plane.width) // 2, (model.height - plane.height) // 2))
    if model.turned:
        image = image.transpose(Image.Transpose.ROTATE_180)
    return image.tobytes()
