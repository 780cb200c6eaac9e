"""The audit: every fact that a proof leans on, put to two solvers, none closed by our rules.

The checker's rules only say which facts there are. Each distinct one is written by the
definitions (``definitions.py``) and must be unsatisfiable for two independent solvers. What
remains trusted is listed in ``TRUSTED`` and, part by part, in ``docs/audit.md``.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from frozen.artifact import Artifact

from ..base.errors import MissingDependency
from ..base.install import install_hint
from ..base.limits import LimitReached, limited
from ..base.statement import JUDGED, Statement
from ..checker import ACCEPTED, INCONCLUSIVE, Result, check_with_facts
from ..checker.obligations import Fact
from ..checker.vocabulary import Reference
from .definitions import candidates, node_lemma, root_lemma, root_rounds
from .script import Script
from .settle import Settler, ended, uncollected
from .solvers import Allowance, ask, available, side_by_side, versions

TRUSTED = (
    "decoding of the two files",
    "the run over claims",
    "the renaming of lanes",
    "the vocabulary",
    "the op table",
    "the solvers",
)
NEEDED = 2  # solvers that must say "unsat", and none "sat"
MAX_CASES = 64  # of a script that is put at once; one of more is put in parts
BATCH = 256  # cases for one child, about
Progress = Callable[[int, int], None]


class Question(NamedTuple):
    """A fact to be audited: where it was first needed, and ever deeper scripts that say it."""

    place: str
    scripts: tuple[Script, ...]


class Answer(NamedTuple):
    """What became of a question: the script that was closed, and what each solver said of it."""

    question: Question
    script: Script
    said: dict[str, str]

    @property
    def closed(self) -> bool:
        """Whether enough solvers found no input on which the fact fails, and none found one."""
        words = list(self.said.values())
        return words.count("unsat") >= NEEDED and "sat" not in words


class Audit(NamedTuple):
    """The verdict on a certificate by solvers; ``reason`` names the first fact not established."""

    verdict: str
    reason: str
    checked: Result
    facts: int
    closed: dict[str, int]  # facts by the solvers that closed them
    closed_by_rules: int
    solvers: dict[str, str]  # versions
    trusted: tuple[str, ...]


def questions(reference: Reference, facts: Iterator[tuple[Fact, str]]) -> list[Question]:
    """Every fact as scripts, and the lemmas that their indices lean on."""
    listed = [Question(place, candidates(reference, fact)) for fact, place in facts]
    if reference.statement.any_start:
        return [Question("a node's number is followed by one", (node_lemma(reference),)), *listed]
    roots = sorted(set(root_rounds(reference)) - {0})
    distances = {after - before for before, after in zip([0, *roots], roots, strict=False)}
    lemmas = [
        Question(f"every path is at the root after {count} rounds", (root_lemma(reference, count),))
        for count in sorted(distances)
    ]
    return [*lemmas, *listed]


def asked_of(
    artifact: Artifact, data: bytes, statement: Statement = JUDGED
) -> tuple[Result, list[Question]]:
    """The checker's verdict and, of an accepted certificate, the questions; in a limited child.

    Raises ``Malformed`` if ``data`` is no certificate.
    """

    def work() -> tuple[Result, list[Question]]:
        settler = Settler(available()[:1])
        with uncollected():
            checked, obligations = check_with_facts(artifact, data, statement, settler)
        if checked.verdict != ACCEPTED:
            return checked, []
        return checked, questions(obligations.reference, obligations.established())

    try:
        return limited(work)
    except LimitReached as reached:
        return ended(artifact, reached, statement), []


def audit(
    artifact: Artifact,
    data: bytes,
    progress: Progress = lambda *_: None,
    statement: Statement = JUDGED,
) -> Audit:
    """Check a certificate, then have solvers establish every fact that the check leaned on.

    Past a limit of the checker or of the solvers it is inconclusive. ``progress`` is told how many
    answers there are and how many are due. Raises ``Malformed`` if ``data`` is no certificate,
    ``MissingDependency`` without two solvers.
    """
    require()
    checked, asked = asked_of(artifact, data, statement)
    if checked.verdict != ACCEPTED:
        return _result(checked.verdict, checked.reason, checked, [])
    try:
        answers = put(asked, progress)
    except LimitReached as reached:
        return _result(INCONCLUSIVE, f"the audit was ended: {reached}", checked, [])
    for answer in answers:
        if not answer.closed:
            said = ", ".join(f"{name} says {word}" for name, word in answer.said.items())
            reason = f"{answer.question.place}: not established by two solvers: {said}"
            return _result(INCONCLUSIVE, reason, checked, answers)
    return _result(ACCEPTED, "", checked, answers)


def require() -> None:
    """Raise ``MissingDependency`` unless two solvers are installed."""
    if len(available()) < NEEDED:
        raise MissingDependency(
            "the audit needs two of bitwuzla, cvc5 and z3", install_hint("audit")
        )


def _result(verdict: str, reason: str, checked: Result, answers: Sequence[Answer]) -> Audit:
    closed = Counter(
        " and ".join(name for name in sorted(answer.said) if answer.said[name] == "unsat")
        for answer in answers
        if answer.closed
    )
    return Audit(
        verdict,
        reason,
        checked,
        len(answers),
        dict(sorted(closed.items())),
        0,
        versions(available()),
        TRUSTED,
    )


def put(asked: Sequence[Question], progress: Progress = lambda *_: None) -> list[Answer]:
    """Put every question to the solvers, in parallel.

    The first two settle most. Where one of them does not say "unsat", the third is asked; where
    that does not close it either, the next deeper script. Raises ``LimitReached``.
    """
    allowance = Allowance()
    names, done = available(), 0
    answers = [Answer(question, question.scripts[0], {}) for question in asked]
    open_, depth = list(range(len(asked))), 0
    with side_by_side(allowance) as pool:
        while open_ := [number for number in open_ if len(asked[number].scripts) > depth]:
            for number in open_:
                answers[number] = Answer(asked[number], asked[number].scripts[depth], {})
            for solvers in (names[:NEEDED], names[NEEDED:]):
                due = [number for number in open_ if not answers[number].closed]
                jobs = [(name, batch) for batch in _batches(due, answers) for name in solvers]
                done = 0

                def run(job: tuple[str, list[tuple[int, Script]]]) -> None:
                    nonlocal done
                    name, batch = job
                    said = ask(name, [script for _, script in batch], allowance)
                    for (number, _), word in zip(batch, said, strict=True):
                        before = answers[number].said.get(name, "unsat")
                        answers[number].said[name] = word if before == "unsat" else before
                    done += 1
                    progress(done, len(jobs))  # noqa: B023 - run within this turn

                list(pool.map(run, jobs))
            open_ = [number for number in open_ if not answers[number].closed]
            depth += 1
    return answers


def _batches(
    numbers: Sequence[int], answers: Sequence[Answer]
) -> Iterator[list[tuple[int, Script]]]:
    """The scripts of questions, long ones in parts, in batches of about equal work."""
    batch: list[tuple[int, Script]] = []
    work = 0
    for number in reversed(numbers):  # the large lookups come last in a proof, and go first
        base, cases = answers[number].script
        for start in range(0, len(cases), MAX_CASES):
            part = cases[start : start + MAX_CASES]
            batch.append((number, Script(base, part)))
            work += len(part)
            if work >= BATCH:
                yield batch
                batch, work = [], 0
    if batch:
        yield batch


__all__ = ["Answer", "Audit", "Question", "asked_of", "audit", "put", "questions", "require"]
