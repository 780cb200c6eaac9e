"""Write, or check, ``formal/Ops.v``: the op table and the hash in Coq, from the frozen base.

``python -m formal.generate`` writes the file; ``--check`` exits with 1 if it is out of step.
"""

import argparse
import ast
import sys
from pathlib import Path

from frozen.ops import OPS, Op
from frozen.problem import HASH_STAGES

TARGET = Path(__file__).with_name("Ops.v")
NAMES = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "//": "div",
    "cdiv": "cdiv",
    "^": "xor",
    "&": "and",
    "|": "or",
    "<<": "shl",
    ">>": "shr",
    "%": "rem",
    "<": "lt",
    "==": "eq",
}
_BINARY: dict[type[ast.AST], str] = {
    ast.Add: "Z.add",
    ast.Sub: "Z.sub",
    ast.Mult: "Z.mul",
    ast.FloorDiv: "Z.div",  # rounds down, as Python's does
    ast.Mod: "Z.modulo",
    ast.BitXor: "Z.lxor",
    ast.BitAnd: "Z.land",
    ast.BitOr: "Z.lor",
    ast.LShift: "Z.shiftl",
    ast.RShift: "Z.shiftr",
}
_COMPARED: dict[type[ast.AST], str] = {ast.Lt: "Z.ltb", ast.Eq: "Z.eqb"}


def constructor(op: Op) -> str:
    """The op's name in Coq."""
    return f"{op.engine}_{NAMES.get(op.name, op.name)}"


def term(node: ast.expr) -> str:
    """A meaning's expression as a Coq term over Z. Raises ``ValueError`` on what it cannot say."""
    match node:
        case ast.Name(name):
            return name
        case ast.Constant(int(value)):
            return str(value)
        case ast.BinOp(left, operator, right):
            return f"({_BINARY[type(operator)]} {term(left)} {term(right)})"
        case ast.UnaryOp(ast.USub(), operand):
            return f"(Z.opp {term(operand)})"
        case ast.Compare():
            return f"(Z.b2z {truth(node)})"
        case ast.IfExp(test, body, orelse):
            return f"(if {truth(test)} then {term(body)} else {term(orelse)})"
    raise ValueError(f"no Coq term for {ast.unparse(node)}")


def truth(node: ast.expr) -> str:
    """An expression as a Coq boolean: a comparison, or whether a word is not 0."""
    match node:
        case ast.Compare(left, [operator], [right]):
            return f"({_COMPARED[type(operator)]} {term(left)} {term(right)})"
    return f"(negb (Z.eqb {term(node)} 0))"


def effect(op: Op) -> str:
    """What a slot does, as a term of the type ``effect``."""
    if not op.place:
        return "Nothing"
    if op.place.startswith("mem["):
        return "Store"
    if op.place != "dest":
        return "Elsewhere"
    if op.value.startswith("mem["):
        return "Load"
    names = [operand.name for operand in op.operands if operand.kind in ("src", "imm")]
    body = term(ast.parse(op.value, mode="eval").body)
    return f"Compute (fun l => match l with [{'; '.join(names)}] => {body} | _ => 0 end)"


def text() -> str:
    """The text of ``Ops.v``."""
    ops = {constructor(op): op for op in OPS.values()}
    kinds = {
        name: "; ".join(f"({kind.capitalize()}, {width})" for _, kind, width in op.operands)
        for name, op in ops.items()
    }

    def cases(rows: dict[str, str], other: str = "") -> str:
        listed = "".join(f"  | {name} => {row}\n" for name, row in rows.items())
        return listed + (f"  | _ => {other}\n" if other else "") + "  end.\n\n"

    def chosen(names: list[str]) -> str:
        return cases(dict.fromkeys(names, "true"), "false")

    divides = [name for name, op in ops.items() if "//" in op.value or "%" in op.value]
    stages = {}
    for number, (op1, constant, op2, shift, amount) in enumerate(HASH_STAGES):
        left = f"(word ({_stage(op1)} a {constant}))"
        right = f"(word ({_stage(shift)} a {amount}))"
        stages[str(number)] = f"word ({_stage(op2)} {left} {right})"
    return (
        "(* Generated from frozen/ops.py and frozen/problem.py by `python -m formal.generate`. *)\n"
        "Require Import ZArith List.\nImport ListNotations.\nOpen Scope Z_scope.\n\n"
        "Definition word (x : Z) : Z := x mod 2 ^ 32.\n\n"
        f"Inductive op :=\n{''.join(f'  | {name}{chr(10)}' for name in ops)}  .\n\n"
        "Inductive kind := Dest | Src | Imm | Target.\n\n"
        "Definition operands (o : op) : list (kind * Z) :=\n  match o with\n"
        + cases({name: f"[{row}]" for name, row in kinds.items()})
        + "(* The last operand is added to each scratch address. *)\n"
        "Definition displaced (o : op) : bool :=\n  match o with\n"
        + chosen([name for name, op in ops.items() if op.displaced])
        + "(* The second operand must not be 0. *)\n"
        "Definition divides (o : op) : bool :=\n  match o with\n"
        + chosen(divides)
        + "Inductive effect :=\n"
        "  | Compute (value : list Z -> Z) (* of the words of its sources and its immediates *)\n"
        "  | Load\n  | Store\n"
        "  | Elsewhere (* the program counter or the trace *)\n  | Nothing.\n\n"
        "Definition effect_of (o : op) : effect :=\n  match o with\n"
        + cases({name: effect(op) for name, op in ops.items()})
        + "Definition stages : nat := "
        + f"{len(HASH_STAGES)}%nat.\n\n"
        + "Definition stage (number : nat) (a : Z) : Z :=\n  match number with\n"
        + cases({f"{number}%nat": row for number, row in stages.items()}, "a").rstrip("\n")
        + "\n"
    )


def _stage(op: str) -> str:
    return {"+": "Z.add", "^": "Z.lxor", "<<": "Z.shiftl", ">>": "Z.shiftr"}[op]


def main(arguments: list[str]) -> int:
    """Write the file, or check it. 0: in step. 1: it is not."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; 1: it is out of step")
    if parser.parse_args(arguments).check:
        same = TARGET.exists() and TARGET.read_text("utf-8") == text()
        if not same:
            print(f"{TARGET.name}: differs; run `python -m formal.generate`")
        return int(not same)
    TARGET.write_text(text(), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
