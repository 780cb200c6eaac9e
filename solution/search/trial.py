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
from ..graph.build import Built
from .compiled import Scheduler, words

SINGLES = {
    "buffer_count": (1, 2, 3, 4, 5), "reserve": (6, 8, 10, 12, 14, 16, 20),
    "late": (0, 1, 2, 3, 4, 5), "stored": (0, 5, 6, 7, 8, 9),
}  # fmt: skip
STEPS = (-4, -2, -1, 1, 2, 4)
STAGGERS = (150, 175, 190, 200, 210, 220, 230, 245, 260)
TRIED = 3  # staggers of one fresh mix
FRESH_ROUNDS, POLISH_ROUNDS = 50, 200
WORSE = 4  # cycles above its parent that a fresh mix may have and still be polished
KEPT = 24  # graphs that a process keeps


class Candidate(NamedTuple):
    """``choices`` as a recipe holds them, without hints; the rank is (cycles, tail)."""

    cycles: int
    tail: int
    choices: dict[str, Any]
    keys: list[int]


class Mixed(NamedTuple):
    """A mix's scheduler, and for each stagger what plain keys need."""

    scheduler: Scheduler
    graph: Any
    estimate: int


class Bench:
    """A process's graphs, as far as it keeps them."""

    def __init__(self) -> None:
        self._mixed: dict[str, Mixed] = {}

    def mixed(self, choices: dict[str, Any]) -> Mixed:
        """The graph of ``choices``, ready to be scheduled."""
        name = repr(sorted(choices.items()))
        if name not in self._mixed:
            if len(self._mixed) == KEPT:
                self._mixed.clear()
            chosen = options.parse(choices)
            graph = Built(JUDGED, chosen, plan.make(JUDGED, chosen, [])).graph
            scheduler = Scheduler(graph, chosen.buffer_count, chosen.reserve)
            self._mixed[name] = Mixed(scheduler, graph, schedule.estimate(graph))
        return self._mixed[name]

    def trial(self, parent: Candidate, seed: int, number: int) -> Candidate:
        """Trial ``number`` of the search with ``seed``."""
        draw = Random(f"{seed}/{number}")
        if parent.keys and draw.random() < 0.5:
            since = draw.choice((0, 0, 0, parent.cycles - 250, parent.cycles - 90))
            mixed, blur = self.mixed(parent.choices), draw.choice((2, 4, 8, 16, 32, 64))
            return self._polish(mixed, parent.choices, parent.keys, blur, max(0, since), draw)
        choices = mutate(parent.choices, draw) if parent.keys else parent.choices
        mixed = self.mixed(choices)
        if mixed.estimate > parent.cycles + WORSE:
            return Candidate(LIMIT, 0, choices, [])
        fresh = [
            self._fresh(mixed, choices, stagger, draw) for stagger in draw.sample(STAGGERS, TRIED)
        ]
        best = min(fresh, key=lambda candidate: candidate[:2])
        if best.cycles > parent.cycles + WORSE:
            return best
        return self._polish(mixed, choices, best.keys, draw.choice((4, 8, 16, 32)), 0, draw)

    def _fresh(
        self, mixed: Mixed, choices: dict[str, Any], stagger: int, draw: Random
    ) -> Candidate:
        start = words(keys.plain(mixed.graph, mixed.estimate, stagger))
        best = words(start)
        blur = draw.choice((0, 4, 8, 16, 24, 40))
        mixed.scheduler.justify(start, best, FRESH_ROUNDS, blur, 0, draw.getrandbits(30), LIMIT)
        return self.rank(mixed, choices, best)

    def _polish(
        self, mixed: Mixed, choices: dict[str, Any], start: list[int], blur: int, since: int,
        draw: Random,
    ) -> Candidate:  # fmt: skip
        best = words(start)
        mixed.scheduler.justify(
            words(start), best, POLISH_ROUNDS, blur, since, draw.getrandbits(30), LIMIT
        )
        return self.rank(mixed, choices, best)

    @staticmethod
    def rank(mixed: Mixed, choices: dict[str, Any], found: Any) -> Candidate:
        """The candidate that the keys ``found`` make once they fit a hints file."""
        fitting = keys.fit(list(found))
        cycles = mixed.scheduler.run(words(fitting), False, LIMIT)
        if cycles < 0:
            return Candidate(LIMIT, 0, choices, fitting)
        return Candidate(cycles, mixed.scheduler.lateness(cycles), choices, fitting)


LIMIT = 1 << 20


def admit(best: Candidate) -> int:
    """Check the candidate's schedule as the plain build makes it; return its slots' floor.

    Raises ``Illegal`` where the schedule breaks a rule or takes other cycles than the trial said.
    """
    chosen = options.parse(best.choices)
    built = Built(JUDGED, chosen, plan.make(JUDGED, chosen, []))
    found = schedule.make(built.graph, chosen, best.keys, [])
    first_block = schedule.first_block(built.graph)
    check.schedule(built.graph, found, first_block, built.buffer_refs)
    if found.cycles != best.cycles:
        raise check.Illegal(f"{found.cycles} cycles when built, {best.cycles} in the search")
    program, _ = emit.bundles(built.graph, found, first_block, built.buffer_refs)
    return max(count(program).floors().values())


def mutate(choices: dict[str, Any], draw: Random) -> dict[str, Any]:
    """One or two changes of the mix."""
    changed = {
        key: dict(value) if isinstance(value, dict) else value for key, value in choices.items()
    }
    mixes = [
        (name, level) for name in ("scalar", "flow") for level in sorted(changed.get(name, {}))
    ]
    if changed.get("forked"):
        mixes.append(("third", ""))
    for _ in range(draw.choice((1, 1, 2))):
        if draw.random() < 0.4 or not mixes:
            name = draw.choice(sorted(SINGLES))
            changed[name] = draw.choice(SINGLES[name])
            continue
        name, level = draw.choice(mixes)
        row: dict[str, Any] = changed[name] if level else changed
        key = level or name
        row[key] = min(max(row.get(key, 0) + draw.choice(STEPS), 0), options.SHARE)
    return changed
