"""Runs the corpus ``solver``; and a prover that gives up says so in its exit code."""

import sys
from typing import NoReturn

import pytest

from cycleproof import cli
from cycleproof.artifact.format import encode
from cycleproof.commands import prove
from tests.corpus.case import Case
from tests.corpus.solver import CASES, PROGRAMS, SHAPE
from tests.support.fixtures import CommandLine, Write

GENERATOR = {"name": "test", "version": "1", "sources_sha256": "0" * 64}


def kernel(case: Case) -> bytes:
    program = PROGRAMS[case.name]
    return encode(SHAPE, program, len(program), GENERATOR)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, write: Write, cycleproof: CommandLine) -> None:
    done = cycleproof("verify", write(kernel(case)), "--seeds", "2", COLUMNS="300")
    assert done.returncode == case.exit_code, done.stdout
    assert case.says in done.stdout
    seeds = next(line for line in done.stdout.splitlines() if line.startswith("seeds"))
    assert ("pass" in seeds) == (case.name != "changed")


def test_out_of_memory_is_no_verdict(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def exhausted(*_: object, **__: object) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr(prove, "prove_limited", exhausted)
    monkeypatch.setattr(sys, "argv", ["cycleproof", "prove", str(write(kernel(CASES[0])))])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 4
    assert capsys.readouterr().err == "error: out of memory before anything was settled\n"
