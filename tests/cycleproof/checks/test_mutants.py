"""Flip one operand of the shipped kernel, 200 times: each is caught, or proved to be harmless.

A mutant that the decoder refuses ends ``verify`` with exit code 2, one with a wrong output or one
that the prover refutes with exit code 1. What survives is not listed by hand as harmless: the
prover must show that it computes the same for all inputs (an operand of a dead slot, a read of
another word that holds the same, a bit that nothing looks at).
"""

from pathlib import Path

import pytest

from cycleproof.artifact.format import encode, load
from cycleproof.proof import ProofVerdict, prove
from frozen.artifact import Artifact
from frozen.errors import Malformed
from frozen.harness import judge
from frozen.program import check_program
from tests.support.fixtures import CommandLine, Write
from tests.support.mutants import mutants

MUTANTS = 200
RUNS = [{"seed": 0}, {"seed": 1}]


def caught_by(artifact: Artifact) -> int:
    """The exit code that the decoder (2) or the first of two seeds (1) gives, or 0."""
    try:
        return 0 if all(judge(artifact, [run])[0]["pass"] for run in RUNS) else 1
    except Malformed:
        return 2


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_mutant_is_caught_or_proved_equal(root: Path) -> None:
    shipped = load(root / "artifacts" / "kernel.json").decoded
    ends = {0: 0, 1: 0, 2: 0}
    for site, program in mutants(shipped.program, MUTANTS):
        mutant = shipped._replace(program=program)
        code = caught_by(mutant)
        if code == 0:
            verdict = prove(mutant).verdict
            assert verdict is not ProofVerdict.UNKNOWN, site
            code = 0 if verdict is ProofVerdict.PROVED else 1
        ends[code] += 1
    assert ends[1] + ends[2] > MUTANTS * 2 // 3, ends


def refused(artifact: Artifact) -> bool:
    try:
        check_program(artifact.program)
    except Malformed:
        return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("code", [1, 2])
def test_the_command_line_agrees(
    root: Path, write: Write, cycleproof: CommandLine, code: int
) -> None:
    shipped = load(root / "artifacts" / "kernel.json").decoded
    programs = (program for _, program in mutants(shipped.program, MUTANTS))
    mutated = (shipped._replace(program=program) for program in programs)
    mutant = next(one for one in mutated if (refused(one) if code == 2 else caught_by(one) == 1))
    data = encode(mutant.shape, mutant.program, mutant.cycles, mutant.generator)
    skipped = [option for name in ("proof", "directed") for option in ("--skip", name)]
    assert cycleproof("verify", write(data), *skipped).returncode == code
