"""The one command that a failure names shows that failure again."""

import json
import shlex
from collections.abc import Callable

import pytest

from cycleproof.artifact.format import encode
from frozen.problem import HASH_STAGES
from tests.support.fixtures import CommandLine, Write
from tests.support.programs import SMALL, scalar_kernel

GENERATOR = {"name": "x", "version": "1", "sources_sha256": "0"}


def wrong_for_zero_trees() -> bytes:
    """Right but for trees whose first word is 0, as no seed draws one."""
    program = scalar_kernel(SMALL)
    program += [
        {"load": [["const", 20, 7], ["const", 21, SMALL.values_p]]},
        {"load": [["load", 22, 20], ["load", 23, 21]]},
        {"alu": [["==", 22, 22, 0]]},
        {"alu": [["+", 23, 23, 22]]},
        {"store": [["store", 21, 23]]},
    ]
    return encode(SMALL, program, len(program), GENERATOR)


def wrong_always() -> bytes:
    program = scalar_kernel(SMALL)
    program[4] = {"load": [["const", 16, HASH_STAGES[0][1] ^ 1]]}
    return encode(SMALL, program, len(program), GENERATOR)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "check"), [(wrong_for_zero_trees, "directed"), (wrong_always, "seeds")]
)
def test_again(
    make: Callable[[], bytes], check: str, write: Write, cycleproof: CommandLine
) -> None:
    path = write(make())
    first = cycleproof("verify", path, "--skip", "proof", "--json")
    findings = {f["check"]: f for f in json.loads(first.stdout)["findings"]}
    assert (first.returncode, findings[check]["verdict"]) == (1, "fail")
    _, *arguments = shlex.split(findings[check]["reproduce"])
    again = cycleproof(*arguments, "--json")
    assert again.returncode == 1
    verdicts = {f["check"]: f["verdict"] for f in json.loads(again.stdout)["findings"]}
    failed = [name for name, verdict in verdicts.items() if verdict == "fail"]
    assert failed == [check]
    assert verdicts["proof"] == "skipped"


def test_an_unknown_name_lists_the_known_ones(
    write: Write, small_kernel: bytes, cycleproof: CommandLine
) -> None:
    done = cycleproof("verify", write(small_kernel), "--input", "nothing")
    assert done.returncode == 2
    assert "no directed input is named 'nothing'" in done.stderr
    assert "'zero tree'" in done.stderr


def test_one_input_at_a_time(write: Write, small_kernel: bytes, cycleproof: CommandLine) -> None:
    done = cycleproof("verify", write(small_kernel), "--input", "zero tree", "--seed", "1")
    assert done.returncode == 2


@pytest.mark.slow
def test_a_wide_input_by_itself(write: Write, small_kernel: bytes, cycleproof: CommandLine) -> None:
    done = cycleproof("verify", write(small_kernel), "--input", "all ones")
    assert done.returncode == 0
    assert "TESTED on 1 built input of 32-bit words" in done.stdout
