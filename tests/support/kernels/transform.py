"""Transformations that keep a straight-line program right and change how it looks.

Each takes a program (a list of bundles) and returns one that computes the same from the same
memory. What is added before a bundle reads the state that the bundle reads and writes spare words.
"""

from frozen.ops import OPS, SCRATCH_SIZE, SLOT_LIMITS, VLEN
from frozen.program import check_program

BINARY = {name for engine, name in OPS if engine == "alu"}
COMMUTATIVE = {"+", "*", "^", "&", "|", "=="}


class Rewriter:
    """A program with spare scratch words and a random choice of places."""

    def __init__(self, program, rng):
        self.bundles = [
            {e: [list(slot) for slot in slots] for e, slots in b.items()} for b in program
        ]
        self.rng = rng
        used = set()
        for pairs in check_program(program):
            for op, slot in pairs:
                for words in (*op.reads(slot), *op.writes(slot)):
                    used.update(words)
        free = [word for word in range(SCRATCH_SIZE) if word not in used]
        self.zero, self.free = free[0], free[1:]

    def spare(self, width=1):
        """Unused words in a row; the program is left alone where there are none."""
        for at, word in enumerate(self.free):
            if self.free[at : at + width] == list(range(word, word + width)):
                del self.free[at : at + width]
                return word
        raise IndexError("no spare scratch words")

    def sites(self, engine, names=None):
        """(bundle, slot number) of slots of this kind."""
        return [
            (b, i)
            for b, bundle in enumerate(self.bundles)
            for i, slot in enumerate(bundle.get(engine, ()))
            if names is None or slot[0] in names
        ]

    def pick(self, engine, names=None):
        sites = self.sites(engine, names)
        if not sites:
            raise IndexError("no such slot")
        return self.rng.choice(sites)

    def before(self, bundle, *slots):
        """Insert one bundle per slot before ``bundle``."""
        new = [{engine: [list(slot)]} for engine, *slot in slots]
        self.bundles[bundle:bundle] = new
        return bundle + len(new)

    def put(self, bundle, engine, number, *slot):
        self.bundles[bundle][engine][number] = list(slot)


def _respell(r, name, make):
    """Rewrite one ``alu`` slot ``name`` by temporaries computed just before."""
    b, i = r.pick("alu", {name})
    _, dest, x, y = r.bundles[b]["alu"][i]
    t, u = r.spare(), r.spare()
    slots, last = make(r.zero, t, u, x, y)
    b = r.before(b, *(("alu", *slot) for slot in slots))
    op, p, q = last
    r.put(b, "alu", i, op, dest, p, q)


def add_as_subtraction(r):
    _respell(r, "+", lambda z, t, u, x, y: ([("-", t, z, y)], ("-", x, t)))


def subtract_as_addition(r):
    _respell(r, "-", lambda z, t, u, x, y: ([("-", t, z, y)], ("+", x, t)))


def xor_as_or_less_and(r):
    _respell(r, "^", lambda z, t, u, x, y: ([("|", t, x, y), ("&", u, x, y)], ("-", t, u)))


def and_as_or_less_xor(r):
    _respell(r, "&", lambda z, t, u, x, y: ([("|", t, x, y), ("^", u, x, y)], ("-", t, u)))


def xor_as_sum_less_carries(r):
    _respell(
        r,
        "^",
        lambda z, t, u, x, y: ([("+", t, x, y), ("&", u, x, y), ("+", u, u, u)], ("-", t, u)),
    )


def add_as_or_less_xor(r):
    _respell(
        r,
        "+",
        lambda z, t, u, x, y: ([("|", t, x, y), ("+", t, t, t), ("^", u, x, y)], ("-", t, u)),
    )


def or_as_sum_less_and(r):
    _respell(r, "|", lambda z, t, u, x, y: ([("^", t, x, y), ("&", u, x, y)], ("+", t, u)))


def shift_as_product(r):
    b, i = r.pick("alu", {"<<"})
    _, dest, x, y = r.bundles[b]["alu"][i]
    one, t = r.spare(), r.spare()
    b = r.before(b, ("load", "const", one, 1), ("alu", "<<", t, one, y))
    r.put(b, "alu", i, "*", dest, x, t)


def shift_in_two_steps(r):
    """By half of the amount, then by the rest of it: right for every amount, 0 included."""
    b, i = r.pick("alu", {">>"})
    _, dest, x, y = r.bundles[b]["alu"][i]
    t, half, rest = r.spare(), r.spare(), r.spare()
    b = r.before(
        b,
        ("load", "const", t, 1),
        ("alu", ">>", half, y, t),
        ("alu", ">>", t, x, half),
        ("alu", "-", rest, y, half),
    )
    r.put(b, "alu", i, ">>", dest, t, rest)


