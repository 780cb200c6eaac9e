"""A sample of the study on trust: every back end agrees with the frozen simulator."""

import shutil

import pytest

from frozen.problem import Inputs

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

from cycleproof.engine.llvm import harness, interpreter
from tests.studies import engine

HAS_COMPILER = shutil.which("g++") is not None
SHARE = engine.Share(llvm=4, cpp=8 if HAS_COMPILER else 10**9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("mutants", 8),
        ("transformed", 3),
        ("random programs", 40),
        pytest.param("hostile corpus", 1000, marks=pytest.mark.slow),
    ],
)
def test_nothing_is_different(kind: str, count: int) -> None:
    found = engine.study(kind, count, SHARE, runs=2, seed=1)
    assert found["different"] == 0
    assert found["interpreted, equal"] == found["runs"] > 0
    assert found["programs that slice"] > 0
    if kind != "hostile corpus":
        assert found["compiled by LLVM, equal"] + found["missed a guard"] > 0


def test_a_difference_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A back end that sets one bit of one word does not get through."""
    whole = interpreter.Interpreter.evaluate

    def wrong(self: interpreter.Interpreter, given: Inputs) -> dict[int, int] | None:
        memory = whole(self, given)
        return memory if memory is None else {**memory, 20: memory[20] ^ 1}

    monkeypatch.setattr(interpreter.Interpreter, "evaluate", wrong)
    assert engine.study("mutants", 2, SHARE, runs=1, seed=1)["different"] == 2


@pytest.mark.slow
def test_faults_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A back end that ends where the frozen machine faults is different."""
    monkeypatch.setattr(interpreter, "FAULT", harness.MISS)
    assert engine.study("random programs", 20, SHARE, runs=1, seed=1)["different"] > 0
