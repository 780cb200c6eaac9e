"""Normal forms in many cases of a split at once.

A case gives each term of the split a word. A column has the form of one term in each of the
cases. It is worked out once for each combination of what the term's parts are: terms that hang on
a few of the split's terms, or on none, have few such combinations.
"""

from collections.abc import Mapping, Sequence

from .symbolic import Symbolic
from .terms import Term, Value, atoms, parts

WIDE = 8  # entries of a column that are as much work as one step


class Cases:
    """``words``: for each term of the split, the word that it has in each case."""

    def __init__(self, reader: Symbolic, words: Mapping[Term, Sequence[int]], count: int) -> None:
        self.reader, self.words, self.count = reader, words, count
        self._columns: dict[Term, Sequence[Value]] = dict(words)

    def column(self, value: Value) -> Sequence[Value]:
        """The normal form of a normal form, in each case."""
        if isinstance(value, int):
            return [value] * self.count
        column = self._columns.get(value)
        if column is None:
            self.reader.spend(self.count // WIDE)
            place = self.reader.place(value)
            column = self._made(value) if place is None else self._placed(value, place)
            self._columns[value] = column
        return column

    def _made(self, term: Term) -> Sequence[Value]:
        columns = {part: self.column(part) for part in parts(term)}
        if not columns:
            return [term] * self.count
        forms: dict[tuple[Value, ...], Value] = {}
        column = []
        for case in zip(*columns.values(), strict=True):
            form = forms.get(case)
            if form is None:
                formed = dict(zip(columns, case, strict=True))
                form = forms[case] = self.reader.algebra.under(term, formed)
            column.append(form)
        return column

    def _placed(self, term: Term, place: Value) -> Sequence[Value]:
        """What stands at a place in each case; a known place was read without the case."""
        rows: dict[Value, list[int]] = {}
        for row, where in enumerate(self.column(place)):
            rows.setdefault(where, []).append(row)
        column: list[Value] = [0] * self.count
        for where, chosen in rows.items():
            found = self.reader.standing(term, where)
            forms: Sequence[Value] = [found] * len(chosen)
            if isinstance(where, int) and not self.words.keys().isdisjoint(atoms(found)):
                forms = self.only(chosen).column(found) if found is not term else forms
            for row, form in zip(chosen, forms, strict=True):
                column[row] = form
        return column

    def only(self, rows: Sequence[int]) -> "Cases":
        """Some of the cases."""
        if len(rows) == self.count:
            return self
        chosen = {term: [words[row] for row in rows] for term, words in self.words.items()}
        return Cases(self.reader, chosen, len(rows))
