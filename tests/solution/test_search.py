"""The search: one seed, one result, in one go or after a kill; it writes no program."""

import json
import tomllib
from concurrent.futures import Future
from pathlib import Path
from random import Random
from typing import Any

import pytest

from frozen.problem import Shape
from solution import recipe
from solution.errors import BadRecipe, MissingDependency
from solution.graph import keys, options
from solution.graph.check import Illegal
from solution.search import Search, evaluate, trial
from solution.search.compiled import library

SMALL = Shape(6, 7, 192)


class Inline:
    """A pool that works where it is asked."""

    def submit(self, function: Any, *arguments: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(function(*arguments))
        return done


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        library()
    except MissingDependency:
        pytest.skip("there is no C compiler")
    monkeypatch.setattr(trial, "JUDGED", SMALL)
    monkeypatch.setattr(trial, "POLISH_ROUNDS", 3)
    monkeypatch.setattr(trial, "FRESH_ROUNDS", 2)
    monkeypatch.setattr("solution.search.GENERATION", 4)
    monkeypatch.setattr("solution.search._bench", None)


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_same_seed_same_result_and_resumed(tmp_path: Path) -> None:
    chosen = recipe.load("best")
    whole = Search(chosen, 7, tmp_path / "whole")
    for _ in range(3):
        whole.step(Inline())  # type: ignore[arg-type]
    for steps in (1, 2):  # killed after one generation, started again
        halves = Search(chosen, 7, tmp_path / "halves")
        for _ in range(steps):
            halves.step(Inline())  # type: ignore[arg-type]
    assert halves.generation == whole.generation == 3
    assert [tuple(row) for row in halves.elite] == [tuple(row) for row in whole.elite]
    other = Search(chosen, 8, tmp_path / "other")
    other.step(Inline())  # type: ignore[arg-type]
    assert other.elite[0].keys != whole.elite[0].keys

    best = whole.elite[0]
    written = tomllib.loads((tmp_path / "whole" / "best.toml").read_text())
    assert written["cycles"] == best.cycles
    assert {**best.choices, "hints": "best.hints"} == written["options"]
    text = (tmp_path / "whole" / "best.hints").read_text()
    assert keys.load(text, len(best.keys), "best.hints") == best.keys
    assert 0 < trial.admit(best) <= best.cycles
    with pytest.raises(Illegal, match="cycles when built"):
        trial.admit(best._replace(cycles=best.cycles - 1))
    state = json.loads((tmp_path / "whole" / "best.7.json").read_text())
    assert set(state) == {"generation", "elite"}


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_trial_is_a_pure_function() -> None:
    parent = trial.Candidate(1 << 20, 0, dict(recipe.load("best-indexed").options), [])
    first = evaluate(parent, 3, 1)
    assert first == evaluate(parent, 3, 1)
    assert first.cycles < 1 << 20
    assert evaluate(first, 3, 2)[:2] <= (1 << 20, 0)


def test_scalar_recipes_cannot_be_searched(tmp_path: Path) -> None:
    from solution.__main__ import main

    assert main(["search", "--recipe", "packed", "--out", str(tmp_path)]) == BadRecipe.status


def test_mutations_reach_the_forked_choices_and_stay_legal() -> None:
    choices = {key: value for key, value in recipe.load("best").options.items() if key != "hints"}
    seen: dict[str, set[int]] = {"third": set(), "stored": set(), "late": set()}
    for number in range(300):
        changed = trial.mutate(choices, Random(number))
        options.parse(changed)
        for name, values in seen.items():
            values.add(changed.get(name, 0))
    assert all(len(values) > 3 for values in seen.values())
    assert "third" not in trial.mutate({"select": 3}, Random(1))
