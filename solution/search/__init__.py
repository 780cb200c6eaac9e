"""``search``: improve a recipe of the graph compiler at the judged shape.

Generations of trials (see ``trial``), each from the best candidates so far. The state is a file:
a killed search started again with the same arguments goes on after its last whole generation.
Whenever the best improves, its schedule is made again by the plain build and held against the
legality check; then the recipe and its hints are written, never the program.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .. import files, recipe
from ..errors import BadRecipe
from ..graph import keys
from .trial import Bench, Candidate, admit

HELP = "improve a recipe of the graph compiler; writes the recipe and its hints"
GENERATION = 12
ELITE = 8
_bench: Bench | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``HELP``."""
    parser.add_argument("--recipe", default="best", metavar="NAME", help="default: %(default)s")
    parser.add_argument("--minutes", type=float, default=10.0, help="stop after; default: 10")
    parser.add_argument("--generations", type=int, metavar="N", help="stop after N in all")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--jobs", type=int, default=1, help="processes; default: 1")
    parser.add_argument(
        "--out", type=Path, default=Path("search"), metavar="FOLDER",
        help="where state, recipe and hints go; default: %(default)s",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Search until the time or the generations are over. Raises ``SolutionError``."""
    chosen = recipe.load(arguments.recipe)
    if chosen.compiler != "graph":
        raise BadRecipe(f"recipe {chosen.name}: the search is for recipes of the graph compiler")
    if arguments.jobs < 1 or arguments.minutes < 0:
        raise BadRecipe("--jobs and --minutes: at least 1 and 0")
    search = Search(chosen, arguments.seed, arguments.out)
    end = time.monotonic() + 60 * arguments.minutes
    context = get_context("spawn")  # every worker starts alike, wherever it runs
    with ProcessPoolExecutor(arguments.jobs, mp_context=context) as pool:
        began, before = time.monotonic(), search.generation
        while time.monotonic() < end and search.generation != arguments.generations:
            search.step(pool)
            rate = (search.generation - before) * GENERATION * 60 / (time.monotonic() - began)
            print(f"{search.status()} · {rate:.0f} trials a minute", file=sys.stderr, flush=True)
    return 0


def evaluate(parent: Candidate, seed: int, number: int) -> Candidate:
    """A trial in a worker process, which compiles the core once."""
    global _bench  # noqa: PLW0603
    if _bench is None:
        _bench = Bench()
    return _bench.trial(parent, seed, number)


class Search:
    """The state of one search, kept in ``folder``."""

    def __init__(self, chosen: recipe.Recipe, seed: int, folder: Path) -> None:
        self.seed, self.generation = seed, 0
        self._recipe, self._folder = chosen, folder
        self._file = folder / f"{chosen.name}.{seed}.json"
        choices: dict[str, Any] = {
            key: dict(value) if isinstance(value, dict) else value
            for key, value in chosen.options.items()
            if key != "hints"
        }
        self.elite = [Candidate(1 << 20, 0, choices, [])]
        self._floor = 0
        if self._file.exists():
            state = json.loads(self._file.read_text(encoding="ascii"))
            self.generation = state["generation"]
            self.elite = [Candidate(*row) for row in state["elite"]]
            self._floor = admit(self.elite[0])
        folder.mkdir(parents=True, exist_ok=True)

    def step(self, pool: ProcessPoolExecutor) -> None:
        """One generation: trials from the elite in turn; the best of all stay."""
        first = self.generation * GENERATION
        futures = [
            pool.submit(evaluate, self.elite[number % len(self.elite)], self.seed, first + number)
            for number in range(GENERATION)
        ]
        best = self.elite[0][:2]
        everyone = self.elite + [future.result() for future in futures]
        everyone.sort(key=lambda candidate: candidate[:2])
        self.elite = _distinct(everyone)[:ELITE]
        self.generation += 1
        state = {"generation": self.generation, "elite": self.elite}
        files.write(self._file, [json.dumps(state)])
        if self.elite[0][:2] < best:
            self._floor = admit(self.elite[0])
            self._save()

    def status(self) -> str:
        """One line on how far the search is."""
        best = self.elite[0]
        return (
            f"generation {self.generation} · best {best.cycles} cycles, tail {best.tail}"
            f" · floor of its mix {self._floor}"
        )

    def _save(self) -> None:
        name, best = self._recipe.name, self.elite[0]
        choices = {**best.choices, "hints": f"{name}.hints"}
        files.write(self._folder / f"{name}.hints", [keys.dump(best.keys)])
        lines = [
            f"idea = {json.dumps(self._recipe.idea)}",
            f"cycles = {best.cycles}",
            'compiler = "graph"',
            "",
            "[options]",
            *(f"{key} = {_toml(value)}" for key, value in choices.items()),
        ]
        files.write(self._folder / f"{name}.toml", [f"{line}\n" for line in lines])


def _distinct(candidates: list[Candidate]) -> list[Candidate]:
    """The best candidate of each mix, in order."""
    found: list[Candidate] = []
    for candidate in candidates:
        if all(candidate.choices != other.choices for other in found):
            found.append(candidate)
    return found


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {count}" for key, count in value.items()) + " }"
    return json.dumps(value)
