"""Transformations of one slot: the same word by other ops.

Each takes a ``Rewriter``. What is added before a bundle reads the state that the bundle reads and
writes spare words. Raises ``IndexError`` where it does not apply.
"""

from collections.abc import Callable

from frozen.ops import SLOT_LIMITS, VLEN

from .rewriter import BINARY, Rewriter

COMMUTATIVE = {"+", "*", "^", "&", "|", "=="}

Respelling = Callable[
    [int, int, int, int, int], tuple[list[tuple[str, int, int, int]], tuple[str, int, int]]
]
"""Of a zero, two spare words and both operands: slots that go before, and the op with operands."""


def _respell(r: Rewriter, name: str, make: Respelling) -> None:
    """Rewrite one ``alu`` slot ``name`` by temporaries computed just before."""
    b, i = r.pick("alu", {name})
    _, dest, x, y = r.bundles[b]["alu"][i]
    t, u = r.spare(), r.spare()
    slots, last = make(r.zero, t, u, x, y)
    b = r.before(b, *(("alu", *slot) for slot in slots))
    op, p, q = last
    r.put(b, "alu", i, op, dest, p, q)


def add_as_subtraction(r: Rewriter) -> None:
    _respell(r, "+", lambda z, t, u, x, y: ([("-", t, z, y)], ("-", x, t)))


def subtract_as_addition(r: Rewriter) -> None:
    _respell(r, "-", lambda z, t, u, x, y: ([("-", t, z, y)], ("+", x, t)))


def xor_as_or_less_and(r: Rewriter) -> None:
    _respell(r, "^", lambda z, t, u, x, y: ([("|", t, x, y), ("&", u, x, y)], ("-", t, u)))


def and_as_or_less_xor(r: Rewriter) -> None:
    _respell(r, "&", lambda z, t, u, x, y: ([("|", t, x, y), ("^", u, x, y)], ("-", t, u)))


def xor_as_sum_less_carries(r: Rewriter) -> None:
    _respell(
        r,
        "^",
        lambda z, t, u, x, y: ([("+", t, x, y), ("&", u, x, y), ("+", u, u, u)], ("-", t, u)),
    )


def add_as_or_less_xor(r: Rewriter) -> None:
    _respell(
        r,
        "+",
        lambda z, t, u, x, y: ([("|", t, x, y), ("+", t, t, t), ("^", u, x, y)], ("-", t, u)),
    )


def or_as_sum_less_and(r: Rewriter) -> None:
    _respell(r, "|", lambda z, t, u, x, y: ([("^", t, x, y), ("&", u, x, y)], ("+", t, u)))


def shift_as_product(r: Rewriter) -> None:
    b, i = r.pick("alu", {"<<"})
    _, dest, x, y = r.bundles[b]["alu"][i]
    one, t = r.spare(), r.spare()
    b = r.before(b, ("load", "const", one, 1), ("alu", "<<", t, one, y))
    r.put(b, "alu", i, "*", dest, x, t)


def shift_in_two_steps(r: Rewriter) -> None:
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


def swapped_operands(r: Rewriter) -> None:
    engine = r.rng.choice(["alu", "valu"])
    b, i = r.pick(engine, COMMUTATIVE)
    name, dest, x, y = r.bundles[b][engine][i]
    r.put(b, engine, i, name, dest, y, x)


def vector_as_scalar_lanes(r: Rewriter) -> None:
    """One ``valu`` slot by eight ``alu`` slots, then copied into place by the vector engine."""
    b, i = r.pick("valu", BINARY)
    name, dest, x, y = r.bundles[b]["valu"][i]
    t, zeros = r.spare(VLEN), r.spare(VLEN)
    lanes = list(range(VLEN))
    r.rng.shuffle(lanes)
    b = r.before(b, *(("alu", name, t + k, x + k, y + k) for k in lanes))
    r.put(b, "valu", i, "^", dest, zeros, t)


def multiply_add_in_two(r: Rewriter) -> None:
    b, i = r.pick("valu", {"multiply_add"})
    _, dest, x, y, c = r.bundles[b]["valu"][i]
    t = r.spare(VLEN)
    b = r.before(b, ("valu", "*", t, x, y))
    r.put(b, "valu", i, "+", dest, t, c)


def broadcast_by_copies(r: Rewriter) -> None:
    b, i = r.pick("valu", {"vbroadcast"})
    _, dest, x = r.bundles[b]["valu"][i]
    t, zeros = r.spare(VLEN), r.spare(VLEN)
    b = r.before(b, *(("alu", "+", t + k, x, r.zero) for k in range(VLEN)))
    r.put(b, "valu", i, "|", dest, t, zeros)


def select_as_arithmetic(r: Rewriter) -> None:
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


def select_with_sides_swapped(r: Rewriter) -> None:
    wide = bool(r.sites("flow", {"vselect"}))
    b, i = r.pick("flow", {"vselect" if wide else "select"})
    name, dest, c, x, y = r.bundles[b]["flow"][i]
    width, engine = (VLEN, "valu") if wide else (1, "alu")
    t, zeros = r.spare(width), r.spare(width)
    b = r.before(b, (engine, "==", t, c, zeros))
    r.put(b, "flow", i, name, dest, t, y, x)


def obfuscated_constant(r: Rewriter) -> None:
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


def reordered_lanes(r: Rewriter) -> None:
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
