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
from solution.graph import keys, options, plan
from solution.graph.build import Built
from solution.graph.check import Illegal
from solution.search import Search, evaluate, mixes, trial
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


@pytest.mark.parametrize("name", ["best", "best-indexed", "forked", "records"])
def test_drawn_mixes_stay_legal_and_reach_every_choice(name: str) -> None:
    choices = {key: value for key, value in recipe.load(name).options.items() if key != "hints"}
    before = json.dumps(choices)
    seen: dict[tuple[str, str], set[str]] = {}
    for number in range(300):
        for changed in (mixes.near(choices, Random(number)), mixes.fresh(choices, Random(number))):
            options.parse(changed)
            for choice in mixes.CHOICES:
                row = changed.get(choice.name, {})
                value = row.get(choice.level) if choice.level else row
                seen.setdefault((choice.name, choice.level), set()).add(json.dumps(value))
    assert json.dumps(choices) == before
    wanted = {
        ("third", ""): choices.get("forked", False),
        ("late", ""): True,
        ("flow", "0"): "indices" in choices,
        ("chained", ""): True,
        ("scalar", "7"): True,
    }
    for place, reached in wanted.items():
        assert (len(seen[place]) > 2) == reached, place


def test_a_mix_too_dear_is_not_scheduled(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = trial.Bench()
    monkeypatch.setattr(trial, "Scheduler", lambda *_: None)  # what schedules would fail
    choices = {key: value for key, value in recipe.load("best").options.items() if key != "hints"}
    parent = trial.Candidate(860, 0, choices, [])
    assert 868 < bench.mixed(choices).floor < recipe.load("best").cycles + 1
    assert bench.trial(parent, 1, 1) == trial.Candidate(trial.LIMIT, 0, choices, [])


def test_keys_carried_to_another_mix_keep_their_ops() -> None:
    choices = {key: value for key, value in recipe.load("best").options.items() if key != "hints"}
    graphs = []
    for chained in ((), (1, 2, 4)):
        chosen = options.parse({**choices, "chained": [*chained]})
        graphs.append(Built(SMALL, chosen, plan.make(SMALL, chosen, [])).graph)
    old, new = graphs
    found = [7 * op % 1000 + 20 for op in range(len(old.ops))]
    assert trial.carried(old, found, old) == found
    result = trial.carried(old, found, new)
    assert len(result) == len(new.ops)
    assert min(result) >= 0
    labels = [op.label for op in old.ops]
    last, moved = labels.index("g3 r0 L0 b"), [op.label for op in new.ops].index("g3 r0 L0 b")
    assert result[moved] == found[last]
    lost = next(op for op in range(len(old.ops)) if labels.count(old.ops[op].label) == 1)
    fewer = [key for op, key in enumerate(found) if op != lost]
    old.ops[lost] = old.ops[lost]._replace(label="an op of its own")
    before = trial.carried(old, [*fewer[:lost], 3, *fewer[lost:]], new)[lost]
    users = [op for op, preds in enumerate(new.preds) if lost in preds]
    assert before == max(0, min((found[user] for user in users), default=0) - 8)
