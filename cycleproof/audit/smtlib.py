"""Words and machine ops as SMT-LIB 2 text."""

from collections.abc import Mapping

from frozen.ops import MASK, OPS

WORD = "(_ BitVec 32)"

# Each op's value in SMT-LIB, keyed by its meaning in the op table: were a meaning changed there,
# the op would be refused here. Expressions are total: dividing by 0 gives 0.
_VALUES: Mapping[str, str] = {
    "a + b": "(bvadd {a} {b})",
    "a - b": "(bvsub {a} {b})",
    "a * b": "(bvmul {a} {b})",
    "a ^ b": "(bvxor {a} {b})",
    "a & b": "(bvand {a} {b})",
    "a | b": "(bvor {a} {b})",
    "a << b if b < 32 else 0": "(bvshl {a} {b})",
    "a >> b": "(bvlshr {a} {b})",
    "a < b": "(ite (bvult {a} {b}) #x00000001 #x00000000)",
    "a == b": "(ite (= {a} {b}) #x00000001 #x00000000)",
    "a // b": "(ite (= {b} #x00000000) #x00000000 (bvudiv {a} {b}))",
    "a % b": "(ite (= {b} #x00000000) #x00000000 (bvurem {a} {b}))",
    "-(-a // b)": (
        "(ite (or (= {a} #x00000000) (= {b} #x00000000)) #x00000000"
        " (bvadd (bvudiv (bvsub {a} #x00000001) {b}) #x00000001))"
    ),
}
_OPS = {name: _VALUES[op.value] for (engine, name), op in OPS.items() if engine == "alu"}


def binary(op: str, a: str, b: str) -> str:
    """One of the 13 machine ops on two terms."""
    return _OPS[op].format(a=a, b=b)


def literal(word: int) -> str:
    """A known word."""
    return f"#x{word & MASK:08x}"
