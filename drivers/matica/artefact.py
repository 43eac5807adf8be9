"""Pictures to a card's panels. Pure; imports Pillow, so it belongs in a process that ends."""

from drivers.card_printer import Artefact
from drivers.matica import job, raster
from drivers.matica.models import MODELS, RIBBONS, find_model, find_ribbon


def prepare(model: str, ribbon: str, front: bytes, back: bytes | None) -> Artefact:
    """The panels of one card; see drivers.registry.prepare for shapes. ValueError with one sentence."""
    machine, film = find_model(model), find_ribbon(ribbon)
    if machine is None:
        raise ValueError(f"'{model}' is none of the Matica models Loket knows ({', '.join(MODELS)}).")
    if film is None:
        raise ValueError(f"'{ribbon}' is none of the ribbons Loket knows ({', '.join(RIBBONS)}).")
    faces = raster.faces(machine, film, front, back)
    return Artefact(job.pack(faces), job.count(faces), job.picture(faces))
