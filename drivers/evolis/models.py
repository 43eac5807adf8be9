"""Models and ribbons as tables: what differs between the machines of the family. Pure.

Source: PROTOCOL.md §5.2, §6. A model is found by the word of its address-free name (``primacy2``) or by
what the machine itself answers to ``Rtp`` (``Evolis Primacy 2``).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """``levels`` of ink a colour dot; a dot counts as black on a colour ribbon up to ``black_max``."""

    word: str
    levels: int
    black_max: int
    duplex: bool


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A ribbon's code in ``Pr`` and ``Pwres``, and the panels it lays on each side, in order."""

    word: str
    code: int
    front: str
    back: str


MODELS = {
    model.word: model
    for model in (
        Model("primacy2", levels=256, black_max=1, duplex=True),
        Model("primacy", levels=256, black_max=6, duplex=True),
        Model("zenius", levels=128, black_max=6, duplex=False),
    )
}

RIBBONS = {
    ribbon.word: ribbon
    for ribbon in (
        Ribbon("ymcko", 0, "ymcko", "ymcko"),
        Ribbon("ymckok", 4, "ymcko", "k"),
        Ribbon("ko", 1, "ko", "ko"),
        Ribbon("k", 100, "k", "k"),
    )
}


def find_model(name: str) -> Model | None:
    """The model a name means, case and spaces aside; None if it is none of ours."""
    return MODELS.get(name.lower().removeprefix("evolis").replace(" ", ""))


def find_ribbon(name: str) -> Ribbon | None:
    """The ribbon a name means; None if it is none of ours."""
    return RIBBONS.get(name.strip().lower())
