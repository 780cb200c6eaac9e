"""The machine's ops in SMT-LIB 2, translated from the op table."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from frozen.ops import OPS

from ...engine.meaning import translate

_EMIT: Mapping[str, Callable[..., str]] = {
    "+": "(bvadd {} {})".format,
    "-": "(bvsub {} {})".format,
    "*": "(bvmul {} {})".format,
    "//": "(bvudiv {} {})".format,
    "%": "(bvurem {} {})".format,
    "^": "(bvxor {} {})".format,
    "&": "(bvand {} {})".format,
    "|": "(bvor {} {})".format,
    "<<": "(bvshl {} {})".format,
    ">>": "(bvlshr {} {})".format,
    "<": "(ite (bvult {} {}) #x00000001 #x00000000)".format,
    "==": "(ite (= {} {}) #x00000001 #x00000000)".format,
    "cdiv": (
        "(bvadd (bvudiv {0} {1}) (ite (= #x00000000 (bvurem {0} {1})) #x00000000 #x00000001))"
    ).format,
    "?": "(ite (distinct {} #x00000000) {} {})".format,
}
"""The primitives of ``engine.meaning``; divisors are not zero."""

_ROWS = {name: op for (engine, name), op in OPS.items() if engine == "alu" or name == "select"}


def literal(value: int) -> str:
    """A known word."""
    return f"#x{value:08x}"


def operation(op: str, parts: Sequence[str]) -> str:
    """An op of the machine on words in SMT-LIB; a sum and a xor may have more than two."""
    row = _ROWS[op]
    names = [operand.name for operand in row.operands if operand.kind == "src"]

    def once(*words: str) -> str:
        return translate(row.value, dict(zip(names, words, strict=True)), literal, _EMIT)

    return reduce(once, parts) if op in ("+", "^") else once(*parts)
