"""The check ``reproduce``, on artifacts that were and were not built by a recipe."""

from pathlib import Path

import pytest

from cycleproof.artifact.build import build, run_recipe
from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.checks import Subject
from cycleproof.checks.reproduce import Options, run
from cycleproof.evidence.model import Verdict
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from frozen.problem import Shape

SHAPE = Shape(2, 3, 8)


@pytest.fixture(scope="module")
def built() -> bytes:
    return build(run_recipe("vector", SHAPE)[0]).data


def subject(data: bytes, reproduce: bool = True) -> Subject:
    loaded = LoadedArtifact(Path("k.json"), data, decode(data, "k.json"))
    return Subject(loaded, read_frozen(installed_folder()), (Options(reproduce),))


def changed(data: bytes, generator: dict[str, str] | None = None, drop: int = 0) -> bytes:
    """The artifact with other data on its generator, or its first bundles left out."""
    shape, cycles, old, program, _ = decode(data, "k.json")
    return encode(shape, list(program)[drop:], cycles, {**old, **(generator or {})})


def test_the_same_bytes_again(built: bytes) -> None:
    assert run(subject(built)).verdict is Verdict.PASS


def test_not_asked_for(built: bytes) -> None:
    finding = run(subject(built, reproduce=False))
    assert (finding.verdict, "not asked for" in finding.established) == (Verdict.SKIPPED, True)


@pytest.mark.parametrize(
    ("generator", "drop", "verdict", "words"),
    [
        ({}, 1, Verdict.FAIL, "another program"),
        ({"sources_sha256": "0" * 64}, 0, Verdict.FAIL, "sources of the compiler"),
        ({"name": "solution/none-such"}, 0, Verdict.UNKNOWN, "no recipe 'none-such'"),
        ({"name": "solution/--help"}, 0, Verdict.UNKNOWN, "could not be built again"),
        ({"name": "someone/else"}, 0, Verdict.SKIPPED, "a stranger's generator is not run"),
    ],
)
def test_anything_else_is_not_a_pass(
    built: bytes, generator: dict[str, str], drop: int, verdict: Verdict, words: str
) -> None:
    finding = run(subject(changed(built, generator, drop)))
    assert finding.verdict is verdict
    assert words in finding.established


def test_another_layout_of_the_same_program(built: bytes) -> None:
    finding = run(subject(built.replace(b'"program":[', b'"program": [')))
    assert finding.verdict is Verdict.FAIL
    assert "other bytes around it" in finding.established
