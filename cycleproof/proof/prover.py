"""Translation validation: the program and the reference, run on terms, must end in one object."""

import gc
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from frozen.decode import Artifact
from frozen.problem import FOREST_P, Shape

from . import refute
from .algebra import Algebra, Stuck
from .certificate import write_certificate
from .execute import Executor, Outcome
from .reference import LaneTerms, idle_terms, initial_memory, reference_terms
from .result import PROVER_VERSION, Counterexample, ProofResult, ProofVerdict, domain, statement
from .solver import Solver, installed
from .sweep import Sweep
from .terms import Term

INSTALL = "pip install 'cycleproof[proof]' brings bitwuzla and z3"
MAX_BITS = 12  # path bits that one table may hang on; the tree's height if that is larger


@dataclass
class Attempt:
    """The two symbolic runs side by side; ``outcome`` is None if the program's got stuck.

    ``witness`` is then the exception's own. ``idle`` are the lanes before lane 0 that a vector of
    a small batch holds as well.
    """

    shape: Shape
    algebra: Algebra
    initial: list[Term]
    lanes: list[LaneTerms]
    idle: list[LaneTerms]
    outcome: Outcome | None
    stuck_on: str
    witness: Term | None = None
    sweep: Sweep | None = None

    def proves(self, cycles: int) -> bool:
        """Whether the two runs agree, and the program takes so many cycles."""
        right = self.outcome is not None and not self.wrong_lanes()
        return right and self.outcome is not None and self.outcome.cycles == cycles

    def wrong_lanes(self) -> list[int]:
        """The lanes whose output word is not, as a term, the reference's."""
        if self.outcome is None:
            return []
        at = self.shape.values_p
        return [
            lane
            for lane, terms in enumerate(self.lanes)
            if self.outcome.memory[at + lane] is not terms.output
        ]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Terms make no cycles worth collecting, and scanning a million of them is slow."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def attempt(artifact: Artifact, *, keep_log: bool = False, solver: Solver | None = None) -> Attempt:
    """Run reference and program on terms; with a solver, sweep for equalities on the way."""
    shape = artifact.shape
    algebra = Algebra(max_bits=max(MAX_BITS, shape.forest_height + 1))
    initial = initial_memory(algebra, shape)
    lanes = reference_terms(algebra, shape, initial)
    idle = idle_terms(algebra, shape, initial)
    sweep = Sweep(algebra, shape, lanes + idle, solver) if solver else None
    outcome, stuck_on, witness = None, "", None
    try:
        outcome = Executor(algebra, artifact.program, keep_log=keep_log, sweep=sweep).run(
            initial, artifact.cycles
        )
    except Stuck as stuck:
        stuck_on, witness = str(stuck), stuck.witness
    except RecursionError:
        stuck_on = "terms nested too deeply"
    return Attempt(shape, algebra, initial, lanes, idle, outcome, stuck_on, witness, sweep)


