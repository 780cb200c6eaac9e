"""Cases of a split: what a normal form is in each, and what samples say."""

import random

from cycleproof.checker.budget import Budget
from cycleproof.checker.samples import Sample
from cycleproof.checker.split import Case
from cycleproof.checker.symbolic import Symbolic
from cycleproof.checker.terms import Algebra, Term, atoms
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


def test_a_case_says_what_the_inputs_in_it_have() -> None:
    """The form of a form in a case, and in cases one after the other, is the input's word."""
    draw = random.Random(4)
    known = changed = 0
    for _ in range(60):
        reference, pool, bits = nodes(draw)
        samples = [Sample(reference, seed) for seed in range(8)]
        reader = Symbolic(reference, Algebra(Budget(10**6)), 8 * 3)
        split = [reader.read(bit) for bit in bits]
        for sample in samples:
            words = {
                term: sample.word(bit) or 0
                for term, bit in zip(split, bits, strict=True)
                if isinstance(term, Term)
            }
            both = Case(reader, words)
            one, other = (Case(reader, {term: word}) for term, word in words.items())
            for node in pool:
                before = reader.read(node)
                form = both.form(before)
                assert not isinstance(form, int) or form == sample.word(node)
                assert isinstance(form, int) or not set(split) & set(atoms(form))
                turned = other.form(one.form(before))
                assert not isinstance(turned, int) or turned == sample.word(node)
                known += isinstance(form, int)
                changed += form is not before
    assert known > 1000
    assert changed > 1000
