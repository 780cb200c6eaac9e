"""The trusted half of the proof: checks a certificate against an artifact, and believes neither.

``check`` is the whole interface. It shares with the prover nothing but the frozen op table,
decoder and problem statement. What it establishes and why is in ``docs/proof.md``.
"""

import gc
from collections.abc import Sequence
from typing import NamedTuple

from frozen.artifact import Artifact
from frozen.errors import Malformed
from frozen.problem import Shape
from frozen.program import program_digest

from ..base.budget import BUDGET, within
from ..base.gauge import Tell
from ..base.limits import LimitReached
from ..base.statement import JUDGED, Statement
from .certificate import decode
from .obligations import Obligations
from .path import Refusal
from .run import CHECKING, Execution
from .solver import Solver, available
from .vocabulary import Reference

CHECKER_VERSION = "1"
ACCEPTED, REJECTED, INCONCLUSIVE = "accepted", "rejected", "inconclusive"


class Result(NamedTuple):
    """The verdict; ``reason`` names the first step that is not established.

    ``accepted``: the program stops on every input after ``cycles`` cycles, accesses nothing
    outside memory and scratch, and leaves the reference's values at the outputs, for all tree and
    lane words in 0..2**32-1, at ``shape``, on the starts that ``statement`` names.
    """

    verdict: str
    reason: str
    shape: Shape
    statement: Statement
    cycles: int
    writes: int  # obligations put
    distinct: int  # different ones among them
    cases: int
    solver_queries: int
    solvers: tuple[str, ...]


def check(
    artifact: Artifact,
    data: bytes,
    solvers: Sequence[str] | None = None,
    statement: Statement = JUDGED,
    tell: Tell = lambda *_: None,
) -> Result:
    """Check a certificate's bytes against a decoded artifact, and the statement that is asked for.

    ``solvers``: the SMT solvers that may be asked, all of which must agree; by default the first
    that is installed, if any. ``tell``: called with how far it is. Raises ``Malformed`` if the
    bytes are no certificate.
    """
    collecting = gc.isenabled()
    gc.disable()  # terms make no cycles, and scanning them takes a third of the time
    try:
        return _check(artifact, data, solvers, statement, tell)[0]
    except RecursionError:
        raise Malformed("certificate: nested too deeply") from None
    finally:
        if collecting:
            gc.enable()


def check_with_facts(
    artifact: Artifact, data: bytes, statement: Statement = JUDGED
) -> tuple[Result, Obligations]:
    """``check`` by the rules, and the facts that its verdict leans on (for the audit)."""
    try:
        return _check(artifact, data, None, statement)
    except RecursionError:
        raise Malformed("certificate: nested too deeply") from None


def check_limited(
    artifact: Artifact,
    data: bytes,
    solvers: Sequence[str] | None = None,
    statement: Statement = JUDGED,
    budget: int = BUDGET,
    tell: Tell = lambda *_: None,
) -> Result:
    """``check`` in a child with limits on memory and time; past them it is inconclusive.

    ``budget``: seconds of the processor. ``tell`` is called in that child.
    """
    try:
        return within(budget, lambda told: check(artifact, data, solvers, statement, told), tell)
    except LimitReached as reached:
        return ended(artifact, reached, statement)


def ended(artifact: Artifact, reached: LimitReached, statement: Statement = JUDGED) -> Result:
    """The result of a check that reached a limit."""
    reason = f"the checker was ended: {reached}"
    return Result(INCONCLUSIVE, reason, artifact.shape, statement, 0, 0, 0, 0, 0, ())


def _check(
    artifact: Artifact,
    data: bytes,
    solvers: Sequence[str] | None,
    statement: Statement,
    tell: Tell = lambda *_: None,
) -> tuple[Result, Obligations]:
    certificate = decode(data)
    solver = Solver(available()[:1] if solvers is None else solvers)
    reference = Reference(artifact.shape, certificate.expressions, statement)
    obligations = Obligations(reference, solver)
    verdict, reason, cycles = ACCEPTED, "", 0
    try:
        if certificate.shape != artifact.shape:
            raise Refusal(f"the certificate is for {certificate.shape}, not {artifact.shape}")
        if certificate.statement != statement:
            said = f"the certificate is for {certificate.statement.starts}"
            raise Refusal(f"{said}; what is asked for is {statement.starts}")
        if certificate.program_sha256 != program_digest(artifact.program):
            raise Refusal("the certificate is bound to another program")
        cycles = Execution(artifact.program, certificate, obligations).run(tell)
        for name, claim in (("certificate", certificate.cycles), ("artifact", artifact.cycles)):
            if claim != cycles:
                raise Refusal(f"the {name} claims {claim:,} cycles; the program takes {cycles:,}")
    except Refusal as refusal:
        verdict = REJECTED if refusal.wrong else INCONCLUSIVE
        reason = str(refusal)
    result = Result(
        verdict,
        reason,
        artifact.shape,
        statement,
        cycles,
        obligations.asked,
        obligations.distinct,
        obligations.cases,
        solver.queries,
        solver.names,
    )
    return result, obligations


__all__ = [
    "ACCEPTED",
    "CHECKER_VERSION",
    "CHECKING",
    "INCONCLUSIVE",
    "REJECTED",
    "Malformed",
    "Result",
    "check",
    "check_limited",
    "check_with_facts",
    "ended",
]
