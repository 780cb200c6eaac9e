"""Cases of a split: all at once, each is what it is alone, and what samples say."""

import random
from itertools import product

from cycleproof.checker.budget import Budget
from cycleproof.checker.cases import Cases
from cycleproof.checker.samples import Sample
from cycleproof.checker.symbolic import Symbolic
from cycleproof.checker.terms import Algebra, Term, Value, atoms
from cycleproof.checker.vocabulary import Ref, Reference

from .equations import SHAPE, Apply, Lookup, Node, Table, made

OPS = ("+", "-", "*", "^", "&", "|", "<<", ">>", "<", "==", "%")


def nodes(draw: random.Random) -> tuple[Reference, list[Ref], list[Ref]]:
    """Random nodes over two path bits, a node, tables and a lookup; and the two path bits."""
    t = Table()
    bits = [t("Q", 0), t("Q", 1)]
    leaves = [t("m", 7 + n) for n in range(4)] + [t("V", 2, 0), t(3)]
    index = t("+", bits[0], t("*", t(2), bits[1]))
    inner = t("T", bits[0], bits[1], draw.choice(leaves))  # two cases stand at each place
    table = t("T", index, *draw.sample([*leaves, *bits, inner], 4))
    listed = tuple((7 + k, t.ref(draw.choice([*leaves, *bits, table]))) for k in range(4))
    pool: list[Node] = [
        t.ref(one) for one in (*bits, *leaves, inner, table, t("N", 2), t("M", index))
    ]
    pool.append(Lookup(Apply("+", (t.ref(index), 7)), listed))
    pool += [1, 5]
    for _ in range(10):
        a, b, c = draw.choices(pool, k=3)
        op = draw.choice((*OPS, "select", *("^", "+", "&") * 2))
        pool.append(Apply(op, (a, b, c) if op == "select" else (a, b)))
    return (
        Reference(SHAPE, t.expressions),
        [made(t.expressions, one) for one in pool],
        [t.ref(bit) for bit in bits],
    )


def test_all_cases_at_once_are_the_cases_one_by_one() -> None:
    draw = random.Random(3)
    changed = 0
    for _ in range(60):
        reference, pool, bits = nodes(draw)
        reader = Symbolic(reference, Algebra(Budget(10**6)), 8 * 3)
        forms = [reader.read(node) for node in pool]
        split = [reader.read(bit) for bit in bits]
        words = list(product((0, 1), repeat=2))
        together = Cases(reader, columns(split, words), 4)
        for row, case in enumerate(words):
            alone = Cases(reader, columns(split, [case]), 1)
            for form in forms:
                (one,) = alone.column(form)
                found = together.column(form)[row]
                assert found is one or found == one
                changed += found is not form
    assert changed > 1000


def test_a_case_says_what_the_inputs_in_it_have() -> None:
    draw = random.Random(4)
    for _ in range(30):
        reference, pool, bits = nodes(draw)
        samples = [Sample(reference, seed) for seed in range(8)]
        reader = Symbolic(reference, Algebra(Budget(10**6)), 8 * 3)
        split = [reader.read(bit) for bit in bits]
        for sample in samples:
            case = tuple(int(sample.word(bit) or 0) for bit in bits)
            cases = Cases(reader, columns(split, [case]), 1)
            for node in pool:
                (form,) = cases.column(reader.read(node))
                assert not isinstance(form, int) or form == sample.word(node)
                assert isinstance(form, int) or not set(split) & set(atoms(form))


def columns(split: list[Value], words: list[tuple[int, ...]]) -> dict[Term, tuple[int, ...]]:
    named = dict(zip(split, zip(*words, strict=True), strict=True))
    return {term: column for term, column in named.items() if isinstance(term, Term)}