def prove(artifact: Artifact, *, certificate: bool = False, refutation: bool = True) -> ProofResult:
    """Prove or refute the artifact's program for all inputs of its shape.

    ``certificate``: also write what ``check-proof`` needs. ``refutation``: look for a
    counterexample where there is no proof.
    """
    start = time.perf_counter()
    seconds: dict[str, float] = {}

    def lap(name: str) -> None:
        seconds[name] = round(time.perf_counter() - start - sum(seconds.values()), 3)

    figures: dict[str, Any] = {"prover": PROVER_VERSION}
    notes: list[str] = []
    with _no_collection():
        made = attempt(artifact, keep_log=certificate)
        lap("symbolic")
        found = None
        if not made.proves(artifact.cycles) and refutation:
            found = refute.search(artifact, made)
            lap("refuter")
        if found is None and not made.proves(artifact.cycles):
            made = _fall_back(artifact, made, certificate, figures, notes)
            lap("fallback")
            if made.sweep and not made.proves(artifact.cycles) and refutation:
                found = refute.search(artifact, made)  # better named terms aim better
                lap("second refuter")
        proved = made.proves(artifact.cycles)
        outcome = made.outcome
        figures["terms"] = len(made.algebra)
        if outcome is not None:
            figures |= {"cycles": outcome.cycles, "paths": outcome.paths}
        written = None
        if proved and certificate and outcome is not None:
            written = write_certificate(artifact, made, outcome)
        facts = _facts(artifact, made)
    seconds["all"] = round(time.perf_counter() - start, 3)
    figures["seconds"] = seconds
    verdict, stuck_on = ProofVerdict.UNKNOWN, ""
    text = f"nothing established for {domain(artifact.shape)}"
    if proved and outcome is not None:
        verdict, text = ProofVerdict.PROVED, statement(artifact.shape, outcome.cycles)
    elif found is not None:
        verdict = ProofVerdict.REFUTED
        text = f"refuted ({found.origin}): {found.complaint}{_breadth(found)}"
    else:
        stuck_on = made.stuck_on or _difference(artifact, made)
    return ProofResult(verdict, text, figures, found, stuck_on, *facts, tuple(notes), written)


def _fall_back(
    artifact: Artifact,
    made: Attempt,
    keep_log: bool,
    figures: dict[str, Any],
    notes: list[str],
) -> Attempt:
    """The attempt with a sweep by the first solver there is; the one at hand if there is none."""
    if made.outcome is not None and not made.wrong_lanes():
        return made  # only the count of cycles is wrong, and no equality mends that
    solvers = installed()
    if not solvers:
        notes.append(f"the fallback was not run: no SMT solver is installed ({INSTALL})")
        return made
    name = next(iter(solvers))
    with closing(Solver(name)) as solver:
        swept = attempt(artifact, keep_log=keep_log, solver=solver)
    merged = swept.sweep.merged if swept.sweep else 0
    figures["fallback"] = {
        "solver": f"{name} {solvers[name]}",
        "questions": solver.questions,
        "merged": merged,
    }
    notes.append(
        f"fallback: {merged} words named by {name} {solvers[name]},"
        f" asked {solver.questions} questions"
    )
    return swept


def _breadth(found: Counterexample) -> str:
    return (
        "" if found.judged else "; this input has words of 2**30 or more, outside the judged domain"
    )


def _difference(artifact: Artifact, made: Attempt) -> str:
    wrong = made.wrong_lanes()
    if not wrong and made.outcome is not None:
        return f"it takes {made.outcome.cycles} cycles, the artifact claims {artifact.cycles}"
    return (
        f"{len(wrong)} of {made.shape.batch_size} output words could not be shown equal to the"
        f" reference's; the first is lane {wrong[0]}'s"
    )


def _facts(artifact: Artifact, made: Attempt) -> tuple[str, str]:
    """Final indices and the forest, each held against the reference word by word."""
    if made.outcome is None:
        return "unknown", "unknown"
    shape, memory = made.shape, made.outcome.memory
    lanes = range(shape.batch_size)
    indices = [memory[shape.indices_p + lane] for lane in lanes]
    forest = range(FOREST_P, shape.indices_p)
    right = all(indices[lane] is made.lanes[lane].index for lane in lanes)
    untouched = all(term is made.algebra.zero for term in indices)
    kept = all(memory[at] is made.initial[at] for at in forest)
    seen = {} if (right or untouched) and kept else refute.leftovers(artifact)
    index_fact = forest_fact = "unknown"
    if right:
        index_fact = "proved right"
    elif untouched:
        index_fact = "proved left at zero"
    elif seen.get("indices") == "wrong":
        index_fact = "refuted: overwritten with other values"
    if kept:
        forest_fact = "proved unchanged"
    elif seen.get("forest_preserved") is False:
        forest_fact = "refuted: overwritten"
    return index_fact, forest_fact
