"""Ablation: each variant differs from the recipe in one idea that the recipe uses."""

import json
from pathlib import Path

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


def test_kept_figures_are_of_the_recipe_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ablate.Row("nothing", 10, 1.5, 2, 3, 4, True)
    monkeypatch.setattr(ablate, "variants", lambda chosen: iter([("nothing", chosen)] * 2))
    monkeypatch.setattr(ablate, "measured", lambda idea, variant, seed: row)
    path = tmp_path / "kept.json"
    assert main(["ablate", "--recipe", "forked", "--write", str(path)]) == 0
    assert ablate.kept(path) == [row, row]
    document = json.loads(path.read_text())
    document["options"]["reserve"] += 1
    path.write_text(json.dumps(document))
    with pytest.raises(BadRecipe, match="run `python -m solution ablate --write`"):
        ablate.kept(path)


@pytest.mark.slow
def test_the_documented_figures_are_what_is_built(root: Path) -> None:
    rows = {row.idea: row for row in ablate.kept(root / ablate.FILE)}
    variants = dict(ablate.variants(recipe.load("best")))
    assert list(rows) == list(variants)
    idea = "justification"
    assert ablate.measured(idea, variants[idea], seed=1) == rows[idea]
