"""One trial of the search: a pure function of its parent, a seed and its number.

So the same seed gives the same result on any number of processes, and a search that was killed
goes on where it stood. A trial either polishes its parent's keys (justification with noise, all
over or near the end) or changes the mix of strategies and schedules afresh. What it returns is
ranked by the complete, allocated schedule of keys as a hints file can hold them.
"""

from random import Random
from typing import Any, NamedTuple

from frozen.problem import JUDGED

from ..bounds.counts import count
from ..graph import check, emit, keys, options, plan, schedule
from ..graph.arrays import Arrays, arrays
from ..graph.build import Built
from .compiled import array, compile_core

SINGLES = {"buffers": (2, 3, 4, 5), "reserve": (6, 8, 12, 16, 20), "late": (0, 1, 2, 3, 4, 5)}
POLISH_ROUNDS = 120
FRESH_ROUNDS = 80


class Candidate(NamedTuple):
    """``choices`` as a recipe holds them, without hints; the rank is (cycles, tail)."""

    cycles: int
    tail: int
    choices: dict[str, Any]
    keys: list[int]


class Bench:
    """A process's compiled core and the graphs that it has met."""

    def __init__(self) -> None:
        self._core = compile_core()
        self._flat: dict[str, Arrays] = {}

    def flat(self, choices: dict[str, Any]) -> Arrays:
        """The arrays of ``choices``, and what plain keys need."""
        name = repr(sorted(choices.items()))
        if name not in self._flat:
            if len(self._flat) > 24:
                self._flat.clear()
            chosen = options.parse(choices)
            graph = Built(JUDGED, chosen, plan.make(JUDGED, chosen, [])).graph
            self._flat[name] = arrays(graph, chosen.buffers, chosen.reserve, array)
            estimate = schedule.estimate(graph)
            self._plain = {
                overlap: keys.plain(graph, estimate, overlap) for overlap in (150, 175, 200, 230)
            }
        return self._flat[name]

    def trial(self, parent: Candidate, seed: int, number: int) -> Candidate:
        """Trial ``number`` of the search with ``seed``."""
        draw = Random(f"{seed}/{number}")
        if parent.keys and draw.random() < 0.6:
            flat = self.flat(parent.choices)
            since = draw.choice((0, 0, parent.cycles - 250, parent.cycles - 90))
            blur = draw.choice((2, 4, 8, 16, 32, 64))
            start, rounds, choices = parent.keys, POLISH_ROUNDS, parent.choices
        else:
            choices = mutate(parent.choices, draw) if parent.keys else parent.choices
            self._flat.clear()
            flat = self.flat(choices)
            since, blur = 0, draw.choice((0, 4, 8, 16, 24))
            start, rounds = self._plain[draw.choice((150, 175, 200, 230))], FRESH_ROUNDS
        best = array(start)
        self._core["justify"](
            flat.graph, flat.state, array(start), best, rounds, blur, since,
            draw.getrandbits(30), LIMIT,
        )  # fmt: skip
        return self.rank(choices, flat, [int(key) for key in best])

    def rank(self, choices: dict[str, Any], flat: Arrays, found: list[int]) -> Candidate:
        """The candidate that ``found`` makes once it fits a hints file."""
        fitting = keys.fit(found)
        cycles, _ = self._core["run"](flat.graph, flat.state, array(fitting), False, LIMIT)
        tail = self._core["lateness"](flat.state[1], cycles) if cycles > 0 else 0
        return Candidate(cycles if cycles > 0 else LIMIT, tail, choices, fitting)


LIMIT = 1 << 20


def admit(best: Candidate) -> int:
    """Check the candidate's schedule as the plain build makes it; return its slots' floor.

    Raises ``Illegal`` where the schedule breaks a rule or takes other cycles than the trial said.
    """
    chosen = options.parse(best.choices)
    built = Built(JUDGED, chosen, plan.make(JUDGED, chosen, []))
    found = schedule.make(built.graph, chosen, best.keys, [])
    first_block = schedule.first_block(built.graph)
    check.schedule(built.graph, found, first_block, built.buffers)
    if found.cycles != best.cycles:
        raise check.Illegal(f"{found.cycles} cycles when built, {best.cycles} in the search")
    program, _ = emit.bundles(built.graph, found, first_block, built.buffers)
    return max(count(program).floors().values())


def mutate(choices: dict[str, Any], draw: Random) -> dict[str, Any]:
    """One or two changes of the mix."""
    changed = {
        key: dict(value) if isinstance(value, dict) else value for key, value in choices.items()
    }
    mixes = [
        (name, level) for name in ("scalar", "flow") for level in sorted(changed.get(name, {}))
    ]
    for _ in range(draw.choice((1, 1, 2))):
        if draw.random() < 0.25 or not mixes:
            name = draw.choice(sorted(SINGLES))
            changed[name] = draw.choice(SINGLES[name])
            continue
        name, level = draw.choice(mixes)
        count = changed[name][level] + draw.choice((-4, -2, -1, 1, 2, 4))
        changed[name][level] = min(max(count, 0), options.SHARE)
    return changed