def swapped_operands(r):
    engine = r.rng.choice(["alu", "valu"])
    b, i = r.pick(engine, COMMUTATIVE)
    name, dest, x, y = r.bundles[b][engine][i]
    r.put(b, engine, i, name, dest, y, x)


def vector_as_scalar_lanes(r):
    """One ``valu`` slot by eight ``alu`` slots, then copied into place by the vector engine."""
    b, i = r.pick("valu", BINARY)
    name, dest, x, y = r.bundles[b]["valu"][i]
    t, zeros = r.spare(VLEN), r.spare(VLEN)
    lanes = list(range(VLEN))
    r.rng.shuffle(lanes)
    b = r.before(b, *(("alu", name, t + k, x + k, y + k) for k in lanes))
    r.put(b, "valu", i, "^", dest, zeros, t)


def multiply_add_in_two(r):
    b, i = r.pick("valu", {"multiply_add"})
    _, dest, x, y, c = r.bundles[b]["valu"][i]
    t = r.spare(VLEN)
    b = r.before(b, ("valu", "*", t, x, y))
    r.put(b, "valu", i, "+", dest, t, c)


def broadcast_by_copies(r):
    b, i = r.pick("valu", {"vbroadcast"})
    _, dest, x = r.bundles[b]["valu"][i]
    t, zeros = r.spare(VLEN), r.spare(VLEN)
    b = r.before(b, *(("alu", "+", t + k, x, r.zero) for k in range(VLEN)))
    r.put(b, "valu", i, "|", dest, t, zeros)


def select_as_arithmetic(r):
    """select(c, x, y) as y + (c != 0)·(x - y), for a scalar or for the lanes of a vector."""
    wide = bool(r.sites("flow", {"vselect"}))
    b, i = r.pick("flow", {"vselect" if wide else "select"})
    _, dest, c, x, y = r.bundles[b]["flow"][i]
    width = VLEN if wide else 1
    engine = "valu" if wide else "alu"
    t, u, zeros = r.spare(width), r.spare(width), r.spare(width)
    if len(r.bundles[b].get(engine, ())) >= SLOT_LIMITS[engine]:
        raise IndexError("no free slot")
    b = r.before(
        b,
        (engine, "<", t, zeros, c),
        (engine, "-", u, x, y),
        (engine, "*", t, t, u),
    )
    del r.bundles[b]["flow"]
    r.bundles[b].setdefault(engine, []).append(["+", dest, y, t])


def select_with_sides_swapped(r):
    wide = bool(r.sites("flow", {"vselect"}))
    b, i = r.pick("flow", {"vselect" if wide else "select"})
    name, dest, c, x, y = r.bundles[b]["flow"][i]
    width, engine = (VLEN, "valu") if wide else (1, "alu")
    t, zeros = r.spare(width), r.spare(width)
    b = r.before(b, (engine, "==", t, c, zeros))
    r.put(b, "flow", i, name, dest, t, y, x)


def obfuscated_constant(r):
    b, i = r.pick("load", {"const"})
    _, dest, value = r.bundles[b]["load"][i]
    if len(r.bundles[b].get("alu", ())) >= SLOT_LIMITS["alu"]:
        raise IndexError("no free slot")
    key, t, u = r.rng.getrandbits(32), r.spare(), r.spare()
    b = r.before(b, ("load", "const", t, value ^ key & 0xFFFFFFFF), ("load", "const", u, key))
    op = "^"
    if r.rng.random() < 0.5:
        r.bundles[b - 2] = {"load": [["const", t, (value - key) & 0xFFFFFFFF]]}
        op = "+"
    else:
        r.bundles[b - 2] = {"load": [["const", t, (value ^ key) & 0xFFFFFFFF]]}
    del r.bundles[b]["load"][i]
    if not r.bundles[b]["load"]:
        del r.bundles[b]["load"]
    r.bundles[b].setdefault("alu", []).append([op, dest, t, u])


def dead_code(r):
    b = r.rng.randrange(len(r.bundles))
    t = r.spare(VLEN)
    x = r.rng.randrange(SCRATCH_SIZE - VLEN)
    name = r.rng.choice(sorted(BINARY - {"//", "%", "cdiv"}))
    r.before(b, ("valu", name, t, x, x), ("alu", "*", t, x, x + 1), ("flow", "coreid", t + 1))


def copied_through_memory(r):
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


def copied_operand(r):
    engine = r.rng.choice(["alu", "valu"])
    b, i = r.pick(engine, BINARY)
    name, dest, x, y = r.bundles[b][engine][i]
    width = VLEN if engine == "valu" else 1
    t, zeros = r.spare(width), r.spare(width)
    op = r.rng.choice(["+", "-", "^", "|", "<<", ">>"])
    b = r.before(b, (engine, op, t, y, zeros))
    r.put(b, engine, i, name, dest, x, t)


