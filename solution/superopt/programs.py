"""The shortest program for an expression, by enumeration.

All programs of up to a given length over the inputs and a pool of constants are tried. Values that
agree on all samples count as one (equivalence classes; Bansal and Aiken, ASPLOS 2006), and only
the last op of a program is matched against the target. A program so found agrees with the target on
the samples; ``counterexample`` asks a solver about all words.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement, product
from typing import Any, NamedTuple

from frozen.ops import MASK

from .expression import COMMUTATIVE, NAMES, Domain, Expression, columns, library, terms

SAMPLES = 12
MEASURED = 1_000_000
EDGES = (0, 1, MASK, 1 << 31)


class Step(NamedTuple):
    """One op; operands are names of inputs, ``v0``, ``v1`` for earlier steps, or numbers."""

    op: str
    operands: tuple[str, ...]

    def text(self) -> str:
        """As an expression."""
        if self.op == "madd":
            return f"madd({', '.join(self.operands)})"
        return f"{self.operands[0]} {self.op} {self.operands[1]}"


class Row(NamedTuple):
    """A value: its name and its words on the samples."""

    name: str
    words: Any


def pool(expression: Expression, more: Sequence[int] = ()) -> list[int]:
    """The constants that a program may use: the given ones, and others made of them.

    With c come -c, ~c and, if c counts bits, 2^c, 2^c + 1, and the factors that bring bit c to the
    top, beside bit 0 or without it.
    """
    top = 31
    found: dict[int, None] = dict.fromkeys((1, MASK, 1 << top, top))
    for c in (*expression.constants, *more):
        found |= dict.fromkeys((c, -c & MASK, ~c & MASK))
        if c < 32:
            found |= dict.fromkeys((1 << c, (1 << c) + 1))
            found |= dict.fromkeys((1 << (top - c), (1 << top) + (1 << (top - c)) & MASK))
    return list(found)


def shortest(expression: Expression, longest: int, constants: Sequence[int]) -> list[Step] | None:
    """A program of the least length up to ``longest``; None if there is none.

    A candidate that the solver refutes gives a new sample, and the search goes on with it.
    """
    domain = columns()
    extra: list[dict[str, int]] = []
    for length in range(1, longest + 1):
        while True:
            search = _Enumeration(expression, constants, domain, extra)
            found = search.programs(search.inputs, length)
            if found is None:
                break
            witness = counterexample(expression, found)
            if witness is None:
                return found
            extra.append(witness)
    return None


def nearest(
    expression: Expression, longest: int, constants: Sequence[int]
) -> tuple[list[Step], float] | None:
    """A program that is right on most random words, and the part of them on which it is wrong.

    A program that is wrong on a part p of all words survives the samples with probability
    (1 - p)^SAMPLES; for p = 1e-5, 0.9999. The part is measured on ``MEASURED`` words.
    """
    domain = columns()
    for length in range(1, longest + 1):
        search = _Enumeration(expression, constants, domain, [], edges=False)
        found = search.programs(search.inputs, length)
        if found is not None:
            return found, _wrong(expression, found, domain)
    return None


def _wrong(expression: Expression, program: Sequence[Step], domain: Domain) -> float:
    np = library("numpy")
    draw = np.random.default_rng(11)
    inputs = {
        name: draw.integers(0, 1 << 32, size=MEASURED, dtype=np.uint32)
        for name in expression.inputs
    }
    with np.errstate(over="ignore"):
        wrong = expression.value(inputs, domain) != evaluate(program, inputs, domain)
    return float(np.mean(wrong))


def counterexample(expression: Expression, program: Sequence[Step]) -> dict[str, int] | None:
    """Inputs on which ``program`` is wrong, by a solver; None if it is right on all words."""
    z3, domain = library("z3"), terms()
    inputs = {name: z3.BitVec(name, 32) for name in expression.inputs}
    solver = z3.Solver()
    solver.add(expression.value(inputs, domain) != evaluate(program, inputs, domain))
    if solver.check() == z3.unsat:
        return None
    model = solver.model()
    return {
        name: model.eval(word, model_completion=True).as_long() for name, word in inputs.items()
    }


def evaluate(program: Sequence[Step], inputs: dict[str, Any], domain: Domain) -> Any:
    """The value of a program's last step."""
    values = dict(inputs)
    value = None
    for number, step in enumerate(program):
        operands = [
            values[name] if name in values else domain["constant"](int(name))
            for name in step.operands
        ]
        value = values[f"v{number}"] = domain[step.op](*operands)
    return value


