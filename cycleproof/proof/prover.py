"""Translation validation: program and reference, run on terms, must give the same objects."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import Any

from frozen.artifact import Artifact
from frozen.ops import VLEN
from frozen.problem import FOREST_P, inputs_from_seed, memory_image

from ..base.budget import BUDGET, Spent, within
from ..base.gauge import Tell
from ..base.limits import LimitReached
from ..base.statement import JUDGED, Statement
from .attempt import Attempt, attempt, one_lane_attempt
from .certificate.write import write_certificate
from .fallback.solver import preferred
from .refuter import bulk
from .refuter import search as refute
from .result import PROVER_VERSION, Counterexample, ProofResult, ProofVerdict, theorem, unsettled

# The stages named to ``tell``, with the cycles run and claimed where a stage runs the program.
ONE_LANE, ALL_LANES = "proof, one lane for all", "proof, all lanes"
FALLBACK, REFUTING = "proof, with a solver", "looking for a counterexample"
WRITING = "writing the certificate"
INDICES_WRONG, FOREST_WRONG = "refuted: overwritten with other values", "refuted: overwritten"
LOOKED_AT = 8  # words of the final indices, or of the forest, whose terms may refute a fact
NOT_RUN = "the fallback was not run: no SMT solver is installed (the extra `proof` brings two)"


@contextmanager
def _no_collection() -> Iterator[None]:
    """Terms hold no circular references worth collecting, and scanning a million is slow."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def prove_limited(
    artifact: Artifact,
    *,
    statement: Statement = JUDGED,
    certificate: bool = False,
    budget: int = BUDGET,
    tell: Tell = lambda *_: None,
) -> ProofResult:
    """``prove`` in a child with limits on memory and time; past them nothing is established.

    ``budget``: seconds of the processor. ``tell`` is called in that child.
    """

    def work(told: Tell) -> ProofResult:
        return prove(artifact, statement=statement, certificate=certificate, tell=told)

    try:
        return within(budget, work, tell)
    except LimitReached as reached:
        text = unsettled(artifact.shape, statement)
        advised = reached.advised if isinstance(reached, Spent) else 0
        reason = f"the prover was ended: {reached}"
        return ProofResult(ProofVerdict.UNKNOWN, text, stuck_on=reason, advised_budget=advised)


def prove(
    artifact: Artifact,
    *,
    statement: Statement = JUDGED,
    certificate: bool = False,
    refutation: bool = True,
    tell: Tell = lambda *_: None,
) -> ProofResult:
    """Prove or refute the artifact's program for all inputs of its shape that ``statement`` names.

    ``certificate``: also write the certificate, for ``check-proof``. ``refutation``: look for a
    counterexample where there is no proof. ``tell``: called with the stage and its cycles.
    """
    start = time.perf_counter()
    seconds: dict[str, float] = {}
    notes: list[str] = []

    def lap(name: str) -> None:
        seconds[name] = round(time.perf_counter() - start - sum(seconds.values()), 3)

    with _no_collection():
        made, found = _attempts(artifact, statement, certificate, refutation, lap, notes, tell)
        outcome = made.equal
        proved = outcome is not None and outcome.cycles == artifact.cycles
        written = None
        if proved and certificate and outcome is not None:
            tell(WRITING, 0, 0)
            written = write_certificate(artifact, made, outcome, statement)
        facts = _facts(artifact, made)
    seconds["all"] = round(time.perf_counter() - start, 3)
    verdict, stuck_on = ProofVerdict.UNKNOWN, ""
    text = unsettled(artifact.shape, statement)
    if proved:
        verdict, text = ProofVerdict.PROVED, theorem(artifact.shape, artifact.cycles, statement)
    elif found is not None:
        verdict = ProofVerdict.REFUTED
        text = f"wrong on {found.place}: {found.complaint}{_breadth(found)}"
    else:
        stuck_on = made.stuck_on or _difference(artifact, made)
    if made.sweep:
        notes.insert(0, str(made.sweep))
    elif verdict is ProofVerdict.UNKNOWN and outcome is None:
        notes.insert(0, NOT_RUN)
    figures = {**_figures(made), "seconds": seconds}
    return ProofResult(verdict, text, figures, found, stuck_on, *facts, tuple(notes), written)