def reordered_slots(r):
    """Slots of one engine in another order, where no two of them write one word."""
    b = r.rng.randrange(len(r.bundles))
    engine = r.rng.choice(sorted(r.bundles[b]))
    slots = r.bundles[b][engine]
    written = [
        word for slot in slots for words in OPS[engine, slot[0]].writes(slot) for word in words
    ]
    if engine != "store" and len(written) == len(set(written)):
        r.rng.shuffle(slots)


def split_bundle(r):
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


def renamed_scratch(r):
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


def permuted_scratch(r):
    """Words that vector operands hold together moved as one, each such block to a new place."""
    used = {}  # word -> whether the word after it stays next to it
    for words in _operands(r.bundles):
        for word in words:
            used[word] = used.get(word, False) or word != words[-1]
    blocks, at = [], None
    for word in sorted(used):
        if at is None:
            at = word
        if not used[word]:
            blocks.append(range(at, word + 1))
            at = None
    r.rng.shuffle(blocks)
    room = SCRATCH_SIZE - len(used)
    gaps = sorted(r.rng.randint(0, room) for _ in blocks)
    moved, taken = {}, 0
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


def _operands(program):
    """The words of every operand of every slot."""
    for pairs in check_program(program):
        for op, slot in pairs:
            yield from op.reads(slot)
            yield from op.writes(slot)


def moved_bundles(r):
    """Two neighbouring bundles exchanged, where neither needs or disturbs what the other does."""
    pairs = check_program(r.bundles)
    free = [b for b in range(len(pairs) - 1) if _independent(pairs[b], pairs[b + 1])]
    if not free:
        raise IndexError("no two neighbours are independent")
    b = r.rng.choice(free)
    r.bundles[b : b + 2] = [r.bundles[b + 1], r.bundles[b]]


def _independent(one, other):
    def words(bundle, of):
        return {word for op, slot in bundle for at in getattr(op, of)(slot) for word in at}

    def engines(bundle):
        return {op.engine for op, _ in bundle}

    return not (
        words(one, "writes") & (words(other, "reads") | words(other, "writes"))
        or words(one, "reads") & words(other, "writes")
        or ("store" in engines(one) and engines(other) & {"load", "store"})
        or ("store" in engines(other) and engines(one) & {"load", "store"})
        or any(op.place == "pc" for op, _ in (*one, *other))
    )


def reordered_lanes(r):
    """One ``valu`` slot on its lanes in another order, which are then put back in place."""
    b, i = r.pick("valu", BINARY)
    name, dest, x, y = r.bundles[b]["valu"][i]
    t, u, zeros = r.spare(VLEN), r.spare(VLEN), r.spare(VLEN)
    lanes = list(range(VLEN))
    r.rng.shuffle(lanes)
    b = r.before(
        b,
        *(("alu", "+", t + k, x + lane, r.zero) for k, lane in enumerate(lanes)),
        *(("alu", "+", u + k, y + lane, r.zero) for k, lane in enumerate(lanes)),
        ("valu", name, t, t, u),
        *(("alu", "+", u + lane, t + k, r.zero) for k, lane in enumerate(lanes)),
    )
    r.put(b, "valu", i, "+", dest, u, zeros)


def jump_to_the_next_bundle(r):
    """A jump over nothing: put in last, since other bundles move."""
    b = r.rng.randrange(len(r.bundles) + 1)
    r.bundles[b:b] = [{"flow": [["cond_jump_rel", r.zero, 0]]}]


TRANSFORMATIONS = [
    add_as_subtraction,
    subtract_as_addition,
    xor_as_or_less_and,
    and_as_or_less_xor,
    or_as_sum_less_and,
    xor_as_sum_less_carries,
    add_as_or_less_xor,
    shift_as_product,
    shift_in_two_steps,
    swapped_operands,
    vector_as_scalar_lanes,
    multiply_add_in_two,
    broadcast_by_copies,
    select_as_arithmetic,
    select_with_sides_swapped,
    obfuscated_constant,
    dead_code,
    copied_through_memory,
    copied_operand,
    reordered_slots,
    split_bundle,
    renamed_scratch,
    permuted_scratch,
    moved_bundles,
    reordered_lanes,
    jump_to_the_next_bundle,
]


def transformed(program, rng, count):
    """Up to ``count`` random transformations; which of them applied."""
    applied = []
    for _ in range(count):
        change = rng.choice(TRANSFORMATIONS)
        rewriter = Rewriter(program, rng)
        try:
            change(rewriter)
        except IndexError:
            continue
        program = rewriter.bundles
        applied.append(change.__name__)
    return program, applied