class _Enumeration:
    """All programs, on fixed samples."""

    def __init__(
        self, expression: Expression, constants: Sequence[int], domain: Domain,
        extra: Sequence[dict[str, int]], edges: bool = True,
    ) -> None:  # fmt: skip
        self._np, self._domain = library("numpy"), domain
        np = self._np
        draw = np.random.default_rng(7)
        names = expression.inputs
        rows = draw.integers(0, 1 << 32, size=(len(names), SAMPLES), dtype=np.uint32)
        more = [[sample[name] for name in names] for sample in extra]
        if edges:
            more += [list(words) for words in product(EDGES, repeat=len(names))]
        if more:
            rows = np.concatenate([rows, np.array(more, dtype=np.uint32).T], axis=1)
        self.inputs = [Row(name, row) for name, row in zip(names, rows, strict=True)]
        self._constants = [
            Row(str(c), np.full(rows.shape[1], c, dtype=np.uint32)) for c in constants
        ]
        with np.errstate(over="ignore"):
            value = expression.value(dict(self.inputs), domain)
        self._target = np.broadcast_to(np.asarray(value, dtype=np.uint32), rows.shape[1:])

    def programs(self, values: list[Row], length: int) -> list[Step] | None:
        """The first program of ``length`` more steps after ``values`` that hits the target."""
        with self._np.errstate(over="ignore"):
            steps, words = self._steps(values)
            if length == 1:
                hits = self._np.flatnonzero((words == self._target).all(axis=1))
                return [steps[hits[0]]] if len(hits) else None
            number = len(values) - len(self.inputs)
            if length == 2:
                return self._last_two(values, steps, words, number)
        for step, row in zip(steps, words, strict=True):
            rest = self.programs([*values, Row(f"v{number}", row)], length - 1)
            if rest is not None:
                return [step, *rest]
        return None

    def _steps(self, values: list[Row]) -> tuple[list[Step], Any]:
        """Every op on ``values`` and constants that makes a new class of words."""
        np = self._np
        rows = [*values, *self._constants]
        seen = {row.words.tobytes() for row in rows}
        steps, found = [], []
        for name, operands in self._applications(rows, len(values)):
            words = self._domain[name](*(row.words for row in operands))
            key = words.tobytes()
            if key not in seen:
                seen.add(key)
                steps.append(Step(name, tuple(row.name for row in operands)))
                found.append(words)
        return steps, np.array(found, dtype=np.uint32).reshape(len(found), len(self._target))

    def _applications(self, rows: list[Row], variable: int) -> Any:
        """(op, operands), at least one operand among the first ``variable`` rows."""
        n = range(len(rows))
        for name in NAMES:
            pairs = combinations_with_replacement(n, 2) if name in COMMUTATIVE else product(n, n)
            for i, j in pairs:
                if min(i, j) < variable:
                    yield name, (rows[i], rows[j])
        for i, j in combinations_with_replacement(n, 2):
            for k in n:
                if min(i, j, k) < variable:
                    yield "madd", (rows[i], rows[j], rows[k])

    def _last_two(
        self, values: list[Row], steps: list[Step], words: Any, number: int
    ) -> list[Step] | None:
        """Two last steps: all values of the first at once, the second by what it must give.

        The second step must use the first, or the program could be shorter.
        """
        np, domain, target = self._np, self._domain, self._target
        name = f"v{number}"
        rows = [*values, *self._constants]
        first, wanted = words[:, 0], target[0]

        def check(hits: Any, op: str, *operands: Row | None) -> list[Step] | None:
            for at in np.flatnonzero(hits):
                columns_ = [words[at] if row is None else row.words for row in operands]
                if (domain[op](*columns_) == target).all():
                    names = tuple(name if row is None else row.name for row in operands)
                    return [steps[at], Step(op, names)]
            return None

        for op in NAMES:
            found = check(domain[op](first, first) == wanted, op, None, None)
            if found:
                return found
            for row in rows:
                found = check(domain[op](first, row.words[0]) == wanted, op, None, row)
                if not found and op not in COMMUTATIVE:
                    found = check(domain[op](row.words[0], first) == wanted, op, row, None)
                if found:
                    return found
        for a in [None, *rows]:
            factor = first if a is None else a.words[0]
            for c in [None, *rows]:  # v · a + c
                term = first if c is None else c.words[0]
                found = check(first * factor + term == wanted, "madd", None, a, c)
                if found:
                    return found
            for b in rows if a is not None else ():  # a · b + v
                found = check(factor * b.words[0] + first == wanted, "madd", a, b, None)
                if found:
                    return found
        return None
