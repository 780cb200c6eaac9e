"""The checker with solvers beside it, which have the last word where its rules close nothing.

They are asked as the audit asks: by the definitions, with ever earlier Vs written out.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from frozen.artifact import Artifact

from ..base.budget import BUDGET, within
from ..base.gauge import Tell
from ..base.limits import LimitReached
from ..base.statement import JUDGED, Statement
from ..checker import INCONCLUSIVE, Result, check
from ..checker.obligations import Equation, Verdict
from ..checker.vocabulary import Reference
from .definitions import candidates
from .script import Script
from .solvers import Allowance, ask, available


@contextmanager
def uncollected() -> Iterator[None]:
    """The checker's terms make no cycles, and scanning them takes a third of its time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Settler:
    """Asks the named solvers about equations; what closes one is the word of all of them.

    ``seconds``: of the processor, for all that they are asked; those of an audit by default.
    """

    def __init__(self, names: Sequence[str], seconds: int | None = None) -> None:
        self.names = tuple(names)
        self._allowance = Allowance(seconds)
        self._answers: dict[Script, str] = {}

    @property
    def queries(self) -> int:
        """How many different scripts were put."""
        return len(self._answers)

    def __call__(self, reference: Reference, equation: Equation) -> Verdict:
        """``holds`` if all solvers find no input on which some script that says it fails."""
        if not self.names:
            return self._open("no solver is asked")
        answers = []
        for script in candidates(reference, equation):
            try:
                answers.append(self._answer(script.anonymous))
            except LimitReached as reached:
                return self._open(str(reached))
            if not answers[-1]:
                return Verdict(True)
        return self._open(", ".join(dict.fromkeys(answers)))

    def _open(self, why: str) -> Verdict:
        return Verdict(None, f"not closed by the rules; solver: {why}")

    def _answer(self, script: Script) -> str:
        """Which solver does not say "unsat", and what it says; nothing if all do."""
        if script not in self._answers:
            said = ((name, *ask(name, [script], self._allowance)) for name in self.names)
            other = (f"{name} says {word}" for name, word in said if word != "unsat")
            self._answers[script] = next(other, "")
        return self._answers[script]


def check_with_solvers(
    artifact: Artifact,
    data: bytes,
    solvers: Sequence[str] | None = None,
    statement: Statement = JUDGED,
    tell: Tell = lambda *_: None,
    budget: int = BUDGET,
) -> Result:
    """``checker.check``, where ``solvers`` settle what its rules do not, all of them.

    By default the first that is installed, if any. ``budget``: seconds of the processor for all
    that they are asked. Raises ``Malformed`` if ``data`` is no certificate.
    """
    settler = Settler(available()[:1] if solvers is None else solvers, budget)
    with uncollected():
        result = check(artifact, data, statement, settler, tell)
    return result._replace(solver_queries=settler.queries, solvers=settler.names)


def check_limited(
    artifact: Artifact,
    data: bytes,
    solvers: Sequence[str] | None = None,
    statement: Statement = JUDGED,
    budget: int = BUDGET,
    tell: Tell = lambda *_: None,
) -> Result:
    """The same in a child with limits on memory and time; past them it is inconclusive.

    ``budget``: seconds of the processor, and as many for the solvers. ``tell`` is called in that
    child.
    """

    def work(told: Tell) -> Result:
        return check_with_solvers(artifact, data, solvers, statement, told, budget)

    try:
        return within(budget, work, tell)
    except LimitReached as reached:
        return ended(artifact, reached, statement)


def ended(artifact: Artifact, reached: LimitReached, statement: Statement) -> Result:
    """The result of a check that reached a limit."""
    reason = f"the checker was ended: {reached}"
    return Result(INCONCLUSIVE, reason, artifact.shape, statement, 0, 0, 0, 0)
