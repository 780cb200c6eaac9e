"""The check ``bulk``: what it says, what it hands to the frozen simulator, how it ends."""

import json
import shlex
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

pytest.importorskip("llvmlite")
pytest.importorskip("numpy")

from cycleproof import cli
from cycleproof.artifact.format import LoadedArtifact, decode, encode
from cycleproof.base.errors import EnginesDisagree, ExitCode, MissingDependency
from cycleproof.checks import Subject, bulk
from cycleproof.checks.bulk import Amount, Options
from cycleproof.engine import run as engine
from cycleproof.engine.result import LISTED, Part
from cycleproof.evidence.model import Verdict
from cycleproof.simulator import runs
from cycleproof.simulator.frozenbase import FrozenBase, installed_folder, read_frozen
from cycleproof.simulator.runner import Answer, run_frozen
from frozen.artifact import Artifact
from frozen.problem import Shape
from tests.support.fixtures import CommandLine, Write
from tests.support.kernels.engines import artifact, of_recipe, wrong_one_in

SMALL = Shape(3, 4, 8)
NONCE = bytes(range(16))
GENERATOR = {"name": "test/bulk", "version": "1", "sources_sha256": "0" * 64}


@pytest.fixture(autouse=True)
def _nothing_prepared() -> None:
    engine._READY.clear()


def data_of(made: Artifact) -> bytes:
    return encode(made.shape, made.program, made.cycles, GENERATOR)


def subject(made: Artifact, seeds: int, **asked: Any) -> Subject:
    data = data_of(made)
    loaded = LoadedArtifact(Path("kernel.json"), data, decode(data, "kernel.json"))
    base = read_frozen(installed_folder())
    return Subject(loaded, base, (Options(Amount(seeds), **asked),), nonce=NONCE)


def right() -> Artifact:
    return of_recipe("vector", SMALL)


def test_a_right_kernel_and_the_same_evidence_twice() -> None:
    asked = subject(right(), 500)
    found = bulk.run(asked)
    assert found.verdict is Verdict.PASS
    assert found.figures["seeds"] == 500
    assert found.figures["wide_seeds"] == 50
    told = []
    assert bulk.run(replace(asked, tell=told.append)) == found
    assert told[-1] == 500


def test_more_wrong_seeds_than_are_listed() -> None:
    """An unlisted wrong seed must not be taken for a right one in the sample."""
    found = bulk.run(subject(wrong_one_in(right(), 1), 2000))
    assert found.verdict is Verdict.FAIL
    assert found.figures["wrong"] > LISTED
    assert 0 <= found.figures["wrong_lane"] < SMALL.batch_size
    assert found.figures["wrong_lanes"] >= 1


def test_the_sample_runs_with_what_other_checks_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one process, four seeds of each pass; a seed that is wrong is none of the sample."""
    ran = []

    def counted(base: FrozenBase, artifact: bytes, requests: list[dict[str, Any]]) -> list[Answer]:
        ran.append(len(requests))
        return run_frozen(base, artifact, requests)

    monkeypatch.setattr(runs, "run_frozen", counted)
    asked = subject(right(), 500)
    asked.runs.plan([{"seed": 0}])
    asked.runs.plan(bulk.requests(asked))
    asked.answers([{"seed": 0}])
    assert bulk.run(asked).verdict is Verdict.PASS
    assert ran == [9]
    del ran[:]
    asked = subject(wrong_one_in(right(), 0), 500)
    assert bulk.run(asked).verdict is Verdict.FAIL
    assert ran == []


@pytest.mark.parametrize("amount", [None, Amount(1 << 62, 3.0)])
def test_a_sample_that_is_not_known_beforehand_is_not_planned(amount: Amount | None) -> None:
    assert bulk.requests(replace(subject(right(), 1), options=(Options(amount),))) == []


def jumping(target: int) -> Artifact:
    """A right kernel that jumps at its end where the low bits of lane 0's output are all set."""
    made = right()
    end = len(made.program)
    more = [
        {"load": [["const", 41, SMALL.values_p], ["const", 42, 7]]},
        {"load": [["load", 40, 41]]},
        {"alu": [["&", 43, 40, 42]]},
        {"alu": [["==", 43, 43, 42]]},
        {"flow": [["cond_jump", 43, end + target]]},
        {"load": [["const", 44, 1]]},
    ]
    return artifact([*made.program, *more], SMALL)


