"""The harness: runs an artifact on inputs and says whether the outputs are the reference's.

``judge`` answers a list of run requests. ``main`` is the command line of
``python3 -I frozen/__main__.py``; ``serve`` answers a parent process that hands over a job.
"""

import argparse
import gc
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .artifact import Artifact, parse
from .errors import Fault, FrozenError, Malformed, OutOfFuel
from .machine import DEFAULT_FUEL, Machine, Run
from .ops import MASK
from .problem import (
    FOREST_P,
    INPUT_BITS,
    Inputs,
    Shape,
    inputs_from_seed,
    memory_image,
    reference,
)

PASS, FAIL, UNUSABLE = 0, 1, 2
WRONG = "{wrong_lanes} lanes wrong; lane {lane}: expected {expected}, got {got}"


def inputs_of(request: dict[str, Any], shape: Shape) -> Inputs:
    """The inputs that a request names by ``seed`` or gives as ``tree`` and ``values``."""
    if "seed" in request:
        return inputs_from_seed(request["seed"], shape)
    inputs = Inputs(request["tree"], request["values"])
    sizes = (shape.n_nodes, shape.batch_size)
    for name, words, size in zip(Inputs._fields, inputs, sizes, strict=True):
        if len(words) != size or not all(type(w) is int and 0 <= w <= MASK for w in words):
            raise Malformed(f"{name}: expected {size} unsigned 32-bit words")
    return inputs


def compare(shape: Shape, inputs: Inputs, run: Run) -> dict[str, Any]:
    """Hold a finished run against the reference.

    ``pass`` depends only on the B output words (docs/spec.md, section 3); ``indices`` ("right",
    "untouched" or "wrong") and ``forest_preserved`` are reported and not judged.
    """
    indices, values = reference(shape, inputs)
    got = run.memory[shape.values_p : shape.values_p + shape.batch_size]
    left = run.memory[shape.indices_p : shape.values_p]
    wrong = [lane for lane in range(shape.batch_size) if got[lane] != values[lane]]
    answer: dict[str, Any] = {
        "pass": not wrong,
        "cycles": run.cycles,
        "indices": "right" if left == indices else "wrong" if any(left) else "untouched",
        "forest_preserved": run.memory[FOREST_P : shape.indices_p] == list(inputs.tree),
    }
    if wrong:
        lane = wrong[0]
        answer |= {"wrong_lanes": len(wrong), "lane": lane}
        answer |= {"expected": values[lane], "got": got[lane]}
    return answer


def judge(
    artifact: Artifact, requests: Iterable[dict[str, Any]], fuel: int = DEFAULT_FUEL
) -> list[dict[str, Any]]:
    """One answer per request: see ``compare``; a run that faults says so under ``fault``.

    After a run that is out of fuel no other is started: a program that never ends costs little.
    """
    machine = Machine(artifact.program)
    shape = artifact.shape
    answers: list[dict[str, Any]] = []
    endless = False
    for request in requests:
        if endless:
            answers.append({"pass": False, "fault": "not run, since a run before it did not end"})
            continue
        inputs = inputs_of(request, shape)
        try:
            answer = compare(shape, inputs, machine.run(memory_image(shape, inputs), fuel))
        except Fault as fault:
            answer = {"pass": False, "fault": str(fault)}
            endless = isinstance(fault, OutOfFuel)
        answers.append(answer)
    return answers


def serve(job: dict[str, Any]) -> dict[str, Any]:
    """Answer a parent's job: ``artifact`` (text), ``requests``, ``fuel``. Never raises on input."""
    gc.disable()  # a short life, many objects, no cycles: collecting would double the decoding
    try:
        artifact = parse(job["artifact"].encode("utf-8", "surrogatepass"))
        return {"answers": judge(artifact, job["requests"], job["fuel"])}
    except FrozenError as error:
        return {"refused": str(error)}


def _seeds(text: str) -> list[int]:
    """``8`` is 0..7; ``3,5`` is those two; ``5,`` is one."""
    if "," in text:
        return [int(part) for part in text.split(",") if part]
    return list(range(int(text)))


def main(argv: Sequence[str]) -> int:
    """Judge one artifact on seeds. 0: all right. 1: not. 2: unusable arguments or artifact."""
    parser = argparse.ArgumentParser(prog="python3 -I frozen/__main__.py", description=main.__doc__)
    parser.add_argument("artifact", type=Path)
    parser.add_argument("--seeds", type=_seeds, default=_seeds("8"), help="8 or 3,5 (default: 8)")
    options = parser.parse_args(argv)
    if not options.seeds:
        parser.error("--seeds: name at least one seed")
    gc.disable()
    try:
        artifact = parse(options.artifact.read_bytes())
    except (OSError, FrozenError) as error:
        print(f"error: {options.artifact}: {error}".splitlines()[0], file=sys.stderr)
        return UNUSABLE
    answers = judge(artifact, [{"seed": seed} for seed in options.seeds])
    for seed, answer in zip(options.seeds, answers, strict=True):
        if not answer["pass"]:
            print(f"seed {seed}: {answer.get('fault') or WRONG.format_map(answer)}")
    cycles = sorted({answer["cycles"] for answer in answers if "cycles" in answer})
    right = all(answer["pass"] for answer in answers) and cycles == [artifact.cycles]
    counts = "/".join(map(str, cycles)) or "no"
    claim = "" if cycles == [artifact.cycles] else f", claimed {artifact.cycles}"
    seeds = f"{len(answers)} seed{'s' * (len(answers) > 1)}"
    print(
        f"{'PASS' if right else 'FAIL'}: {counts} cycles{claim} on {seeds}"
        f" at {artifact.shape}, values below 2^{INPUT_BITS}"
    )
    return PASS if right else FAIL
