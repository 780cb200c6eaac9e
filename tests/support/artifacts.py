"""Artifacts made of programs: recipes of the compiler, or anything a test writes."""

from functools import cache

from cycleproof.artifact.strip import strip
from frozen.artifact import Artifact
from frozen.machine import Machine
from frozen.ops import Program
from frozen.problem import Shape, inputs_from_seed, memory_image
from frozen.program import check_program, program_digest
from solution import recipe

RECIPES = [row.name for row in recipe.load_all()]


def artifact(program: Program, shape: Shape, cycles: int | None = None) -> Artifact:
    """The program as a decoded artifact that claims the cycles one run takes."""
    if cycles is None:
        image = memory_image(shape, inputs_from_seed(0, shape))
        cycles = Machine(program).run(image).cycles  # the machine checks the program, too
    else:
        check_program(program)
    return Artifact(shape, cycles, {}, program, program_digest(program))


@cache
def recipe_artifact(name: str, sizes: tuple[int, int, int]) -> Artifact:
    """A recipe's artifact at a shape, without what does not ship."""
    shape = Shape(*sizes)
    return artifact(strip(recipe.load(name).build(shape, [])).program, shape)