def _attempts(
    artifact: Artifact,
    statement: Statement,
    keep_log: bool,
    refutation: bool,
    lap: Callable[[str], None],
    notes: list[str],
    tell: Tell,
) -> tuple[Attempt, Counterexample | None]:
    """The attempt that counts: for one lane, for all lanes, or for all with a sweep."""

    def at(stage: str) -> Callable[[int], None]:
        return lambda cycles: tell(stage, cycles, artifact.cycles)

    judge = refute.Judge(artifact)
    made: Attempt
    if artifact.shape.batch_size >= VLEN:  # in a smaller batch vectors hold idle lanes too
        made = one_lane_attempt(artifact, statement=statement, keep_log=keep_log, tell=at(ONE_LANE))
        lap("one lane")
        if made.equal and made.equal.cycles == artifact.cycles:
            return made, None
        if refutation:
            tell(REFUTING, 0, 0)
            found = refute.on_first_input(judge)
            lap("first input")
            if found:
                return made, found
    made = attempt(artifact, statement=statement, keep_log=keep_log, tell=at(ALL_LANES))
    lap("symbolic")
    if made.equal and made.equal.cycles == artifact.cycles:
        return made, None
    solver = preferred()
    with closing(solver) if solver else nullcontext():
        tell(REFUTING, 0, 0)
        found = refute.search(judge, made, solver, statement) if refutation else None
        lap("refuter")
        if solver and not made.equal and not (found and found.judged):
            del made  # frees its terms before others are made
            made = attempt(
                artifact, statement=statement, keep_log=keep_log, solver=solver, tell=at(FALLBACK)
            )
            lap("fallback")
            if refutation and not made.equal and made.sweep and made.sweep.merged:
                # The names that it found lead the refuter further.
                tell(REFUTING, 0, 0)
                found = _judged_first(refute.search(judge, made, solver, statement), found)
                lap("second refuter")
    if refutation and not made.equal and not (found and found.judged):
        tell(REFUTING, 0, 0)
        by_seeds, note = bulk.search(judge)
        found = _judged_first(by_seeds, found)
        notes += [note] if note else []
        lap("seeds")
    return made, found


def _judged_first(
    this: Counterexample | None, other: Counterexample | None
) -> Counterexample | None:
    """The one whose input lies in the judged domain, if one's does; else any."""
    return this if this and (this.judged or not other) else other


def _figures(made: Attempt) -> dict[str, Any]:
    figures: dict[str, Any] = {"prover": PROVER_VERSION, "terms": len(made.algebra)}
    if made.outcome is not None:
        figures |= {"cycles": made.outcome.cycles, "paths": made.outcome.paths}
    if made.sweep is not None:
        figures["fallback"] = made.sweep.figures()
    return figures


def _breadth(found: Counterexample) -> str:
    return (
        "" if found.judged else "; this input has words of 2^30 or more, outside the judged domain"
    )


def _difference(artifact: Artifact, made: Attempt) -> str:
    if made.equal is not None:
        return f"it takes {made.equal.cycles:,} cycles, the artifact claims {artifact.cycles:,}"
    wrong = made.wrong_lanes()
    return (
        f"{len(wrong):,} of {made.shape.batch_size:,} output words could not be shown equal to the"
        f" reference's; the first is lane {wrong[0]}'s"
    )


def _facts(artifact: Artifact, made: Attempt) -> tuple[str, str]:
    """Final indices and the forest, each held against the reference word by word.

    One input is enough to refute such a fact: the terms of a few words are evaluated on it, which
    is quick, and if they do not tell, the program is run on it.
    """
    if made.outcome is None:
        return "unknown", "unknown"
    shape, memory = made.shape, made.outcome.memory
    first, lanes = shape.indices_p, range(shape.batch_size)
    image = memory_image(shape, inputs_from_seed(refute.FACT_SEED, shape))
    index_fact = forest_fact = ""
    strange = [lane for lane in lanes if not made.ends_with(first + lane, lane, "index")]
    if not strange:
        index_fact = "proved right"
    elif all(memory[first + lane] is made.algebra.zero for lane in lanes):
        index_fact = "proved left at zero"
    elif any(
        made.final(first + lane, image) not in (None, 0, made.final_index(lane, image))
        for lane in strange[:LOOKED_AT]
    ):
        index_fact = INDICES_WRONG
    changed = [at for at in range(FOREST_P, first) if memory[at] is not made.initial[at]]
    if not changed:
        forest_fact = "proved unchanged"
    elif any(made.final(at, image) not in (None, image[at]) for at in changed[:LOOKED_AT]):
        forest_fact = FOREST_WRONG
    if not (index_fact and forest_fact):
        seen = refute.leftovers(artifact)
        wrong, kept = seen.get("indices") == "wrong", seen.get("forest_preserved") is not False
        index_fact = index_fact or (INDICES_WRONG if wrong else "unknown")
        forest_fact = forest_fact or ("unknown" if kept else FOREST_WRONG)
    return index_fact, forest_fact
