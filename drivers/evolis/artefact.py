"""Pictures to a job ready to be sent. Pure; imports Pillow, so it belongs in a process that ends."""

from drivers.card_printer import Artefact
from drivers.evolis import job, raster
from drivers.evolis.models import MODELS, RIBBONS, find_model, find_ribbon


def prepare(model: str, ribbon: str, front: bytes, back: bytes | None, stamp_s: int) -> Artefact:
    """The job of one card; see drivers.registry.prepare for shapes. ValueError with one sentence."""
    machine, film = find_model(model), find_ribbon(ribbon)
    if machine is None:
        raise ValueError(f"'{model}' is none of the Evolis models Loket knows ({', '.join(MODELS)}).")
    if film is None:
        raise ValueError(f"'{ribbon}' is none of the ribbons Loket knows ({', '.join(RIBBONS)}).")
    faces = raster.faces(machine, film, front, back)
    return Artefact(job.stream(faces, film, stamp_s), job.count(faces), job.picture(faces))
