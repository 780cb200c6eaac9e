"""What the checks say of a wrong run."""

from cycleproof.artifact.format import decode, encode
from cycleproof.checks.answers import complaint, explained
from frozen.harness import judge
from frozen.problem import Shape, inputs_from_seed
from tests.support.programs import scalar_kernel

SHAPE = Shape(2, 3, 4)
GENERATOR = {"name": "test", "version": "1", "sources_sha256": "0"}


def test_a_wrong_round_is_named() -> None:
    """From round 1 on the kernel uses another root, so round 1's value is the first missing."""
    program = scalar_kernel(SHAPE)
    loads = [i for i, bundle in enumerate(program) if bundle.get("load") == [["load", 5, 5]]]
    program[loads[1]] = {"load": [["load", 5, 9]]}
    artifact = decode(encode(SHAPE, program, len(program), GENERATOR), "test")
    (answer,) = judge(artifact, [{"seed": 1}])
    answer = explained(artifact, inputs_from_seed(1, SHAPE), answer)
    assert (answer["lane"], answer["round"]) == (0, 1)
    assert "it is lost from round 1 on" in complaint(answer)


def test_a_fault_stays_as_it_is() -> None:
    artifact = decode(encode(SHAPE, [{"flow": [["jump", 0]]}], 1, GENERATOR), "test")
    (answer,) = judge(artifact, [{"seed": 1}], fuel=5)
    assert explained(artifact, inputs_from_seed(1, SHAPE), answer) == answer
