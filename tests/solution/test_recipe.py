"""Recipe files: strict reading, clear refusals, honest figures."""

import pytest

from frozen.machine import Machine
from frozen.problem import JUDGED, Shape, inputs_from_seed, memory_image, reference
from solution import recipe
from solution.errors import BadRecipe, DoesNotFit

GOOD = 'idea = "x"\ncycles = 1\ncompiler = "scalar"\n[options]\n'
SCALAR = 'values = "memory"\nwidth = 1\nboundary = "op"\nin_flight = 1\n'
SMALL = Shape(1, 1, 1)


def test_good_file() -> None:
    read = recipe.parse("r", (GOOD + SCALAR).encode())
    assert read[:4] == ("r", "x", 1, "scalar")
    assert read.build(SMALL, [])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "'idea' is missing"),
        ("idea = 1", "idea: expected str, got int"),
        ('idea = "a"\nidea = "b"', "not TOML"),
        ("\xff", "not TOML"),
        (GOOD.replace("cycles = 1", "cycles = true"), "cycles: expected int, got bool"),
        (GOOD.replace("scalar", "vliw"), "compiler 'vliw'; there are: scalar, graph"),
        ("colour = 1\n" + GOOD, "unknown key 'colour'; there are: idea,"),
        (GOOD.replace("[options]", ""), "'options' is missing"),
    ],
)
def test_bad_file(text: str, complaint: str) -> None:
    with pytest.raises(BadRecipe, match="recipe r: ") as caught:
        recipe.parse("r", text.encode("latin-1"))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (SCALAR + "deep = 1\n", "options.deep: unknown"),
        (SCALAR.replace("width = 1\n", ""), "options.width is missing"),
        (SCALAR.replace("width = 1", "width = 4"), "options.width: 4 is none of (1, 8)"),
        (SCALAR.replace("width = 1", "width = true"), "options.width: True is none of"),
        (SCALAR.replace("in_flight = 1", "in_flight = 0"), "0 is none of 1..256"),
        (SCALAR.replace('"op"', '"slot"'), "options.boundary: 'slot' is none of"),
        (SCALAR.replace('"op"', "[]"), "options.boundary: [] is none of"),
    ],
)
def test_bad_scalar_options(options: str, complaint: str) -> None:
    with pytest.raises(BadRecipe) as caught:
        recipe.parse("r", (GOOD + options).encode()).build(SMALL, [])
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("shape", "complaint"),
    [
        (Shape(0, 1, 1), "forest_height is 0; recipes cover 1..12"),
        (Shape(13, 1, 1), "forest_height is 13"),
        (Shape(1, 41, 1), "rounds is 41"),
        (Shape(1, 1, 513), "batch_size is 513"),
    ],
)
def test_shapes_out_of_bounds(shape: Shape, complaint: str) -> None:
    with pytest.raises(DoesNotFit, match=complaint):
        recipe.load("baseline").build(shape, [])


def test_unknown_recipe() -> None:
    with pytest.raises(BadRecipe, match=r"no recipe '\.\./baseline'; there are: .*baseline"):
        recipe.load("../baseline")


LIMITS = {"baseline": 147_734, "pipelined": 64_383, "packed": 14_756, "resident": 10_916}
LIMITS |= {"vector": 4_997, "selected": 1_157, "records": 923, "best": 874, "best-indexed": 910}
LIMITS |= {"forked": 880}


@pytest.mark.slow
@pytest.mark.parametrize("read", recipe.load_all(), ids=lambda r: r.name)
def test_cycles_as_stated_and_within_the_rung(read: recipe.Recipe) -> None:
    notes: list[str] = []
    program = read.build(JUDGED, notes)
    inputs = inputs_from_seed(2024, JUDGED)
    run = Machine(program).run(memory_image(JUDGED, inputs))
    assert run.memory[JUDGED.values_p :] == reference(JUDGED, inputs)[1]
    assert run.cycles == read.cycles
    assert run.cycles <= LIMITS[read.name]
    assert notes == []


def test_baseline_is_exact() -> None:
    assert recipe.load("baseline").cycles == LIMITS["baseline"]
