"""Random inputs in bulk: the second engine, where its extra is installed, asked last of all."""

from ...base.errors import MissingDependency
from ...engine import run, stream
from ...engine.errors import Unsupported
from ..result import SEED, Counterexample
from .search import Judge

SEEDS = 1 << 17  # as many for every program, so that the same program gets the same answer
MAX_SLOTS = 100_000_000  # interpreted, where the program does not slice
NONCE = bytes(16)
MAX_CONFIRMED = 16  # seeds that the frozen simulator runs again


def search(judge: Judge) -> tuple[Counterexample | None, str]:
    """A seed below 2^30 that the frozen judge does not pass, if one was found; and a note.

    The note says what was done, or how to do it again; it is empty where the engine is missing or
    cannot run the program.
    """
    artifact = judge.artifact
    key = stream.key(artifact.program_sha256, NONCE)
    try:
        engine = run.prepare(artifact)
        count = min(SEEDS, MAX_SLOTS // max(engine.work(), 1))
        part = engine.bulk(key, stream.JUDGED, 0, count, MAX_SLOTS)
    except (MissingDependency, Unsupported):
        return None, ""
    for index in [*part.wrong_seeds, *part.missed_seeds][:MAX_CONFIRMED]:
        inputs = stream.inputs(artifact.shape, key, index)
        name = stream.name(index)
        found = judge.confirm(inputs, f"{SEED}{name}")
        if found:
            return found, f"the same input again: --input {name} --nonce {NONCE.hex()}"
    return None, f"second engine: {part.seeds:,} seeds below 2^30, none shown to be wrong"