def test_another_cycle_count_fails() -> None:
    found = bulk.run(subject(jumping(6), 100))
    assert found.verdict is Verdict.FAIL
    assert "runs take" in found.established or "depends on the inputs" in found.established
    assert any("does not slice" in note for note in found.notes)


@pytest.mark.slow
def test_a_kernel_that_does_not_end_on_some_seeds() -> None:
    """Such a seed takes more than any seed may; a run that ends in time is not claimed."""
    found = bulk.run(subject(jumping(4), 40))
    assert found.verdict is Verdict.SKIPPED
    assert "one seed takes" in found.established


@pytest.mark.parametrize(
    "part", [Part(0, 100, 1, (7,), 0, ()), Part(0, 100, 0, (), 0, ())], ids=["wrong", "right"]
)
def test_a_disagreement_is_a_fault_of_ours(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine calls a right kernel wrong on a seed, or a wrong one right on all."""
    monkeypatch.setattr(engine, "answer", lambda job: part)
    made = right() if part.wrong else wrong_one_in(right(), 0)
    with pytest.raises(EnginesDisagree, match="the frozen simulator does not") as raised:
        bulk.run(subject(made, 100))
    assert NONCE.hex() in raised.value.hint


def ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: Path | str
) -> tuple[ExitCode, str]:
    """The exit code and the error of a command line in this process."""
    monkeypatch.setattr("sys.argv", ["cycleproof", *map(str, arguments)])
    with pytest.raises((SystemExit, click.exceptions.Exit)) as end:
        cli.main()
    return getattr(end.value, "code", None), capsys.readouterr().err


OTHERS = [option for name in ("proof", "directed", "seeds") for option in ("--skip", name)]


def test_exit_70(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "answer", lambda job: Part(0, 100, 1, (7,), 0, ()))
    path = write(data_of(right()))
    code, said = ended(monkeypatch, capsys, "verify", path, "--bulk", "100", *OTHERS)
    assert code == ExitCode.OURS == 70
    assert "seed 7 (below 2**30): the engine llvm says wrong" in said
    assert "--nonce" in said


def test_exit_5(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    path = write(data_of(right()))
    code, said = ended(monkeypatch, capsys, "verify", path, "--bulk", "100", *OTHERS)
    assert code == ExitCode.MISSING == 5
    assert "[engine]" in said


def test_without_the_extra_nothing_is_asked_of_those_who_did_not_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    found = bulk.run(replace(subject(right(), 1), options=()))
    assert found.verdict is Verdict.SKIPPED
    assert "[engine]" in found.established
    with pytest.raises(MissingDependency):
        bulk.run(subject(right(), 1))


@pytest.mark.slow
def test_the_printed_command_shows_the_failure(write: Write, cycleproof: CommandLine) -> None:
    path = write(data_of(wrong_one_in(right(), 6)))
    arguments = ["verify", path, "--bulk", "400", "--nonce", NONCE.hex(), "--json", *OTHERS]
    ran = cycleproof(*arguments)
    assert ran.returncode == 1, ran.stderr
    finding = next(f for f in json.loads(ran.stdout)["findings"] if f["check"] == "bulk")
    seed = finding["established"].partition("; seed ")[2].partition(",")[0]
    program, *again = shlex.split(finding["reproduce"])
    assert program == "cycleproof"
    assert f"stream:{seed}" in again
    shown = cycleproof(*again, "--json")
    assert shown.returncode == 1
    found = next(f for f in json.loads(shown.stdout)["findings"] if f["check"] == "directed")
    assert "the first is lane 0" in found["established"]
    assert not any("0 of 0" in note for note in found["notes"])
    assert found["reproduce"] == finding["reproduce"]  # the run says how it is run again, too


@pytest.mark.parametrize("amount", ["0", "1e99", "x", "-3", "nan", "0s"])
def test_an_amount_that_is_none(amount: str, cycleproof: CommandLine) -> None:
    assert cycleproof("verify", "--bulk", amount).returncode == 2


def test_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A range that ends after the seconds is the last one."""
    clock = iter(range(0, 1000, 3))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    job = engine.Job(data_of(right()), NONCE, False, 0, 1 << 40)
    part = engine.bulk(job, 10)
    assert 0 < part.seeds < 10_000
