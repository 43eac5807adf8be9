"""What the module's processor makes of a picture: its endings and forks, as a template of 512 bytes.

Ridges are enhanced, thinned, and searched for ends and forks; those at the rim, those that face each other
over a gap, and those too close together are not of the finger but of the picture, and go. A mark points along
the ridge that ends, or into the fork: so that it keeps its direction when a smudge makes one of the other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulators.r30x.ridges import Ridges, ridges
from simulators.r30x.skeleton import ends_and_forks, thin
from simulators.r30x.template import MOST, Floats, Marks, pack

FEWEST = 8
"""With fewer marks there is no template."""
APART_PX = 7.0
FACING_PX = 12.0
REACH_PX = (4, 5, 6, 7, 8, 9)


def template(picture: npt.NDArray[np.uint8]) -> bytes | None:
    """The template of a picture (288 x 256, grey, 500 dpi, ridges dark), or None with too few marks."""
    found = marks(picture)
    return pack(found) if len(found) >= FEWEST else None


def marks(picture: npt.NDArray[np.uint8]) -> Marks:
    """At most MOST marks of a picture no wider than 256, best first."""
    seen = ridges(picture)
    lines = thin((seen.wave > 0) & seen.there)
    ends, forks = ends_and_forks(lines)
    at = np.concatenate([ends, forks])
    fork = np.arange(len(at)) >= len(ends)
    kept = seen.inside.ravel()[at]
    found = directed(seen, at[kept], fork[kept])
    found = found.only(np.argsort(-found.quality, kind="stable")[: 3 * MOST])
    found = found.only(np.flatnonzero(genuine(found)))
    return found.only(np.arange(min(len(found), MOST)))


def directed(seen: Ridges, at: npt.NDArray[np.intp], fork: npt.NDArray[np.bool_]) -> Marks:
    """Marks at these flat places: their direction by which side of them is ridge, and their quality."""
    rows, columns = seen.wave.shape
    y, x = (at // columns).astype(np.float32), (at % columns).astype(np.float32)
    turn = seen.turn.ravel()[at]
    reach = np.array(REACH_PX, np.float32)
    side = [
        seen.wave[
            np.clip(np.rint(y[:, None] - way * reach * np.sin(turn)[:, None]).astype(int), 0, rows - 1),
            np.clip(np.rint(x[:, None] + way * reach * np.cos(turn)[:, None]).astype(int), 0, columns - 1),
        ].mean(1)
        for way in (1, -1)
    ]
    lean = np.where(fork, side[1] - side[0], side[0] - side[1])
    turn = np.where(lean >= 0, turn, turn + np.float32(np.pi)) % np.float32(2 * np.pi)
    quality = seen.clean.ravel()[at] * np.clip(np.abs(lean), 0.2, 1)
    return Marks(x, y, turn.astype(np.float32), fork, quality.astype(np.float32))


def genuine(found: Marks) -> npt.NDArray[np.bool_]:
    """Which marks, best first, stay: none near a better one, no two that face each other over a gap."""
    apart = np.hypot(found.x[:, None] - found.x, found.y[:, None] - found.y)
    np.fill_diagonal(apart, np.inf)
    opposed = np.cos(found.turn[:, None] - found.turn) < -0.7
    broken = opposed & (apart < FACING_PX) & in_line(found)
    stays = np.asarray(~broken.any(1))
    for each in range(len(found)):
        if stays[each]:
            stays[each + 1 :] &= apart[each, each + 1 :] >= APART_PX
    return stays


def in_line(found: Marks) -> npt.NDArray[np.bool_]:
    """Whether the way from one mark to another runs along the first one's ridge."""
    over, down = found.x - found.x[:, None], found.y - found.y[:, None]
    aside: Floats = np.abs(over * np.sin(found.turn)[:, None] + down * np.cos(found.turn)[:, None])
    close: npt.NDArray[np.bool_] = aside < 5
    return close
