"""Case splits: whether something holds of normal forms as they stand, or in each of all cases."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from .budget import Budget, TooComplex
from .cases import Cases
from .symbolic import Symbolic
from .terms import Algebra, Term, Value, atoms
from .vocabulary import Ref

MAX_SPLIT = 12  # two-valued atoms split at once
MAX_CASES = 3 << MAX_SPLIT  # in all, for one equation at one floor


class Goal(NamedTuple):
    """What is to hold of the normal forms of some words, and what may be spent on it.

    ``words``: a condition, then what ``test`` is asked about wherever the condition is not 0.
    """

    words: Sequence[Ref]
    test: Callable[..., bool]
    reader: Symbolic
    cases: Budget


def in_all_cases(goal: Goal) -> bool:
    """Whether the goal's test holds of its words' normal forms, or in each case of a split.

    The cases are all assignments of the innermost two-valued atoms, so they leave nothing
    out, whether or not an assignment can occur. A budget that is spent gives False, as do normal
    forms nested too deeply.
    """
    try:
        return _holds(goal, [goal.reader.read(word) for word in goal.words])
    except (TooComplex, RecursionError):
        return False


def _holds(goal: Goal, values: Sequence[Value]) -> bool:
    goal.cases.spend(1)
    condition, *tested = values
    if condition == 0 or goal.test(*tested):
        return True
    # What the condition hangs on comes first: most cases of a path are none of its cases.
    split = _innermost([condition], goal.reader.algebra)
    if not 0 < len(split) <= MAX_SPLIT:
        split = _innermost(values, goal.reader.algebra)
    if not 0 < len(split) <= MAX_SPLIT:
        return False
    cases = _cases(goal.reader, split)
    rows = [row for row, one in enumerate(cases.column(condition)) if one != 0]
    goal.cases.spend(cases.count - len(rows))
    # One case first: a split that is of no use fails there, before all columns are made.
    return all(
        _holds(goal, case)
        for met in (cases.only(rows[:1]), cases.only(rows))
        for case in zip(*map(met.column, values), strict=True)
    )


def _cases(reader: Symbolic, split: Mapping[Term, tuple[int, int]]) -> Cases:
    """All cases of a split."""
    cases: Cases | None = reader.splits.get(tuple(split))
    if cases is None:
        every = list(product(*split.values()))
        words = dict(zip(split, zip(*every, strict=True), strict=True))
        cases = reader.splits[tuple(split)] = Cases(reader, words, len(every))
    return cases


def _innermost(values: Iterable[Value], algebra: Algebra) -> dict[Term, tuple[int, int]]:
    """The two-valued atoms that hold no other two-valued atom, with their values."""
    parts = dict.fromkeys(part for value in values for part in atoms(value))
    found = {part: two for part in parts if (two := algebra.two_values(part))}
    return {
        term: two
        for term, two in found.items()
        if not any(inner in found for inner in atoms(term) if inner is not term)
    }
