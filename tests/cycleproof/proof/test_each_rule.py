"""Every rule by itself: wherever it applies, its result is what the op table says of the operands.

The rules are watched while expressions are built. So each result is held against its own op and
operands, not only at the end of a chain of rules, and a rule that never applies is found.
"""

from contextlib import suppress
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycleproof.proof.algebra import Algebra, Rules, Stuck
from cycleproof.proof.evaluate import Evaluator
from cycleproof.proof.integers import integers
from cycleproof.proof.rules import OF_SUMS, ORDER, RULES, forms, laid_out
from cycleproof.proof.rules.rule import Rule
from frozen.ops import BINARY

from .expressions import NAMES, Raw, build
from .identities import BIT, FLIP, LEFT, NODE, OTHER, RIGHT, SPELLINGS

EVERY = {rule.name: rule for rules in (*ORDER.values(), OF_SUMS) for rule in rules}
CORNERS = [0, 1, 2, 3, 5, 7, 31, 32, 33, 0x7FFFFFFF, 0x80000000, 0xFFFF0000, 0xFFFFFFFE, 0xFFFFFFFF]
WHOLE = {**ORDER, "sum": OF_SUMS}

# Expressions under which the rules apply that no spelling of ``test_identities`` needs.
MORE = [
    ("+", "v", 0),
    ("*", "v", 1),
    ("*", "v", 0),
    ("&", "v", "v"),
    ("|", "v", "v"),
    ("&", ("&", "v", 4), ("&", "w", 3)),
    (">>", ("&", "v", 3), 2),
    ("cdiv", "v", 1),
    ("cdiv", 5, 2),
    ("//", "v", ("|", "w", 1)),
    ("//", "v", 0),
    ("%", "v", "w"),
    ("<", "v", "v"),
    ("<", 3, ("&", "v", 3)),
    ("^", BIT, OTHER),
    ("select", "w", "v", "v"),
    ("select", 1, "v", "w"),
    ("select", BIT, "v", "w"),
    ("+", ("select", BIT, "v", "w"), ("select", FLIP, "v", "w")),
    ("^", ("select", BIT, "v", ("^", "w", "v")), ("select", BIT, "w", "v")),
    ("select", BIT, LEFT, RIGHT),
    ("*", "v", ("+", BIT, OTHER)),
    ("==", ("+", "v", 1), ("+", "w", 2)),
    ("==", NODE, 2),
    ("^", ("&", ("^", "v", "w"), 1), BIT),
    ("^", ("&", "v", 1), ("&", "w", 1)),
]  # fmt: skip


class Fired(NamedTuple):
    """A rule that applied. ``result`` is None where it refused a division."""

    rule: str
    op: str
    operands: tuple[Any, ...]
    result: Any


def watched(order: Any, monkeypatch: Any) -> tuple[Rules, list[Fired]]:
    """The rules, and the list in which each use of one is noted."""
    fired: list[Fired] = []

    def watch(rule: Rule, op: str) -> Rule:
        function = rule.bound(op)

        def noting(algebra: Algebra, *operands: Any) -> Any:
            try:
                result = function(algebra, *operands)
            except Stuck as stuck:
                if str(stuck).startswith(("division", "a divisor")):
                    fired.append(Fired(rule.name, op, operands, None))
                raise
            if result is not None:
                fired.append(Fired(rule.name, op, operands, result))
            return result

        return rule._replace(rewrite=noting, of_op=False)

    rules = {op: [watch(rule, op) for rule in order[op]] for op in ORDER}
    monkeypatch.setattr(forms, "HALVES", [watch(rule, "sum") for rule in order["sum"]])
    return laid_out(rules), fired


def expected(one: Fired, values: Evaluator, width: int) -> list[int]:
    """What the op table says of the operands, on each memory."""
    ones = (1 << width) - 1
    if one.op == "sum":
        parts = [[k * v & ones for v in values(atom)] for atom, k in one.operands[0].items()]
        return [sum(column) & ones for column in zip(*parts, strict=True)]
    columns = list(zip(*map(values, one.operands), strict=True))
    if one.op == "select":
        return [a if c else b for c, a, b in columns]
    if one.op == "switch":
        place = {value: k for k, value in enumerate(sorted(set(one.operands[0].values)), 1)}
        return [column[place[column[0]]] for column in columns]
    return [integers(width)[one.op](x, y) for x, y in columns]


