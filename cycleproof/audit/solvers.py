"""The solvers of the audit: each a child process that answers a batch of scripts.

A child runs with ``-I``, in an empty folder, with an empty environment and limits on memory and
processor time. Whatever it does not answer in order reads as "unknown", which establishes nothing.
All children together have an ``Allowance``: a certificate may put any number of questions.
"""

import json
import os
import resource
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec

from ..base.child import INSTALLED, Child, OutOfTime, finished, started
from ..base.limits import MEMORY_LIMIT, SECONDS_LIMIT, LimitReached
from .script import Script

SECONDS = 10  # a case
ALL_SECONDS = 6 * SECONDS_LIMIT  # of the processor, by all children of an audit or an export
DISTRIBUTIONS: Mapping[str, str] = {"bitwuzla": "bitwuzla", "cvc5": "cvc5", "z3": "z3-solver"}

_LIMITS = """
import resource
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
resource.setrlimit(resource.RLIMIT_CPU, ({processor}, {processor}))
"""
_PROVER = """
import sys, cvc5
solver = cvc5.Solver(cvc5.TermManager())
solver.setOption("produce-proofs", "true")
solver.setOption("proof-format-mode", "cpc")
solver.setOption("proof-granularity", "dsl-rewrite")
parser = cvc5.InputParser(solver)
parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.stdin.read() + "(get-proof)", "script")
symbols = parser.getSymbolManager()
while not (command := parser.nextCommand()).isNull():
    print(command.invoke(solver, symbols), end="")
"""
_FRAME = """
import json, sys
{solver}
for base, cases in json.load(sys.stdin):
    answers, ask = [], start(base, len(cases) > 1)
    for case in cases:
        answers.append(ask(case))
        if answers[-1] != "unsat":
            break
    print(json.dumps(answers), flush=True)
"""
_CHILDREN = {
    "bitwuzla": """
import bitwuzla as b
WORDS = {{b.Result.SAT: "sat", b.Result.UNSAT: "unsat"}}
def start(base, several):
    options = b.Options()
    options.set("time-limit-per", {milliseconds})
    parser = b.Parser(b.TermManager(), options)
    parser.parse(base, True, False)
    def ask(case):
        parser.parse(f"(push 1)(assert {{case}})", True, False)
        answer = parser.bitwuzla().check_sat()
        parser.parse("(pop 1)", True, False)
        return WORDS.get(answer, "unknown")
    return ask
""",
    "cvc5": """
import cvc5
def start(base, several):
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", "{milliseconds}")
    solver.setOption("incremental", str(several).lower())  # one case is easier without
    symbols = cvc5.SymbolManager(solver.getTermManager())
    def run(text):
        parser = cvc5.InputParser(solver, symbols)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "script")
        said = ""
        while not (command := parser.nextCommand()).isNull():
            said += command.invoke(solver, symbols)
        return said.strip()
    run(base)
    def ask(case):
        question = f"(assert {{case}})(check-sat)"
        answer = run(f"(push 1){{question}}(pop 1)" if several else question)
        return answer if answer in ("sat", "unsat") else "unknown"
    return ask
""",
    "z3": """
import z3
def start(base, several):
    def ask(case):
        solver = z3.SolverFor("QF_UFBV")
        solver.set("timeout", {milliseconds})
        solver.from_string(base + f"(assert {{case}})")
        return str(solver.check())
    return ask
""",
}


def available() -> list[str]:
    """The solvers of the audit that this interpreter can import, in the order they are asked."""
    return [name for name in _CHILDREN if find_spec(name)]


def versions(names: Sequence[str]) -> dict[str, str]:
    """The installed version of each named solver."""
    return {name: version(DISTRIBUTIONS[name]) for name in names}


class Allowance:
    """Seconds of the processor for all children together, and the children that run.

    By default ``ALL_SECONDS``.
    """

    def __init__(self, seconds: int | None = None) -> None:
        self._start, self._all = _spent(), ALL_SECONDS if seconds is None else seconds
        self._running: set[Child] = set()
        self._stopped = False

    def stop(self) -> None:
        """End the children that run, in any thread; no further one is asked."""
        self._stopped = True
        for child in list(self._running):
            child.kill()

    @contextmanager
    def runs(self, child: Child) -> Iterator[None]:
        """``stop`` ends the child, too, and does so at once where it has come first."""
        self._running.add(child)
        try:
            if self._stopped:
                child.kill()
            yield
        finally:
            self._running.discard(child)

    def left(self) -> int:
        """Seconds of the processor, at least 1. Raises ``LimitReached`` where none are left."""
        if self._stopped:
            raise LimitReached("its solvers were stopped")
        left = self._all - int(_spent() - self._start)
        if left <= 0:
            raise LimitReached(f"its solvers need more than {self._all} s of processor time")
        return left


@contextmanager
def side_by_side(allowance: Allowance) -> Iterator[Executor]:
    """As many threads as processors, for children of one allowance.

    Whatever breaks the block off, a signal too, need not wait for solvers that still work.
    """
    with ThreadPoolExecutor(max(1, len(os.sched_getaffinity(0)))) as pool:
        try:
            yield pool
        except BaseException:
            allowance.stop()
            raise


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ask(name: str, scripts: Sequence[Script], allowance: Allowance) -> list[str]:
    """What a solver says of each script: "unsat" (every case is), "sat" or "unknown".

    A child that dies, hangs or babbles has answered the scripts before the one it died of; that
    one is "unknown", and the rest go to another child. Raises ``LimitReached``.
    """
    answers: list[str] = []
    while len(answers) < len(scripts):
        answers += _batch(name, scripts[len(answers) :], allowance)
    return answers


def _batch(name: str, scripts: Sequence[Script], allowance: Allowance) -> list[str]:
    """The answers up to the first script that got none, which is "unknown"."""
    seconds = min(SECONDS * (1 + sum(len(script.cases) for script in scripts)), allowance.left())
    code = _FRAME.format(solver=_CHILDREN[name].format(milliseconds=SECONDS * 1000))
    data = json.dumps([[script.base, script.cases] for script in scripts]).encode()
    answers = []
    output = _run(code, data, seconds, allowance)
    for line, script in zip(output.splitlines(), scripts, strict=False):
        answers.append(_answer(line, len(script.cases)))
    return answers if len(answers) == len(scripts) else [*answers, "unknown"]


def _answer(line: bytes, cases: int) -> str:
    try:
        words = json.loads(line)
    except ValueError:
        return "unknown"
    if words == ["unsat"] * cases:
        return "unsat"
    return "sat" if isinstance(words, list) and words[-1:] == ["sat"] else "unknown"


def prove(script: Script, allowance: Allowance) -> bytes | None:
    """cvc5's proof of a script of one case, in its CPC format; None where it has none.

    Raises ``LimitReached``.
    """
    output = _run(_PROVER, script.text.encode("ascii"), min(SECONDS, allowance.left()), allowance)
    return output.removeprefix(b"unsat\n") if output.startswith(b"unsat\n(") else None


def _run(code: str, data: bytes, seconds: int, allowance: Allowance) -> bytes:
    """What a child printed until it ended or was ended; whether it ended in order is not told."""
    head = _LIMITS.format(memory=MEMORY_LIMIT, processor=seconds)
    try:
        with started([*INSTALLED, "-c", head + code]) as child, allowance.runs(child):
            return finished(child, seconds, data).stdout
    except OutOfTime as late:
        return late.output
    except OSError:
        return b""
