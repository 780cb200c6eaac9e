"""Programs whose terms grow without end: they stay unknown within limits of memory and time.

Run as a module with a path, it writes the worst one known at the judged shape.
"""

import functools
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cycleproof import checker
from cycleproof.artifact.format import encode
from cycleproof.base import limits
from cycleproof.checker import certificate as certificates
from cycleproof.checker import terms
from cycleproof.checker.budget import Budget
from cycleproof.cli import cli
from cycleproof.proof import ProofVerdict, attempt, prove
from cycleproof.proof.run import paths
from frozen.artifact import parse
from frozen.ops import Program
from frozen.problem import Shape
from tests.support.kernels.plain import Kernel
from tests.support.programs import Bundles

SHAPE = Shape(3, 5, 4)
GENERATOR = {"name": "test", "version": "0", "sources_sha256": "0" * 64}


def bomb(turns: int = 200, adds: int = 128) -> Bundles:
    """Eight sums of many words, each multiplied by all lanes' sums again and again."""
    words = [{"load": [("const", 0, 7), ("const", 40, adds)]}]
    words += [{"load": [("const", 1, 15), ("const", 2, 16)]}]
    words += [
        {
            "alu": [("+", 0, 0, 2), ("+", 1, 1, 2)],
            "flow": [("add_imm", 40, 40, -1)],
            "load": [("vload", 16, 0), ("vload", 24, 1)],
        },
        {"valu": [("+", 8, 8, 16)]},
        {"flow": [("cond_jump", 40, 2)], "valu": [("+", 8, 8, 24)]},
    ]
    words += [{"alu": [("+", 8, 8, 9 + lane)]} for lane in range(7)]
    words += [{"load": [("const", 48, 3), ("const", 40, turns)]}]
    words += [{"valu": [("vbroadcast", 200, 48), ("vbroadcast", 64, 8)]}]
    words += [{"load": [("const", 208 + lane, lane + 1)]} for lane in range(8)]
    sums = range(64, 112, 8)
    words += [{"valu": [("+", at, max(at - 8, 64), 208)]} for at in sums]
    words += [{"valu": [("multiply_add", at, at, 200, 208)]} for at in sums[1:]]
    again = len(words)
    grow = [("multiply_add", at, at, 200, 208) for at in sums]
    words += [{"flow": [("add_imm", 40, 40, -1)], "valu": grow}]
    return [*words, {"flow": [("cond_jump", 40, again)]}]


def artifact(program: Program, shape: Shape = SHAPE, cycles: int | None = None) -> bytes:
    return encode(shape, program, cycles or len(program), GENERATOR)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)], standalone_mode=False)


def test_the_size_of_terms_is_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "MAX_KEPT", 100_000)
    made = attempt.attempt(parse(artifact(bomb(adds=30), Shape(8, 2, 16), 1000)))
    assert made.outcome is None
    assert made.stuck_on.startswith("bundle ")
    assert "the terms grew past the budget" in made.stuck_on
    assert made.algebra.kept < 110_000
    assert len(made.algebra) < 30_000  # few terms, all of them large


@pytest.mark.parametrize("name", ["MAX_KEPT", "MAX_WORK"])
def test_a_right_program_past_the_budget_is_unknown(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    right = parse(artifact(Kernel(SHAPE).build()))
    assert prove(right).verdict is ProofVerdict.PROVED
    monkeypatch.setattr(
        attempt, name, getattr(attempt.attempt(right).algebra, name[4:].lower()) // 2
    )
    result = prove(right)
    assert result.verdict is ProofVerdict.UNKNOWN
    assert "the terms grew past the budget" in result.stuck_on


def test_the_checker_charges_for_atoms_that_cancel() -> None:
    budget = Budget(100_000)
    algebra = terms.Algebra(budget)
    words = [algebra.term("word", at) for at in range(50)]
    for total, nothing in (
        (functools.reduce(algebra.add, words), lambda x: algebra.add(x, x, -1)),
        (functools.reduce(algebra.xor, words), lambda x: algebra.xor(x, x)),
    ):
        before = budget.left
        assert nothing(total) == 0
        assert before - budget.left == 100


@pytest.fixture
def right(tmp_path: Path) -> Path:
    path = tmp_path / "right.json"
    path.write_bytes(artifact(Kernel(SHAPE).build()))
    return path


def hungry(*arguments: Any, **named: Any) -> Any:
    return bytearray(limits.MEMORY_LIMIT)


@pytest.mark.slow
def test_out_of_memory_is_inconclusive_everywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, right: Path
) -> None:
    certificate = tmp_path / "certificate.json"
    assert run("prove", right, "--certificate", certificate).return_value == 0
    assert run("check-proof", right, certificate).return_value == 0

    monkeypatch.setattr(certificates, "decode", hungry)
    monkeypatch.setattr(checker, "decode", hungry)
    monkeypatch.setattr(paths.Executor, "run", hungry)
    proved = run("prove", right)
    assert proved.return_value == 4
    assert proved.output.startswith("OPEN at H=3 R=5 B=4")
    assert "the prover was ended: it needs more than 3072 MiB of memory" in proved.output
    assert run("prove", right, "--json").return_value == 4
    checked = run("check-proof", right, certificate)
    assert checked.return_value == 4
    assert "the checker was ended: it needs more than 3072 MiB of memory" in checked.output
    verified = run("verify", right, "--seeds", "1", "--skip", "directed", "--json")
    assert verified.return_value == 4
    assert "the prover was ended: it needs more than" in verified.output


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(artifact(bomb(), Shape(10, 16, 256), 814))
