"""Words and machine ops as SMT-LIB 2 text."""

from collections.abc import Mapping

from frozen.ops import MASK, OPS

WORD = "(_ BitVec 32)"

# Each op's value in SMT-LIB, keyed by its meaning in the op table: an op with another meaning there
# is refused here. Expressions are total: dividing by 0 gives 0.
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


def binary(op: str, a: str, b: str) -> str:
    """A machine op of two operands on two terms. Raises ``NotImplementedError`` on a new one."""
    meaning = OPS["alu", op].value
    if meaning not in _VALUES:
        raise NotImplementedError(f"the audit has no SMT-LIB term for {op!r}: {meaning}")
    return _VALUES[meaning].format(a=a, b=b)


def literal(word: int) -> str:
    """A known word."""
    return f"#x{word & MASK:08x}"
