"""Kernels for the engines: recipes at small shapes, and ones that are wrong on few inputs."""

from cycleproof.artifact.strip import strip
from frozen.artifact import Artifact
from frozen.problem import Shape, inputs_from_seed
from frozen.program import program_digest
from solution import recipe

RECIPES = [row.name for row in recipe.load_all()]
SHAPES = {
    "records": Shape(6, 9, 256),
    "best": Shape(10, 16, 256),
    "best-indexed": Shape(10, 16, 256),
}


def artifact(program, shape, cycles=None):
    return Artifact(shape, cycles or len(program), {}, program, program_digest(program))


def of_recipe(name, shape=None):
    shape = shape or SHAPES.get(name, Shape(6, 9, 32))
    return artifact(strip(recipe.load(name).build(shape, [])).program, shape)


def wrong_one_in(subject, bits, word=0):
    """The kernel, but lane 0 is off by one where its output ends in the low bits of ``word``."""
    mask = (1 << bits) - 1
    more = [
        {"load": [["const", 0, subject.shape.values_p], ["const", 1, mask]]},
        {"load": [["load", 2, 0], ["const", 3, word & mask]]},
        {"alu": [["&", 4, 2, 1]]},
        {"alu": [["==", 4, 4, 3]]},
        {"alu": [["^", 2, 2, 4]]},
        {"store": [["store", 0, 2]]},
    ]
    return artifact([*subject.program, *more], subject.shape, subject.cycles + len(more))


def some_inputs(shape, count=3):
    return [inputs_from_seed(seed, shape) for seed in range(count)]
