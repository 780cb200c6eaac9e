"""One trial of the search: a pure function of its parent, a seed and its number.

So the same seed gives the same result on any number of processes, and a search that was killed
goes on where it stood. A trial either polishes its parent's keys (justification with noise, all
over or near the end) or takes another mix (see ``mixes``), which starts from its parent's keys,
carried over op by op, or from plain ones. Mixes that the counted price shows to be too dear are not
scheduled. What a trial returns is ranked by the complete, allocated schedule of keys as a hints
file can hold them.
"""

from random import Random
from typing import Any, NamedTuple

from frozen.problem import JUDGED

from ..bounds.counts import count
from ..graph import bundles, check, keys, options, plan, schedule
from ..graph.build import Built
from ..graph.core.justify import QUANTUM
from ..graph.ir import Graph
from . import mixes
from .compiled import Scheduler, words

STAGGERS = (150, 175, 190, 200, 210, 220, 230, 245, 260)
TRIED = 3  # staggers of one fresh mix
FRESH_ROUNDS, CARRIED_ROUNDS, POLISH_ROUNDS = 50, 60, 200
WORSE = 4  # cycles above its parent that a fresh mix may have and still be polished
KEPT = 24  # graphs that a process keeps


class Candidate(NamedTuple):
    """``choices`` as a recipe holds them, without hints; the rank is (cycles, tail)."""

    cycles: int
    tail: int
    choices: dict[str, Any]
    keys: list[int]


class Mixed(NamedTuple):
    """A mix's graph in a scheduler, and ``estimate``: the cycles that plain keys are made for.

    ``floor``: the cycles that its ops need, with ends as measured.
    """

    scheduler: Scheduler
    graph: Graph
    estimate: int
    floor: float


class Bench:
    """The graphs of one process, ``KEPT`` at most."""

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
            self._mixed[name] = Mixed(
                scheduler, graph, schedule.estimate(graph), mixes.floor(graph)
            )
        return self._mixed[name]

    def trial(self, parent: Candidate, seed: int, number: int) -> Candidate:
        """Trial ``number`` of the search with ``seed``."""
        draw = Random(f"{seed}/{number}")
        if parent.keys and draw.random() < 0.5:
            since = draw.choice((0, 0, 0, parent.cycles - 250, parent.cycles - 90))
            mixed, blur = self.mixed(parent.choices), draw.choice((1, 2, 4, 8, 16, 32, 64))
            return self._polish(
                mixed, parent.choices, parent.keys, POLISH_ROUNDS, blur, max(0, since), draw
            )
        choices = parent.choices
        if parent.keys:
            choices = (mixes.near if draw.random() < 0.7 else mixes.fresh)(choices, draw)
        mixed = self.mixed(choices)
        if mixed.floor > parent.cycles:
            return Candidate(LIMIT, 0, choices, [])
        if parent.keys and draw.random() < 0.5:
            start = carried(self.mixed(parent.choices).graph, parent.keys, mixed.graph)
            blur = draw.choice((2, 4, 8, 16, 24, 40))
            best = self._polish(mixed, choices, start, CARRIED_ROUNDS, blur, 0, draw)
        else:
            found = [
                self._fresh(mixed, choices, stagger, draw)
                for stagger in draw.sample(STAGGERS, TRIED)
            ]
            best = min(found, key=lambda candidate: candidate[:2])
        if best.cycles > parent.cycles + WORSE:
            return best
        blur = draw.choice((4, 8, 16, 32))
        return self._polish(mixed, choices, best.keys, POLISH_ROUNDS, blur, 0, draw)

    def _fresh(
        self, mixed: Mixed, choices: dict[str, Any], stagger: int, draw: Random
    ) -> Candidate:
        start = keys.plain(mixed.graph, mixed.estimate, stagger)
        blur = draw.choice((0, 4, 8, 16, 24, 40))
        return self._polish(mixed, choices, start, FRESH_ROUNDS, blur, 0, draw)

    def _polish(
        self, mixed: Mixed, choices: dict[str, Any], start: list[int], rounds: int, blur: int,
        since: int, draw: Random,
    ) -> Candidate:  # fmt: skip
        """Justification from the keys ``start``."""
        best = words(start)
        mixed.scheduler.justify(
            words(start), best, rounds, blur, since, draw.getrandbits(30), LIMIT
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
    program, _ = bundles.make(built.graph, found, first_block, built.buffer_refs)
    return max(count(program).floors().values())


def carried(old: Graph, found: list[int], new: Graph) -> list[int]:
    """Keys for the graph ``new``: those of the ops that ``old`` had, too, under the same name.

    An op that ``old`` lacked is due two cycles before its first user.
    """
    known = dict(zip(_names(old), found, strict=True))
    result = [known.get(name, -1) for name in _names(new)]
    users: list[list[int]] = [[] for _ in result]
    for op, before in enumerate(new.preds):
        for other in before:
            users[other].append(op)
    for op in range(len(result) - 1, -1, -1):
        if result[op] < 0:
            due = min((result[user] for user in users[op]), default=0)
            result[op] = max(0, due - 2 * QUANTUM)
    return result


def _names(graph: Graph) -> list[tuple[str, int]]:
    """A name for each op: its label, and how many had it before."""
    seen: dict[str, int] = {}
    names = []
    for op in graph.ops:
        number = seen[op.label] = seen.get(op.label, -1) + 1
        names.append((op.label, number))
    return names
