"""Case splits: whether something holds of normal forms as they stand, or in each of all cases."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from .budget import Budget, TooComplex
from .read import PLACED
from .symbolic import Symbolic
from .terms import Algebra, Term, Value, atoms
from .vocabulary import Ref

MAX_SPLIT = 12  # two-valued atoms split at once
MAX_CASES = 3 << MAX_SPLIT  # in all, for one equation at one floor


class Case:
    """Normal forms in one case of a split: in it, some terms are known words."""

    def __init__(self, reader: Symbolic, words: Mapping[Term, Value]) -> None:
        self.reader, self._forms = reader, dict(words)

    def form(self, value: Value) -> Value:
        """What a normal form is in the case."""
        if isinstance(value, int):
            return value
        form = self._forms.get(value)
        if form is not None:
            return form
        if value.kind in PLACED:
            place, *table = value.args
            where = self.form(place)
            form = self.reader.standing(value.kind, where, *table)
            if isinstance(where, int) and where is not place:
                form = self.form(form)  # what stands there was read without the case
        else:
            form = self.reader.algebra.under(value, self.form)
        self._forms[value] = form
        return form


def in_all_cases(
    reader: Symbolic, words: Sequence[Ref], test: Callable[..., bool], cases: Budget
) -> bool:
    """Whether a test holds of words' normal forms, or in each case of a split.

    The first of ``words`` is a condition: the test is asked about the others wherever that is not
    0. The cases are all assignments of the innermost two-valued atoms, so they leave nothing
    out, whether or not an assignment can occur. A budget that is spent gives False, as do normal
    forms nested too deeply.
    """

    def hold(values: Sequence[Any], form: Callable[[Any], Value]) -> bool:
        cases.spend(1)
        condition = form(values[0])
        if condition == 0:
            return True
        tested = list(map(form, values[1:]))
        if test(*tested):
            return True
        # What the condition hangs on comes first: most cases of a path are none of its cases.
        for hang in [condition], [condition, *tested]:
            split = _innermost(hang, reader.algebra)
            if 0 < len(split) <= MAX_SPLIT:
                return all(hold([condition, *tested], case.form) for case in _cases(reader, split))
        return False

    try:
        return hold(words, reader.read)
    except (TooComplex, RecursionError):
        return False


def _cases(reader: Symbolic, split: Mapping[Term, tuple[int, int]]) -> list[Case]:
    """All cases of a split."""
    key = tuple(split)
    if key not in reader.splits:
        reader.spend(1 << len(key))
        every = product(*split.values())
        reader.splits[key] = [Case(reader, dict(zip(key, words, strict=True))) for words in every]
    return reader.splits[key]  # type: ignore[no-any-return]


def _innermost(values: Iterable[Value], algebra: Algebra) -> dict[Term, tuple[int, int]]:
    """The two-valued atoms that hold no other two-valued atom, with their values."""
    parts = dict.fromkeys(part for value in values for part in atoms(value))
    found = {part: two for part in parts if (two := algebra.two_values(part))}
    return {
        term: two
        for term, two in found.items()
        if not any(inner in found for inner in atoms(term) if inner is not term)
    }
