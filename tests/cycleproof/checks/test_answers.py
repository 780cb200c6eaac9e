"""What the checks say of a wrong run."""

import pytest

from cycleproof.artifact.format import decode, encode
from cycleproof.checks.answers import complaint, explained
from frozen.harness import judge
from frozen.ops import Program
from frozen.problem import Shape, inputs_from_seed
from tests.support.programs import scalar_kernel

SHAPE = Shape(2, 3, 4)
FUSED = Shape(3, 8, 4)
GENERATOR = {"name": "test", "version": "1", "sources_sha256": "0"}


def hint(data: bytes) -> int | None:
    """The round that is named for a wrong kernel, on one seed."""
    wrong = decode(data, "test")
    (answer,) = judge(wrong, [{"seed": 1}])
    assert not answer["pass"]
    number: int | None = explained(wrong, inputs_from_seed(1, wrong.shape), answer)["round"]
    return number


def test_a_wrong_round_is_named() -> None:
    """From round 1 on the kernel uses another root, so round 1's value is the first missing."""
    program = scalar_kernel(SHAPE)
    loads = [i for i, bundle in enumerate(program) if bundle.get("load") == [["load", 5, 5]]]
    program[loads[1]] = {"load": [["load", 5, 9]]}
    artifact = decode(encode(SHAPE, program, len(program), GENERATOR), "test")
    (judged,) = judge(artifact, [{"seed": 1}])
    answer = explained(artifact, inputs_from_seed(1, SHAPE), judged)
    assert (answer["lane"], answer["round"]) == (0, 1)
    assert "it is lost from round 1 on" in complaint(answer)


@pytest.mark.parametrize("planted", [1, 7, 15])
def test_the_round_is_that_of_the_bug_however_late(planted: int) -> None:
    shape = Shape(3, 16, 4)
    program = scalar_kernel(shape)
    loads = [i for i, bundle in enumerate(program) if bundle.get("load") == [["load", 5, 5]]]
    program[loads[planted]] = {"load": [["load", 5, 9]]}
    assert hint(encode(shape, program, len(program), GENERATOR)) == planted


def fused_kernel(shape: Shape, fused: range, last_shift: int = 16) -> Program:
    """``scalar_kernel``, whose lanes never hold the value of a ``fused`` round.

    The two halves of the hash's last stage go into the next round's node one after the other.
    """
    constant, parity, other, amount = 16 + 2 * 5, 11, 12, 17 + 2 * 5
    whole = scalar_kernel(shape)
    start = next(i for i, bundle in enumerate(whole) if bundle == {"alu": [["^", 3, 3, 3]]}) - 2
    head, each = whole[:start], (len(whole) - start) // shape.batch_size
    program: Program = [*head, {"load": [["const", 13, last_shift]]}]
    a_round = (each - 4) // shape.rounds
    for lane in range(shape.batch_size):
        lines = whole[start + lane * each : start + (lane + 1) * each]
        program += lines[:3]
        for number in range(shape.rounds):
            steps = lines[3 + number * a_round : 3 + (number + 1) * a_round]
            if number - 1 in fused:  # the value comes in halves, in 14 and 15
                steps = [*steps[:2], *alu(("^", 5, 5, 14), ("^", 4, 5, 15)), *steps[3:]]
            if number in fused:
                shift = 13 if number == shape.rounds - 2 else amount
                halves = alu(
                    ("^", 14, 4, constant),
                    (">>", 15, 4, shift),
                    ("&", parity, 14, 1),
                    ("&", other, 15, 1),
                    ("^", 5, parity, other),
                )
                steps = [*steps[:-9], *halves, *steps[-5:]]
            program += steps
        program += lines[-1:]
    return program


def alu(*slots: tuple[str, int, int, int]) -> Program:
    return [{"alu": [list(slot)]} for slot in slots]


def test_a_fused_kernel_is_right_and_no_round_of_it_is_named_for_another_fault() -> None:
    """Between rounds 2 and 7 none of the reference's values stands in its scratch."""
    program = fused_kernel(FUSED, range(2, 7))
    right = decode(encode(FUSED, program, len(program), GENERATOR), "test")
    (answer,) = judge(right, [{"seed": 1}])
    assert answer["pass"]
    unstored = program[:-1]
    assert hint(encode(FUSED, unstored, len(unstored), GENERATOR)) is None


def test_the_round_named_for_a_fused_kernel_is_no_later_than_its_bug() -> None:
    """Round 6 is spoiled, so the last value that was seen is that of round 1."""
    program = fused_kernel(FUSED, range(2, 7), last_shift=15)
    assert hint(encode(FUSED, program, len(program), GENERATOR)) == 2


def test_a_fault_stays_as_it_is() -> None:
    artifact = decode(encode(SHAPE, [{"flow": [["jump", 0]]}], 1, GENERATOR), "test")
    (answer,) = judge(artifact, [{"seed": 1}], fuel=5)
    assert explained(artifact, inputs_from_seed(1, SHAPE), answer) == answer
