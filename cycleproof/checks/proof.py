"""The check ``proof``: right for all inputs of the shape, proved and the proof checked."""

from dataclasses import dataclass, replace

import click

from frozen.errors import Malformed

from ..audit import audit, require
from ..audit.settle import check_limited
from ..audit.solvers import versions
from ..base.budget import BUDGET, MAX_BUDGET
from ..base.errors import CycleproofError
from ..base.statement import CHOICES, JUDGED, Statement
from ..base.text import command_line, plural
from ..checker import ACCEPTED, CHECKER_VERSION, REJECTED
from ..evidence.model import Found, Verdict
from ..proof import ProofResult, prove_limited
from . import Asked, Subject
from .answers import wrong_figures

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

BUDGET_OPTION = click.option(
    "--budget",
    type=click.IntRange(1, MAX_BUDGET),
    default=BUDGET,
    metavar="SECONDS",
    help=f"Seconds of the processor for the proof, and as many for its check.  [{BUDGET}]",
)

OPTIONS = (
    *STATEMENT_OPTIONS,
    BUDGET_OPTION,
    click.option(
        "--audit",
        is_flag=True,
        help="Close no step of the proof by rules: two SMT solvers must agree on each.",
    ),
)


@dataclass(frozen=True)
class Options(Asked):
    """The statement, and how it is proved: the budget of each half, and by rules or by solvers."""

    indices: str = JUDGED.indices
    header: str = JUDGED.header
    budget: int = BUDGET
    audit: bool = False

    @property
    def statement(self) -> Statement:
        """What is to be proved."""
        return Statement(self.indices, self.header)

    @property
    def wider(self) -> bool:
        """Whether more is to be proved than the contract asks for."""
        return self.statement != JUDGED

    @property
    def special(self) -> bool:
        """A wider statement may fail, and a smaller budget be spent, where the contract is kept."""
        return self.wider or self.budget < BUDGET

    @property
    def words(self) -> list[str]:
        """Statement and budget as a command's words."""
        budget = [] if self.budget == BUDGET else ["--budget", str(self.budget)]
        return [*self.statement_words, *budget]

    @property
    def statement_words(self) -> list[str]:
        """The statement as a command's words."""
        asked = zip(Statement._fields, self.statement, JUDGED, strict=True)
        return [word for key, one, usual in asked if one != usual for word in (f"--{key}", one)]

    def look(self, artifacts: int) -> CycleproofError | None:
        """Raises ``MissingDependency`` without the solvers."""
        if self.audit:
            require()
        return None


def run(subject: Subject) -> Found:
    """Pass if proved and the independent checker accepts the certificate; fail if refuted.

    A counterexample with words of 2^30 or more refutes the statement for all 32-bit words, but
    not the contract, so the check then says that nothing is settled below 2^30.
    """
    asked = subject.of(Options)
    said, words = asked.statement, asked.words
    result = prove_limited(
        subject.artifact.decoded,
        statement=said,
        certificate=True,
        budget=asked.budget,
        tell=subject.tell_proof,
    )
    # The same evidence is the same bytes, so how long it took stays out of it.
    figures = {name: value for name, value in result.figures.items() if name != "seconds"}
    figures |= {"indices": result.indices, "forest": result.forest}
    figures |= {} if said == JUDGED else {"statement": said._asdict()}
    notes = [*result.notes]
    again = command_line("prove", subject.artifact.path, *words)
    if result.certificate is not None:
        return _checked(subject, result, result.certificate, figures, notes)
    found = result.counterexample
    if found is not None and found.judged:
        figures |= wrong_figures(found.answer) | {"wrong_on": found.place}
        return Found(Verdict.FAIL, result.statement, figures, notes, again)
    if found is not None:
        text = f"{result.statement}; below 2^30 nothing is settled"
        return Found(Verdict.UNKNOWN, text, figures, notes, again)
    text = f"{result.statement}: {result.stuck_on}"
    if result.advised_budget:
        more = replace(asked, budget=result.advised_budget)
        again = command_line("verify", subject.artifact.path, *more.words)
    return Found(Verdict.UNKNOWN, text, figures, notes, again)


def _checked(
    subject: Subject,
    result: ProofResult,
    certificate: bytes,
    figures: dict[str, object],
    notes: list[str],
) -> Found:
    """The finding on a proof: what counts is the checker's word on its certificate."""
    options = subject.of(Options)
    said, words = options.statement, options.words
    try:
        checked = check_limited(
            subject.artifact.decoded,
            certificate,
            statement=said,
            budget=options.budget,
            tell=subject.tell_proof,
        )
    except Malformed as error:
        text = f"proved only by the untrusted prover: its certificate cannot be used: {error}"
        return Found(Verdict.UNKNOWN, text, figures, notes)
    asked = checked.solvers if checked.solver_queries else ()
    figures |= {
        "checker": CHECKER_VERSION,
        "certificate": checked.verdict,
        "obligations": checked.writes,
        "distinct_obligations": checked.distinct,
        "solver_queries": checked.solver_queries,
        "solvers": versions(asked),
    }
    established = result.statement
    again = command_line("prove", subject.artifact.path, *words, "--certificate", CERTIFICATE)
    if checked.verdict == ACCEPTED and options.audit:
        audited = audit(subject.artifact.decoded, certificate, statement=said)
        figures["audit"] = {
            "verdict": audited.verdict,
            "facts": audited.facts,
            "closed": audited.closed,
            "closed_by_rules": audited.closed_by_rules,
            "solvers": audited.solvers,
            "trusted": list(audited.trusted),
        }
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
    if checked.verdict != REJECTED and options.budget < BUDGET:
        again = command_line("verify", subject.artifact.path, *options.statement_words)
    text = f"the checker {what} the prover's certificate: {checked.reason}"
    return Found(Verdict.UNKNOWN, text, figures, notes, again)