def given_by(one: Fired, values: Evaluator, width: int) -> list[int]:
    """What the rule made of the operands."""
    if one.op != "sum":
        return list(values(one.result))
    left, term = one.result
    return [
        sum(row) & ((1 << width) - 1)
        for row in zip(
            values(term),
            *([k * value for value in values(atom)] for atom, k in left.items()),
            strict=True,
        )
    ]


def wrong(fired: list[Fired], memories: list[list[int]], width: int) -> set[str]:
    """The rules whose result is another than the op's on some memory."""
    values = Evaluator(memories, width)
    found = set()
    for one in fired:
        if one.result is None:
            continue
        try:
            right = expected(one, values, width)
        except ZeroDivisionError:
            found.add(one.rule)
            continue
        if given_by(one, values, width) != right:
            found.add(one.rule)
    return found


def memories(words: Any, width: int) -> list[list[int]]:
    """Memories whose four words are consecutive ones of ``words``; address 0 is not used."""
    short = [word & ((1 << width) - 1) for word in words]
    return [[0, *short[k : k + len(NAMES)]] for k in range(len(short) - len(NAMES) + 1)]


def fired_in(
    raws: Any, width: int, monkeypatch: Any, order: Any = WHOLE, ends: Any = Stuck
) -> list[Fired]:
    """Every use of a rule while these expressions are built, each until one of ``ends``."""
    rules, fired = watched(order, monkeypatch)
    algebra = Algebra(rules, width)
    for raw in raws:
        with suppress(ends):
            build(algebra, raw)
    return fired


RAWS = [raw for pair in SPELLINGS.values() for raw in pair] + MORE


def test_every_op_has_its_rules() -> None:
    assert ORDER.keys() == {*BINARY, "select", "switch"}


def test_every_rule_applies_somewhere_and_is_right_there(monkeypatch: pytest.MonkeyPatch) -> None:
    applied = set()
    for width in (3, 4, 32):
        fired = fired_in(RAWS, width, monkeypatch)
        assert wrong(fired, memories(CORNERS, width), width) == set()
        applied |= {one.rule for one in fired}
    assert applied == EVERY.keys()


@pytest.mark.parametrize("name", sorted(EVERY.keys() - {"no division by zero"}))
def test_a_wrong_rule_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule with another result wherever it applies."""

    def broken(rule: Rule) -> Rule:
        if rule.name != name:
            return rule

        def function(op: str, algebra: Algebra, *operands: Any) -> Any:
            found = rule.bound(op)(algebra, *operands)
            if found is None:
                return None
            other = algebra.one if found is algebra.zero else algebra.zero
            return (found[0], other) if isinstance(found, tuple) else other

        return rule._replace(rewrite=function, of_op=True)

    order = {op: [broken(rule) for rule in rules] for op, rules in WHOLE.items()}
    ends = (Stuck, RecursionError, ValueError)  # a wrong result may lead the others astray
    fired = fired_in(RAWS, 32, monkeypatch, order, ends)
    assert name in wrong(fired, memories(CORNERS, 32), 32)


@pytest.mark.parametrize("op", ["//", "cdiv", "%"])
def test_a_divisor_that_may_be_zero_is_refused(op: str) -> None:
    for maybe_zero in (0, BIT, "w", ("^", "w", 8), ("+", BIT, -1)):
        with pytest.raises(Stuck, match=r"^(division by zero|a divisor that may be zero)$"):
            build(Algebra(RULES), (op, "v", maybe_zero))
    for never_zero in (3, ("+", BIT, 1), ("^", ("&", "w", 7), 8), ("+", ("&", "w", 7), 8)):
        build(Algebra(RULES), (op, "v", never_zero))


WORDS = st.sampled_from(CORNERS) | st.integers(0, 2**32 - 1)
OPERANDS = st.sampled_from(["a", "b", "v", "w", BIT, OTHER, FLIP, NODE, LEFT, RIGHT]) | WORDS
RANDOM = st.recursive(
    OPERANDS,
    lambda inner: (
        st.tuples(st.sampled_from(list(BINARY)), inner, inner)
        | st.tuples(st.just("select"), inner, inner, inner)
        | st.tuples(st.sampled_from(["&", ">>", "<<", "*", "^"]), inner, WORDS)
    ),
    max_leaves=12,
)


@settings(max_examples=50)
@given(st.lists(RANDOM, min_size=1, max_size=4), st.lists(WORDS, min_size=8, max_size=8))
def test_rules_are_right_on_random_operands(raws: list[Raw], words: list[int]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        fired = fired_in(raws, 32, monkeypatch)
    assert wrong(fired, memories(words, 32), 32) == set()
