"""Runs of several checks share one process, and each check gets its own answers."""

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cycleproof.artifact.format import LoadedArtifact, encode
from cycleproof.base.limits import LimitReached
from cycleproof.checks import verify
from cycleproof.evidence.model import Verdict
from cycleproof.simulator import runs
from cycleproof.simulator.frozenbase import installed_folder, read_frozen
from cycleproof.simulator.runner import Answer, run_frozen
from cycleproof.simulator.runs import Runs
from frozen.artifact import parse
from tests.support import samples
from tests.support.programs import Bundles

REQUESTS: Any = [[{"seed": 0}], [{"seed": 0}, {"seed": 1}], [{"tree": [1], "values": [2]}]]


Calls = tuple[list[list[dict[str, Any]]], list[dict[str, Any]], dict[str, str]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What each process was asked; a run is named by its request."""
    asked: list[list[dict[str, Any]]] = []
    wrong: list[dict[str, Any]] = []
    faults: dict[str, str] = {}

    def run(_base: object, _data: bytes, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        asked.append(list(requests))
        return [dict(answer(request)) for request in requests]

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        return {"pass": request not in wrong, "run": str(request)} | faults

    monkeypatch.setattr(runs, "run_frozen", run)
    return asked, wrong, faults


def asked_of(calls: Calls) -> list[list[str]]:
    shared, base = Runs(), read_frozen(installed_folder())
    for requests in REQUESTS:
        shared.plan(requests)
    return [[str(dict(one)["run"]) for one in shared.answers(base, b"", each)] for each in REQUESTS]


def names() -> list[list[str]]:
    return [[str(request) for request in requests] for requests in REQUESTS]


def test_all_run_in_one_process_and_each_once(calls: Calls) -> None:
    assert asked_of(calls) == names()
    assert calls[0] == [[{"seed": 0}, {"seed": 1}, REQUESTS[2][0]]]


def test_a_wrong_run_is_answered_once(calls: Calls) -> None:
    calls[1].append({"seed": 1})
    assert asked_of(calls) == names()
    assert len(calls[0]) == 1


def test_after_a_fault_each_check_has_a_process_of_its_own(calls: Calls) -> None:
    """What ran up to the fault, and the fault itself, are answers; what comes later may be none."""
    calls[2]["fault"] = "out of fuel"
    assert asked_of(calls) == names()
    assert calls[0][1:] == REQUESTS[1:]


def test_a_program_that_faults_is_decoded_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(*arguments: Any) -> list[Answer]:
        asked.append(arguments[2])
        return run_frozen(*arguments)

    monkeypatch.setattr(runs, "run_frozen", counted)
    generator = samples.artifact().decoded.generator
    faults: Bundles = [{"load": [["const", 0, 1 << 31]]}, {"load": [["load", 0, 0]]}]
    data = encode(samples.SHAPE, faults, 2, generator)
    loaded = LoadedArtifact(Path("kernel.json"), data, parse(data))
    subject = replace(samples.subject(), artifact=loaded)
    evidence = verify.verify(subject, skip=["proof", "bulk"])
    assert "outside memory" in next(f for f in evidence.findings if f.check == "frozen").established
    assert [requests[0] for requests in asked] == [{"seed": 0}]


def test_a_wrong_kernel_is_explained_by_each_check() -> None:
    """The first wrong seed and the first wrong built input each name the round that is lost."""
    shape, program, cycles, generator = (
        getattr(samples.artifact().decoded, name)
        for name in ("shape", "program", "cycles", "generator")
    )
    pieces = json.dumps(program).split('"^"')
    flipped = json.loads('"^"'.join(pieces[:60]) + '"|"' + '"^"'.join(pieces[60:]))
    data = encode(shape, flipped, cycles, generator)
    loaded = LoadedArtifact(Path("kernel.json"), data, parse(data))
    subject = replace(samples.subject(), artifact=loaded)
    evidence = verify.verify(subject, skip=["proof", "bulk"])
    found = {finding.check: finding for finding in evidence.findings}
    for check in ("seeds", "directed"):
        assert found[check].verdict is Verdict.FAIL
        assert "it is lost from round 1 on" in found[check].established


def test_a_check_that_is_ended_from_outside_leaves_its_answer_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Ended:
        def result(self) -> None:
            raise LimitReached("its process ended without an answer (wait status 9)")

    monkeypatch.setattr(verify, "aside", lambda work: nullcontext(Ended()))
    found = verify.verify(samples.subject(), skip=["directed", "bulk"]).findings
    (proof,) = [finding for finding in found if finding.check == "proof"]
    assert proof.verdict is Verdict.UNKNOWN
    assert "wait status 9" in proof.established
