"""Kernels for the engines: recipes at small shapes, and ones that are wrong on few inputs."""

from collections.abc import Sequence
from functools import cache

from cycleproof.artifact.strip import strip
from cycleproof.engine import stream
from cycleproof.engine.result import Part
from cycleproof.engine.sliced import Sliced
from frozen.artifact import Artifact
from frozen.harness import compare
from frozen.machine import Machine
from frozen.ops import Program
from frozen.problem import Inputs, Shape, inputs_from_seed, memory_image
from frozen.program import program_digest
from solution import recipe
from tests.support.programs import Bundles

JUDGED = 64
RECIPES = [row.name for row in recipe.load_all()]
SHAPES = {
    "records": Shape(6, 9, 256),
    "best": Shape(10, 16, 256),
    "best-indexed": Shape(10, 16, 256),
}


def artifact(program: Program, shape: Shape, cycles: int | None = None) -> Artifact:
    return Artifact(shape, cycles or len(program), {}, program, program_digest(program))


@cache
def of_recipe(name: str, shape: Shape | None = None) -> Artifact:
    shape = shape or SHAPES.get(name, Shape(6, 9, 32))
    return artifact(strip(recipe.load(name).build(shape, [])).program, shape)


def wrong_one_in(subject: Artifact, bits: int, word: int = 0) -> Artifact:
    """The kernel, but lane 0 is off by one where its output ends in the low bits of ``word``."""
    mask = (1 << bits) - 1
    more: Bundles = [
        {"load": [["const", 0, subject.shape.values_p], ["const", 1, mask]]},
        {"load": [["load", 2, 0], ["const", 3, word & mask]]},
        {"alu": [["&", 4, 2, 1]]},
        {"alu": [["==", 4, 4, 3]]},
        {"alu": [["^", 2, 2, 4]]},
        {"store": [["store", 0, 2]]},
    ]
    return artifact([*subject.program, *more], subject.shape, subject.cycles + len(more))


def is_wrong(subject: Artifact, inputs: Inputs) -> bool:
    """Whether the frozen simulator says that an output is not the reference's."""
    run = Machine(subject.program).run(memory_image(subject.shape, inputs))
    return not compare(subject.shape, inputs, run)["pass"]


def expected_of(subject: Artifact, sliced: Sliced, key: Sequence[int], seeds: int) -> Part:
    """What LLVM finds on a wrong kernel's first seeds: the control of another engine.

    The frozen simulator runs each wrong one and the first ``JUDGED``. Raises ``ValueError`` where
    it disagrees, and where no seed is wrong: an engine that finds nothing would pass.
    """
    from cycleproof.engine.llvm.compiled import Compiled

    part = Compiled(sliced).bulk(key, stream.JUDGED, 0, seeds)
    for index in sorted({*range(min(JUDGED, seeds)), *part.wrong_seeds}):
        wrong = is_wrong(subject, stream.inputs(subject.shape, key, index))
        if wrong != (index in part.wrong_seeds):
            raise ValueError(f"LLVM and the frozen simulator disagree on seed {index}")
    if not part.wrong:
        raise ValueError(f"none of {seeds:,} control seeds is wrong")
    return part


def some_inputs(shape: Shape, count: int = 3) -> list[Inputs]:
    return [inputs_from_seed(seed, shape) for seed in range(count)]
