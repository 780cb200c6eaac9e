"""The trusted half of the proof: checks a certificate against an artifact, and believes neither.

``check`` is the whole interface. It shares with the prover no code but ``frozen/`` (op table,
decoder, problem) and ``base/statement.py``, which inputs are meant. What it establishes and why is
in ``docs/proof.md``.
"""

from typing import NamedTuple

from frozen.artifact import Artifact
from frozen.errors import Malformed
from frozen.problem import Shape
from frozen.program import program_digest

from ..base.gauge import Tell
from ..base.statement import JUDGED, Statement
from .certificate import decode
from .obligations import Obligations, Settle, unasked
from .path import Refusal
from .run import Run
from .vocabulary import Reference

CHECKER_VERSION = "2"
ACCEPTED, REJECTED, INCONCLUSIVE = "accepted", "rejected", "inconclusive"


class Result(NamedTuple):
    """The verdict; ``reason`` names the first step that is not established.

    ``accepted``: the program stops on every input after ``cycles`` cycles, accesses nothing
    outside memory and scratch, and leaves the reference's values at the outputs, for all tree and
    lane words in 0..2^32-1, at ``shape``, on the starts that ``statement`` names.
    """

    verdict: str
    reason: str
    shape: Shape
    statement: Statement
    cycles: int
    writes: int  # obligations put
    distinct: int  # different ones among them
    cases: int
    solver_queries: int = 0  # these two are for the one who settles what the rules do not
    solvers: tuple[str, ...] = ()


def check(
    artifact: Artifact,
    data: bytes,
    statement: Statement = JUDGED,
    settle: Settle = unasked,
    tell: Tell = lambda *_: None,
) -> Result:
    """Check a certificate's bytes against a decoded artifact, and the statement that is asked for.

    ``settle`` has the last word on equations that the rules close neither way, and is believed.
    ``tell``: called with how far it is. Raises ``Malformed`` if the bytes are no certificate.
    """
    return check_with_facts(artifact, data, statement, settle, tell)[0]


def check_with_facts(
    artifact: Artifact,
    data: bytes,
    statement: Statement = JUDGED,
    settle: Settle = unasked,
    tell: Tell = lambda *_: None,
) -> tuple[Result, Obligations]:
    """``check``, and the facts that its verdict leans on (for the audit)."""
    verdict, reason, cycles = ACCEPTED, "", 0
    try:
        certificate = decode(data)
        reference = Reference(artifact.shape, certificate.expressions, statement)
        obligations = Obligations(reference, settle)
        if certificate.shape != artifact.shape:
            raise Refusal(f"the certificate is for {certificate.shape}, not {artifact.shape}")
        if certificate.statement != statement:
            said, asked = certificate.statement, f"what is asked for is {statement.starts}"
            raise Refusal(f"the certificate is for {said.starts}; {asked}; try {said.options}")
        if certificate.program_sha256 != program_digest(artifact.program):
            raise Refusal("the certificate is bound to another program")
        cycles = Run(artifact.program, certificate, obligations).run(tell)
        for name, claim in (("certificate", certificate.cycles), ("artifact", artifact.cycles)):
            if claim != cycles:
                raise Refusal(f"the {name} claims {claim:,} cycles; the program takes {cycles:,}")
    except RecursionError:
        raise Malformed("certificate: nested too deeply") from None
    except Refusal as refusal:
        verdict = REJECTED if refusal.wrong else INCONCLUSIVE
        reason = str(refusal)
    counts = obligations.asked, obligations.distinct, obligations.cases
    result = Result(verdict, reason, artifact.shape, statement, cycles, *counts)
    return result, obligations
