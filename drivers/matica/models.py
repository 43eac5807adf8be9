"""Models and ribbons as tables: what differs between the machines of the family. Pure.

Source: PROTOCOL.md, the machine; §2.2, §5.1.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """``scale``: dots of its image for one of ours, each way; ``turned``: its image stands on its head."""

    word: str
    width: int
    height: int
    scale: int
    turned: bool


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A ribbon's number in the machine, and the panels we lay with it on each side, in order."""

    word: str
    ink: int
    front: str
    back: str


MODELS = {
    model.word: model
    for model in (
        Model("xid580", 1036, 664, scale=1, turned=False),
        Model("xid8600", 2072, 1328, scale=2, turned=True),
    )
}

RIBBONS = {
    ribbon.word: ribbon
    for ribbon in (
        Ribbon("ymck", 0, "ymck", "ymck"),
        Ribbon("ymckk", 4, "ymck", "k"),
        Ribbon("ymcku", 5, "ymck", "ymck"),
    )
}


def find_model(name: str) -> Model | None:
    """The model a name means, whatever follows it (``XID580ie``); None if it is none of ours."""
    word = name.lower().removeprefix("matica").strip().replace("-", "")
    return next((model for model in MODELS.values() if word.startswith(model.word)), None)


def find_ribbon(name: str) -> Ribbon | None:
    """The ribbon a name means; None if it is none of ours."""
    return RIBBONS.get(name.strip().lower())


def ribbon_of(ink: int | None) -> Ribbon | None:
    """The ribbon the machine's number means; None for none, or one we do not know."""
    return next((ribbon for ribbon in RIBBONS.values() if ribbon.ink == ink), None)
