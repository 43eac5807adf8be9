"""The models of Topaz pads, as a table: their lines, and how their units become a signature's. Pure.

Source: drivers/topaz/PROTOCOL.md section 5. Nothing on the wire says the model, so the address does.
"""

from dataclasses import dataclass

from drivers.topaz.codec import Format

DPI, CLIP_DPI = 410, 275
USUAL = "siglite1x5"


@dataclass(frozen=True, slots=True)
class Model:
    """One model. The span of raw units that the pad's face covers, and its size in logical ones."""

    name: str
    left: int
    right: int
    top: int
    bottom: int
    width: int
    height: int
    baud: int
    form: Format = 0
    lcd: bool = False
    dpi: int = DPI

    def logical(self, x: int, y: int) -> tuple[int, int]:
        """Raw to logical units, held at the edges."""
        return (
            _scaled(x, self.left, self.right, self.width),
            _scaled(y, self.top, self.bottom, self.height),
        )


def _scaled(raw: int, start: int, stop: int, size: int) -> int:
    return max(0, min(size, round((raw - start) * size / (stop - start))))


MODELS: dict[str, Model] = {
    "sigem1x5": Model("SignatureGem 1x5", 400, 2400, 350, 950, 2000, 600, 19200),
    "sigemlcd1x5": Model("SignatureGem LCD 1x5", 400, 2400, 350, 1250, 2000, 900, 19200, 1, True),
    "sigem4x5": Model("SignatureGem 4x5", 500, 2650, 700, 2100, 2150, 1400, 19200),
    "siglite1x5": Model("SigLite 1x5", 500, 2650, 700, 2100, 2150, 1400, 19200),
    "siglitelcd1x5": Model("SigLite LCD 1x5", 400, 2400, 350, 1050, 2000, 700, 19200, lcd=True),
    "siglitelcd4x5": Model("SigLite LCD 4x5", 500, 2600, 500, 2100, 2100, 1600, 38400, lcd=True),
    "clipgem": Model("ClipGem", 485, 2800, 170, 3200, 2315, 3030, 9600, dpi=CLIP_DPI),
    "sigcolor5x7": Model("SigGem Color 5x7", 300, 2370, 350, 1950, 2070, 1600, 115200, lcd=True),
}
