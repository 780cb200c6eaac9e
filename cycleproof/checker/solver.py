"""The bridge to an SMT solver: one query in SMT-LIB text, one child process, three answers.

The solver is optional. Whatever is not a clean "unsat" closes nothing: a missing solver, a
time-out, a crash or an unexpected word all read as "unknown".
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec

from ..base.child import INSTALLED, run
from .smtlib import WORD, binary, literal
from .terms import CONCRETE, Term, Value

TIMEOUT_S = 20
MAX_QUERIES = 500  # for one check; past them the answer is "unknown"
_RUNNERS = {
    "bitwuzla": """
import sys, bitwuzla as b
terms, options = b.TermManager(), b.Options()
options.set("time-limit-per", {milliseconds})
parser = b.Parser(terms, options)
parser.parse(sys.stdin.read(), True, False)
print({{b.Result.SAT: "sat", b.Result.UNSAT: "unsat"}}.get(parser.bitwuzla().check_sat()))
""",
    "z3": """
import sys, z3
solver = z3.SolverFor("QF_BV")
solver.set("timeout", {milliseconds})
solver.from_string(sys.stdin.read())
print(solver.check())
""",
}


def available() -> list[str]:
    """The solvers that this interpreter can import, the preferred one first."""
    return [name for name in _RUNNERS if find_spec(name)]


class Solver:
    """Asks the named solvers; ``names`` empty means that there is none."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._answers: dict[str, str] = {}

    @property
    def queries(self) -> int:
        """How many different scripts were put."""
        return len(self._answers)

    def differ(self, left: Value, right: Value) -> str:
        """Whether two terms can differ: "unsat" only if every named solver says so."""
        if not self.names:
            return "none installed"
        text = query(left, right)
        if text not in self._answers:
            if self.queries == MAX_QUERIES:
                return "queries are spent"
            answers = ((name, _ask(name, text)) for name in self.names)
            other = (f"{name} says {answer}" for name, answer in answers if answer != "unsat")
            self._answers[text] = next(other, "unsat")
        return self._answers[text]


def _ask(name: str, text: str) -> str:
    program = _RUNNERS[name].format(milliseconds=TIMEOUT_S * 1000)
    try:
        child = run([*INSTALLED, "-c", program], TIMEOUT_S + 5, text.encode("ascii"))
    except OSError:  # a time-out is one too
        return "unknown"
    answer = child.stdout.decode("ascii", "replace").strip()
    return answer if child.returncode == 0 and answer in ("sat", "unsat") else "unknown"


def query(left: Value, right: Value) -> str:
    """An SMT-LIB script that is satisfiable if and only if the two terms can differ.

    Vocabulary, initial words and lookups become free words: more general than what they are.
    """
    lines = ["(set-logic QF_BV)"]
    names: dict[Term, str] = {}

    def text(value: Value) -> str:
        if isinstance(value, int):
            return literal(value)
        if value not in names:
            body = _body(value, text)
            names[value] = name = f"t{len(names)}"
            declared = f"(declare-const {name} {WORD})"
            lines.append(f"(define-fun {name} () {WORD} {body})" if body else declared)
        return names[value]

    lines.append(f"(assert (distinct {text(left)} {text(right)}))")
    return "\n".join([*lines, "(check-sat)", ""])


def _body(term: Term, text: Callable[[Value], str]) -> str:
    """The definition of a term, or nothing for a free word. Deepest first: names are in order."""
    kind, args = term.kind, term.args
    if kind == "sum":
        result = text(args[0])
        for atom, factor in args[1]:
            result = binary("+", result, binary("*", text(factor), text(atom)))
        return result
    if kind == "xor":
        result = text(args[0])
        for atom in args[1]:
            result = binary("^", result, text(atom))
        return result
    if kind == "select":
        condition, a, b = map(text, args)
        return f"(ite (= {condition} {literal(0)}) {b} {a})"
    op = {"shr": ">>", "mask": "&"}.get(kind, kind)
    return binary(op, *map(text, args)) if op in CONCRETE else ""
