"""Hints help and are never needed: small, right without them, refused when damaged."""

from pathlib import Path

import pytest

from frozen.machine import Machine
from frozen.problem import JUDGED, Shape, inputs_from_seed, memory_image, reference
from solution import recipe
from solution.errors import BadRecipe

LONGER = 15  # cycles that a build without hints may take more
HINTED = [each for each in recipe.load_all() if "hints" in each.options]


def without_hints(each: recipe.Recipe) -> recipe.Recipe:
    options = {key: value for key, value in each.options.items() if key != "hints"}
    return each._replace(options=options)


@pytest.mark.parametrize("each", HINTED, ids=lambda each: each.name)
@pytest.mark.slow
def test_small_and_not_needed(each: recipe.Recipe) -> None:
    assert (recipe.FOLDER / each.options["hints"]).stat().st_size <= 64 << 10
    program = without_hints(each).build(JUDGED, [])
    inputs = inputs_from_seed(5, JUDGED)
    run = Machine(program).run(memory_image(JUDGED, inputs))
    assert run.memory[JUDGED.values_p :] == reference(JUDGED, inputs)[1]
    assert each.cycles < run.cycles <= each.cycles + LONGER


@pytest.mark.parametrize("each", HINTED, ids=lambda each: each.name)
def test_another_shape_does_without(each: recipe.Recipe) -> None:
    notes: list[str] = []
    shape = Shape(4, 3, 16)
    program = each.build(shape, notes)
    assert any("is for another shape" in note for note in notes)
    assert program == without_hints(each).build(shape, [])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [(None, "No such file"), ("0!", "unexpected character '!'"), ("é", "can't decode")],
)
def test_damaged_hints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, complaint: str
) -> None:
    if text is not None:
        (tmp_path / "x.hints").write_text(text, encoding="utf-8")
    monkeypatch.setattr(recipe, "FOLDER", tmp_path)
    damaged = HINTED[0]._replace(options={**HINTED[0].options, "hints": "x.hints"})
    with pytest.raises(BadRecipe, match=r"x\.hints") as caught:
        damaged.build(Shape(2, 2, 8), [])
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
