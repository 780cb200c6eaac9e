"""Ablation: each variant differs from the recipe in one idea that the recipe uses."""

import pytest

from solution import ablate, recipe
from solution.__main__ import main
from solution.errors import BadRecipe


def test_variants_switch_off_one_idea_each() -> None:
    options = {"select": 2, "pairs": [3, 5, 7], "nested": True, "hints": "x", "justify": 2}
    best = recipe.Recipe("r", "x", 1, "graph", options)
    rows = list(ablate.variants(best))
    plain = {"select": 2, "pairs": [3, 5, 7], "nested": True, "justify": 2}
    assert rows[0] == ("nothing", best._replace(options=plain))
    changed = {
        idea: {key for key in plain if variant.options[key] != plain[key]}
        for idea, variant in rows[1:]
    }
    assert changed == {
        "tables in one another": {"nested"},
        "the third record table": {"pairs"},
        "all record tables": {"pairs", "nested"},
        "justification": {"justify"},
    }


def test_scalar_recipes_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ablate", "--recipe", "packed"]) == BadRecipe.status
    assert "only graph recipes" in capsys.readouterr().err
