"""One lane's terms stand for all: the same certificates, and nothing said of lanes that meet."""

from collections.abc import Callable
from typing import Any

import pytest

from cycleproof.proof import ProofVerdict, prove, prover
from cycleproof.proof.attempt import attempt, one_lane_attempt
from cycleproof.proof.certificate.write import write_certificate
from cycleproof.proof.refuter import search
from cycleproof.proof.run.lane import MIXED, _met
from cycleproof.proof.run.log import NO_LANE
from frozen.artifact import Artifact
from frozen.machine import Machine
from frozen.ops import VLEN
from frozen.problem import Shape, inputs_from_seed, memory_image, reference
from tests.support.artifacts import artifact as artifact_of
from tests.support.artifacts import recipe_artifact
from tests.support.kernels.plain import Kernel

SHAPE = Shape(2, 3, 8)
RECIPES = ("baseline", "vector", "best-indexed", "records", "best")


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_both_ways_write_the_same_certificate(name: str) -> None:
    artifact = recipe_artifact(name, (4, 6, 64))
    written = []
    for made in (one_lane_attempt(artifact, keep_log=True), attempt(artifact, keep_log=True)):
        assert made.equal is not None, made.stuck_on
        written.append(write_certificate(artifact, made, made.equal))
    assert written[0] == written[1]


Meddling = Callable[[Kernel], None]


def kernel(tamper: Meddling, of: int = 1) -> Artifact:
    """A right kernel but for what ``tamper`` does before the output of lane ``of`` is stored."""

    def at(kernel: Kernel, place: str, lane: int, *_: int) -> None:
        if place == "output" and lane == of:
            tamper(kernel)

    made = Kernel(SHAPE, at)
    return artifact_of(made.build(), SHAPE)


def other_lane(kernel: Kernel, word: str) -> None:
    """The initial value of lane 5, in ``word``."""
    kernel.alu("+", "other address", SHAPE.values_p + 5, 0)
    kernel.load(word, "other address")


def mixed_and_back(kernel: Kernel) -> None:
    other_lane(kernel, "other")
    kernel.alu("^", "value", "value", "other")
    kernel.alu("^", "value", "value", "other")


def two_of_one_form(kernel: Kernel) -> None:
    """The initial values of lanes 5 and 6 are the same term, but not the same word."""
    other_lane(kernel, "other")
    kernel.alu("+", "other address", SHAPE.values_p + 6, 0)
    kernel.load("another", "other address")
    kernel.alu("^", "zero", "other", "another")
    kernel.alu("+", "value", "value", "zero")


def another_lane(kernel: Kernel) -> None:
    """The output of lane 1 is lane 0's, which is the same term."""
    kernel.alu("+", "other address", SHAPE.values_p, 0)
    kernel.load("value", "other address")


@pytest.mark.parametrize(
    ("tamper", "alone", "verdict"),
    [
        (lambda _: None, True, ProofVerdict.PROVED),
        (mixed_and_back, False, ProofVerdict.PROVED),
        (two_of_one_form, False, ProofVerdict.REFUTED),
        (another_lane, False, ProofVerdict.REFUTED),
    ],
    ids=["right", "mixed and back", "two of one form", "another lane"],
)
def test_lanes_that_meet(tamper: Meddling, alone: bool, verdict: ProofVerdict) -> None:
    artifact = kernel(tamper)
    assert (one_lane_attempt(artifact).equal is not None) is alone
    assert prove(artifact).verdict is verdict


def test_a_wrong_kernel_is_not_run_on_the_terms_of_all_lanes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = kernel(lambda made: made.alu("+", "value", "value", "value"))
    assert prove(wrong, refutation=False).figures["seconds"].keys() >= {"symbolic"}
    monkeypatch.delattr(prover, "attempt")
    result = prove(wrong)
    assert result.verdict is ProofVerdict.REFUTED
    assert result.counterexample.origin == "seed 0"


def test_a_table_of_lane_words_is_not_shared() -> None:
    """An address that depends on a lane names words of all lanes: nothing is known of the word."""

    def tamper(kernel: Kernel) -> None:
        kernel.alu("&", "bit", "value", 1)
        kernel.alu("+", "other address", "bit", SHAPE.values_p + 5)
        kernel.load("loaded", "other address")
        kernel.alu("^", "zero", "loaded", "loaded")
        kernel.alu("+", "value", "value", "zero")

    artifact = kernel(tamper)
    assert one_lane_attempt(artifact).equal is None
    assert prove(artifact).verdict is ProofVerdict.PROVED


def test_what_two_words_make_is_said_of_their_lane_if_they_have_one() -> None:
    words = [NO_LANE, 0, 1, MIXED]
    table = [_met([a] * VLEN, [b] + [NO_LANE] * (VLEN - 1))[0] for a in words for b in words]
    assert table == [
        *(NO_LANE, 0, 1, MIXED),
        *(0, 0, MIXED, MIXED),
        *(1, MIXED, 1, MIXED),
        *(MIXED, MIXED, MIXED, MIXED),
    ]


def overwrites(kernel: Kernel) -> None:
    """Lane 5's value and a mix of two lanes in the tree, a value in an index word."""
    other_lane(kernel, "other")
    kernel.alu("^", "mix", "value", "other")
    for at, word in ((8, "other"), (9, "mix"), (SHAPE.indices_p + 1, "value")):
        kernel.alu("+", "t", at, 0)
        kernel.store("t", word)


@pytest.mark.parametrize("way", [attempt, one_lane_attempt])
def test_final_words_by_terms_are_the_machines(way: Callable[..., Any]) -> None:
    artifact, inputs = kernel(overwrites, of=7), inputs_from_seed(3, SHAPE)
    image = memory_image(SHAPE, inputs)
    made, ran = way(artifact), Machine(artifact.program).run(image).memory
    told = [made.final(at, image) for at in range(SHAPE.memory_size)]
    open_ = [at for at, word in enumerate(told) if word is None]
    assert open_ == ([9] if way is one_lane_attempt else [])
    assert all(word in (None, ran[at]) for at, word in enumerate(told))
    indices, _ = reference(SHAPE, inputs)
    assert [made.final_index(lane, image) for lane in range(SHAPE.batch_size)] == indices


@pytest.mark.parametrize("tamper", [overwrites, two_of_one_form, mixed_and_back])
def test_facts_by_terms_are_those_of_a_run(
    tamper: Meddling, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = kernel(tamper, of=7)
    by_terms = prove(artifact, refutation=False)
    monkeypatch.setattr(prover, "LOOKED_AT", 0)
    by_a_run = prove(artifact, refutation=False)
    assert by_terms.indices == by_a_run.indices
    assert by_terms.forest == by_a_run.forest
    assert (by_terms.forest == prover.FOREST_WRONG) == (tamper is overwrites)


def test_terms_that_refute_a_fact_spare_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_artifact: Artifact) -> dict[int, object]:
        runs.append(1)
        return {}

    runs: list[int] = []
    monkeypatch.setattr(search, "leftovers", run)
    assert prove(kernel(overwrites, of=7)).forest == prover.FOREST_WRONG
    assert not runs
    monkeypatch.setattr(prover, "LOOKED_AT", 0)
    assert prove(kernel(overwrites, of=7)).forest == "unknown"
    assert runs
