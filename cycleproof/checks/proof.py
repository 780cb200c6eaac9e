"""The check ``proof``: right for all inputs of the shape, proved and the proof checked."""

from dataclasses import dataclass

import click

from frozen.errors import Malformed

from ..audit import audit, require
from ..base.errors import CycleproofError
from ..base.statement import CHOICES, JUDGED, Statement
from ..base.text import command_line, plural
from ..checker import ACCEPTED, CHECKER_VERSION, REJECTED, check_limited
from ..evidence.model import Found, Verdict
from ..proof import ProofResult, ProofVerdict, prove_limited
from ..proof.fallback.solver import installed
from . import Asked, Subject

CHECKING = "checking the proof"
CERTIFICATE = "proof.json"  # in commands for people

STATEMENT_OPTIONS = (
    click.option(
        "--indices",
        type=click.Choice(CHOICES["indices"]),
        default=JUDGED.indices,
        help="Where lanes start: at node 0, or each at any node.  [zero]",
    ),
    click.option(
        "--header",
        type=click.Choice(CHOICES["header"]),
        default=JUDGED.header,
        help="The header of memory: the shape's, or any words.  [known]",
    ),
)
"""What the statement to be proved is; the wider one is for kernels that claim it."""

OPTIONS = (
    *STATEMENT_OPTIONS,
    click.option(
        "--audit",
        is_flag=True,
        help="Close no step of the proof by rules: two SMT solvers must agree on each.",
    ),
)


@dataclass(frozen=True)
class Options(Asked):
    """The statement, and whether solvers go through each step of the proof instead of rules."""

    indices: str = JUDGED.indices
    header: str = JUDGED.header
    audit: bool = False

    @property
    def statement(self) -> Statement:
        """What is to be proved."""
        return Statement(self.indices, self.header)

    @property
    def special(self) -> bool:
        """A wider statement may fail where the contract is kept."""
        return self.statement != JUDGED

    def look(self, artifacts: int) -> CycleproofError | None:
        """Raises ``MissingDependency`` without the solvers, ``UsageError`` for a wider audit."""
        if self.audit and self.statement != JUDGED:
            raise click.UsageError("--audit is for zero indices and the known header")
        if self.audit:
            require()
        return None


def run(subject: Subject) -> Found:
    """Pass if proved and the independent checker accepts the certificate; fail if refuted.

    A counterexample with words of 2^30 or more refutes the statement for all 32-bit words, but
    not the contract, so the check then says that nothing is settled below 2^30.
    """
    said = subject.of(Options).statement
    result = prove_limited(
        subject.artifact.decoded, said=said, certificate=True, tell=subject.tell_proof
    )
    # The same evidence is the same bytes, so how long it took stays out of it.
    figures = {name: value for name, value in result.figures.items() if name != "seconds"}
    figures |= {"indices": result.indices, "forest": result.forest}
    figures |= {} if said == JUDGED else {"statement": said._asdict()}
    notes = [*result.notes]
    again = command_line("prove", subject.artifact.path, *said.options)
    if result.certificate is not None:
        return _checked(subject, result, result.certificate, figures, notes)
    if result.verdict is ProofVerdict.REFUTED and _judged(result):
        return Found(Verdict.FAIL, result.statement, figures, notes, again)
    if result.verdict is ProofVerdict.REFUTED:
        text = f"{result.statement}; nothing established below 2^30"
        return Found(Verdict.UNKNOWN, text, figures, notes, again)
    text = f"{result.statement}; stuck on: {result.stuck_on}"
    return Found(Verdict.UNKNOWN, text, figures, notes, again)


def _checked(
    subject: Subject,
    result: ProofResult,
    certificate: bytes,
    figures: dict[str, object],
    notes: list[str],
) -> Found:
    """The finding on a proof: what counts is the checker's word on its certificate."""
    subject.tell_proof(CHECKING, 0, 0)
    said = subject.of(Options).statement
    try:
        checked = check_limited(subject.artifact.decoded, certificate, statement=said)
    except Malformed as error:
        text = f"proved by the untrusted prover alone: its certificate cannot be used: {error}"
        return Found(Verdict.UNKNOWN, text, figures, notes)
    asked = checked.solvers if checked.solver_queries else ()
    figures |= {
        "checker": CHECKER_VERSION,
        "certificate": checked.verdict,
        "obligations": checked.writes,
        "distinct_obligations": checked.distinct,
        "solver_queries": checked.solver_queries,
        "solvers": {name: installed()[name] for name in asked},
    }
    established = result.statement
    again = command_line(
        "prove", subject.artifact.path, *said.options, "--certificate", CERTIFICATE
    )
    if checked.verdict == ACCEPTED and subject.of(Options).audit:
        audited = audit(subject.artifact.decoded, certificate)
        figures["audit"] = {
            "verdict": audited.verdict,
            "facts": audited.facts,
            "closed": audited.closed,
            "closed_by_rules": audited.closed_by_rules,
            "solvers": audited.solvers,
            "trusted": list(audited.trusted),
        }
        again = command_line("verify", subject.artifact.path, "--audit")
        if audited.verdict != ACCEPTED:
            text = f"the audit did not establish every step: {audited.reason}"
            return Found(Verdict.UNKNOWN, text, figures, notes, again)
        closed = ", ".join(f"{count:,} by {names}" for names, count in audited.closed.items())
        established += f"; audit: {audited.facts:,} facts, none closed by rules: {closed}"
    if checked.verdict == ACCEPTED:
        notes.append(
            f"the certificate was accepted by the independent checker:"
            f" {plural(checked.writes, 'obligation')}, {checked.distinct:,} distinct, solver"
            f" queries: {checked.solver_queries:,}"
        )
        return Found(Verdict.PASS, established, figures, notes)
    what = "rejected" if checked.verdict == REJECTED else "could not settle"
    text = f"the checker {what} the prover's certificate: {checked.reason}"
    return Found(Verdict.UNKNOWN, text, figures, notes, again)


def _judged(result: ProofResult) -> bool:
    return result.counterexample is not None and result.counterexample.judged
