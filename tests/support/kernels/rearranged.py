"""Transformations of where things stand: bundles, slots, scratch words, copies and dead code.

Each takes a ``Rewriter`` and raises ``IndexError`` where it does not apply.
"""

from collections.abc import Iterator

from frozen.machine import Pairs
from frozen.ops import OPS, SCRATCH_SIZE, VLEN, Program
from frozen.program import check_program

from .rewriter import BINARY, Rewriter


def dead_code(r: Rewriter) -> None:
    b = r.rng.randrange(len(r.bundles))
    t = r.spare(VLEN)
    x = r.rng.randrange(SCRATCH_SIZE - VLEN)
    name = r.rng.choice(sorted(BINARY - {"//", "%", "cdiv"}))
    r.before(b, ("valu", name, t, x, x), ("alu", "*", t, x, x + 1), ("flow", "coreid", t + 1))


def copied_through_memory(r: Rewriter) -> None:
    """An operand goes to memory and comes back; the word it borrowed is put back as well."""
    b, i = r.pick("alu", BINARY)
    name, dest, x, y = r.bundles[b]["alu"][i]
    where, old, t = r.spare(), r.spare(), r.spare()
    b = r.before(
        b,
        ("load", "const", where, r.rng.randrange(7)),
        ("load", "load", old, where),
        ("store", "store", where, x),
        ("load", "load", t, where),
        ("store", "store", where, old),
    )
    r.put(b, "alu", i, name, dest, t, y)


def copied_operand(r: Rewriter) -> None:
    engine = r.rng.choice(["alu", "valu"])
    b, i = r.pick(engine, BINARY)
    name, dest, x, y = r.bundles[b][engine][i]
    width = VLEN if engine == "valu" else 1
    t, zeros = r.spare(width), r.spare(width)
    op = r.rng.choice(["+", "-", "^", "|", "<<", ">>"])
    b = r.before(b, (engine, op, t, y, zeros))
    r.put(b, engine, i, name, dest, x, t)


def reordered_slots(r: Rewriter) -> None:
    """Slots of one engine in another order, where no two of them write one word."""
    b = r.rng.randrange(len(r.bundles))
    engine = r.rng.choice(sorted(r.bundles[b]))
    slots = r.bundles[b][engine]
    written = [
        word for slot in slots for words in OPS[engine, slot[0]].writes(slot) for word in words
    ]
    if engine != "store" and len(written) == len(set(written)):
        r.rng.shuffle(slots)


def split_bundle(r: Rewriter) -> None:
    """One engine's slots in a bundle of their own, after the rest, where the rest allows it."""
    wide = [b for b, bundle in enumerate(r.bundles) if len(bundle) > 1]
    if not wide:
        raise IndexError("no bundle of several engines")
    b = r.rng.choice(wide)
    bundle = r.bundles[b]
    engine = r.rng.choice(sorted(bundle))
    rest = {e: slots for e, slots in bundle.items() if e != engine}
    reads = {w for s in bundle[engine] for ws in OPS[engine, s[0]].reads(s) for w in ws}
    writes = {w for e, ss in rest.items() for s in ss for ws in OPS[e, s[0]].writes(s) for w in ws}
    memory = any(e in ("load", "store") for e in rest) and engine in ("load", "store")
    if not reads & writes and not memory:
        r.bundles[b : b + 1] = [rest, {engine: bundle[engine]}]


def renamed_scratch(r: Rewriter) -> None:
    """All words moved up by one number of words."""
    top = max(
        word
        for pairs in check_program(r.bundles)
        for op, slot in pairs
        for words in (*op.reads(slot), *op.writes(slot))
        for word in words
    )
    if top >= SCRATCH_SIZE - 1:
        raise IndexError("no room")
    by = r.rng.randint(1, SCRATCH_SIZE - 1 - top)
    for bundle in r.bundles:
        for engine, slots in bundle.items():
            for slot in slots:
                for k, operand in enumerate(OPS[engine, slot[0]].operands, 1):
                    if operand.width:
                        slot[k] += by


def permuted_scratch(r: Rewriter) -> None:
    """Words that vector operands hold together moved as one, each such block to a new place."""
    used: dict[int, bool] = {}  # word -> whether the word after it stays next to it
    for words in _operands(r.bundles):
        for word in words:
            used[word] = used.get(word, False) or word != words[-1]
    blocks: list[range] = []
    at = None
    for word in sorted(used):
        if at is None:
            at = word
        if not used[word]:
            blocks.append(range(at, word + 1))
            at = None
    r.rng.shuffle(blocks)
    room = SCRATCH_SIZE - len(used)
    gaps = sorted(r.rng.randint(0, room) for _ in blocks)
    moved: dict[int, int] = {}
    taken = 0
    for block, gap in zip(blocks, gaps, strict=True):
        moved.update(zip(block, range(taken + gap, SCRATCH_SIZE), strict=False))
        taken += len(block)
    for bundle in r.bundles:
        for engine, slots in bundle.items():
            for slot in slots:
                op = OPS[engine, slot[0]]
                if op.displaced:
                    raise IndexError("an operand that is not the word it names")
                for k, operand in enumerate(op.operands, 1):
                    if operand.width:
                        slot[k] = moved[slot[k]]


def _operands(program: Program) -> Iterator[range]:
    """The words of every operand of every slot."""
    for pairs in check_program(program):
        for op, slot in pairs:
            yield from op.reads(slot)
            yield from op.writes(slot)


def moved_bundles(r: Rewriter) -> None:
    """Two neighbouring bundles exchanged, where neither needs or disturbs what the other does."""
    pairs = check_program(r.bundles)
    free = [b for b in range(len(pairs) - 1) if _independent(pairs[b], pairs[b + 1])]
    if not free:
        raise IndexError("no two neighbours are independent")
    b = r.rng.choice(free)
    r.bundles[b : b + 2] = [r.bundles[b + 1], r.bundles[b]]


def _independent(one: Pairs, other: Pairs) -> bool:
    def words(bundle: Pairs, of: str) -> set[int]:
        return {word for op, slot in bundle for at in getattr(op, of)(slot) for word in at}

    def engines(bundle: Pairs) -> set[str]:
        return {op.engine for op, _ in bundle}

    return not (
        words(one, "writes") & (words(other, "reads") | words(other, "writes"))
        or words(one, "reads") & words(other, "writes")
        or ("store" in engines(one) and engines(other) & {"load", "store"})
        or ("store" in engines(other) and engines(one) & {"load", "store"})
        or any(op.place == "pc" for op, _ in (*one, *other))
    )


def jump_to_the_next_bundle(r: Rewriter) -> None:
    """A jump over nothing: put in last, since other bundles move."""
    b = r.rng.randrange(len(r.bundles) + 1)
    r.bundles[b:b] = [{"flow": [["cond_jump_rel", r.zero, 0]]}]
