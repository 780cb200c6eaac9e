"""Broken provers: each proves a wrong program, and the checker refuses what it wrote."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cycleproof.checker import REJECTED, check
from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.algebra import Algebra
from cycleproof.proof.terms import Term
from frozen.artifact import Artifact
from frozen.problem import Shape
from frozen.program import program_digest

from ...support.samples import artifact


def constant(old: int, new: int) -> Callable[[Any], None]:
    """A program that holds another constant."""

    def change(program: Any) -> None:
        slots = [s for b in program for s in b.get("load", []) if s[0] == "const" and s[2] == old]
        assert slots
        for slot in slots:
            slot[2] = new

    return change


def op(old: str, new: str, which: int) -> Callable[[Any], None]:
    """A program with another op in one alu slot."""

    def change(program: Any) -> None:
        [s for b in program for s in b.get("alu", []) if s[0] == old][which][0] = new

    return change


def instead(op: str, taken: int, given: int) -> Callable[[Any], None]:
    """A prover whose ``op`` takes one constant for another, as its second operand."""

    def change(patch: Any) -> None:
        right = Algebra.apply

        def broken(self: Algebra, name: str, *operands: Term) -> Term:
            if name == op and operands[1] is self.const(taken):
                operands = (operands[0], self.const(given))
            return right(self, name, *operands)

        patch.setattr(Algebra, "apply", broken)

    return change


def misread(patch: Any) -> None:
    """A prover that loses a bit of a constant."""
    right = Algebra.const
    lost = {0xD3A2246C: 0xD3A2646C}
    patch.setattr(Algebra, "const", lambda self, value: right(self, lost.get(value, value)))


def alike(op: str, other: str) -> Callable[[Any], None]:
    """A prover that takes one op for another."""

    def change(patch: Any) -> None:
        right = Algebra.apply

        def broken(self: Algebra, name: str, *operands: Term) -> Term:
            return right(self, other if name == op else name, *operands)

        patch.setattr(Algebra, "apply", broken)

    return change


BROKEN: dict[str, tuple[Callable[[Any], None], Callable[[Any], None]]] = {
    "takes >> 18 for >> 19": (constant(19, 18), instead(">>", 18, 19)),
    "takes >> 17 for >> 16": (constant(16, 17), instead(">>", 17, 16)),
    "takes 2**10 for 2**9 in sums": (constant(9, 10), instead("*", 1 << 10, 1 << 9)),
    "loses a bit of a constant": (constant(0xD3A2646C, 0xD3A2246C), misread),
    "takes | for ^": (op("^", "|", 0), alike("|", "^")),
    "takes - for +": (op("+", "-", 5), alike("-", "+")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_prover_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, broken = BROKEN[name]
    right = artifact("baseline", Shape(2, 4, 2)).decoded
    program = json.loads(json.dumps(right.program))
    wrong(program)
    of: Artifact = right._replace(program=program, program_sha256=program_digest(program))
    assert prove(of).verdict == ProofVerdict.REFUTED
    broken(monkeypatch)
    result = prove(of, certificate=True)
    assert result.verdict == ProofVerdict.PROVED, result.stuck_on
    assert result.certificate is not None
    assert check(of, result.certificate).verdict == REJECTED
