"""The mutation study: each single-slot mutant is refuted, or proved and equal on a million seeds.

    python -m tests.studies.mutants                    # about 2,000 mutants, a table on stdout
    python -m tests.studies.mutants --write            # and into docs/studies.md

Mutants are drawn from all kinds of place in a program in turn: each op, and each operand of each
op. One that the strict decoder refuses is drawn again; an op that no other of the same operands
could stand for is a place without a mutant. What is neither refuted with an input that the frozen
simulator confirms, nor proved and equal, is a survivor; there must be none. A proved mutant runs
1,000 seeds on the batch simulator and a million on the second engine.
"""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import cycle
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np

from cycleproof.engine import stream
from cycleproof.engine.run import prepare
from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.refuter.search import Judge
from docs.page import publish
from frozen.artifact import Artifact, parse
from frozen.errors import Malformed
from frozen.ops import OPS, Program
from frozen.problem import Shape, inputs_from_seed
from frozen.program import check_program, program_digest
from tests.support.artifacts import recipe_artifact

from . import batch

SEEDS = 1_000
BATCH = 250
BULK_SEEDS = 1_000_000
MAX_SLOTS = 1_000_000_000  # interpreted, of the few mutants that do not slice
TRIES = 20  # at one place, before it is passed over
SMALL = Shape(6, 9, 32)
RECORDS = Shape(6, 9, 256)  # a batch that leaves room for tables of records
RECIPES = (("packed", SMALL), ("selected", SMALL), ("records", RECORDS))
Site = tuple[int, str, int]  # bundle, engine, slot
Made = tuple[str, int, dict[str, Any]]  # what is changed, in which bundle, that bundle
COLUMNS = ("mutants", "refuted", "proved and equal", "proved but different", "unknown")


def places(program: Program) -> dict[tuple[str, str, int], list[Site]]:
    """Slots by (engine, op, position); position 0 is the op itself."""
    found = defaultdict(list)
    for b, bundle in enumerate(program):
        for engine, slots in bundle.items():
            for i, slot in enumerate(slots):
                for position in range(len(slot)):
                    found[engine, str(slot[0]), position].append((b, engine, i))
    return found


def changed(rng: random.Random, engine: str, given: Sequence[Any], position: int) -> list[Any]:
    """The slot with one position changed."""
    slot = list(given)
    op = OPS[engine, slot[0]]
    if position == 0:
        shape = [operand[1:] for operand in op.operands]
        others = [
            o.name
            for (e, _), o in OPS.items()
            if e == engine and o is not op and [p[1:] for p in o.operands] == shape
        ]
        slot[0] = rng.choice(others) if others else slot[0]
    elif op.operands[position - 1].width:
        slot[position] += rng.choice((-8, -1, 1, 8, rng.randint(-64, 64)))
    else:
        slot[position] ^= 1 << rng.randrange(32) if rng.random() < 0.7 else rng.randint(1, 64)
    return slot


def mutant(
    rng: random.Random, program: Program, position: int, sites: Sequence[Site]
) -> Made | None:
    """What is changed, in which bundle, and that bundle changed; None if the decoder refuses it."""
    b, engine, i = rng.choice(sites)
    slot = changed(rng, engine, program[b][engine][i], position)
    if slot == list(program[b][engine][i]):
        return None
    slots = [*program[b][engine]]
    slots[i] = slot
    bundle = {**program[b], engine: slots}
    try:
        check_program([*program[:b], bundle, *program[b + 1 :]])
    except Malformed:
        return None
    return f"bundle {b}, {engine} slot {i}: {program[b][engine][i]} -> {slot}", b, bundle


class Classifier:
    """Says what becomes of the mutants of one artifact."""

    def __init__(self, subject: Artifact) -> None:
        self.subject = subject
        self.references = []
        for number in range(SEEDS // BATCH):
            self.references.append(batch.reference(subject.shape, self._images(number)))
        if not self._equal_on_seeds(subject):
            raise SystemExit("the batch simulator and the reference differ on the right program")

    def _images(self, number: int) -> np.ndarray:
        seeds = range(number * BATCH, (number + 1) * BATCH)
        shape = self.subject.shape
        return batch.images(shape, [inputs_from_seed(seed, shape) for seed in seeds])

    def _equal_on_seeds(self, artifact: Artifact) -> bool:
        """Whether the outputs are the reference's on all seeds."""
        shape = artifact.shape
        for number, right in enumerate(self.references):
            with np.errstate(divide="ignore"):
                memory = batch.run(artifact.program, self._images(number))
            if not (memory[shape.values_p : shape.memory_size] == right).all():
                return False
        return True

    def classify(self, b: int, bundle: dict[str, Any]) -> str:
        """The verdict on the program with bundle ``b`` replaced."""
        program = [*self.subject.program[:b], bundle, *self.subject.program[b + 1 :]]
        shape, cycles = self.subject.shape, self.subject.cycles
        artifact = Artifact(shape, cycles, {}, program, program_digest(program))
        if Judge(artifact).confirm(inputs_from_seed(0, shape), "seed 0"):
            return "refuted"
        verdict = prove(artifact).verdict
        if verdict is ProofVerdict.PROVED:
            same = self._equal_on_seeds(artifact) and equal_in_bulk(artifact)
            return "proved and equal" if same else "proved but different"
        return str(verdict)


def equal_in_bulk(artifact: Artifact) -> bool:
    """Whether the second engine finds no seed wrong; the frozen simulator runs what it guards."""
    key, judge = stream.key(artifact.program_sha256, bytes(16)), Judge(artifact)
    engine = prepare(artifact)
    seeds = min(BULK_SEEDS, MAX_SLOTS // engine.work())
    part = engine.bulk(key, stream.JUDGED, 0, seeds, MAX_SLOTS)
    missed = [stream.inputs(artifact.shape, key, index) for index in part.missed_seeds]
    right = not any(judge.confirm(inputs, "missed") for inputs in missed)
    return right and not part.wrong and part.missed == len(missed)


_classifier: list[Classifier] = []  # a worker process's own


def _start(classifier: Classifier) -> None:
    _classifier[:] = [classifier]


def _classify(made: Made) -> str:
    return _classifier[0].classify(*made[1:])


def study(name: str, subject: Artifact, count: int, seed: int, processes: int) -> Counter[str]:
    """Classify ``count`` mutants of one artifact. All are drawn here, so workers change nothing."""
    rng = random.Random(seed)
    by_place = places(subject.program)
    mutants, met = [], set()
    for place in cycle(sorted(by_place)):
        drawn = (mutant(rng, subject.program, place[2], by_place[place]) for _ in range(TRIES))
        made = next(filter(None, drawn), None)
        if made is not None:
            mutants.append(made)
            met.add(place)
        if len(mutants) == count:
            break
    counts = Counter({"places": len(by_place), "met": len(met), "mutants": count})
    with Pool(processes, _start, (Classifier(subject),)) as pool:
        for done, verdict in enumerate(pool.imap(_classify, mutants), 1):
            counts[verdict] += 1
            if verdict not in ("refuted", "proved and equal"):
                print(f"SURVIVOR ({verdict}): {mutants[done - 1][0]}", flush=True)
            if done % 25 == 0 or done == count:
                print(f"{name}: {done} of {count}", file=sys.stderr, flush=True)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--artifact", type=Path, default=Path("artifacts/kernel.json"))
    parser.add_argument("--count", type=int, default=600, help="mutants of each recipe")
    parser.add_argument("--shipped", type=int, default=250, help="mutants of the shipped kernel")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2, help="the result is the same with any")
    parser.add_argument("--write", action="store_true", help="put the table into docs/studies.md")
    options = parser.parse_args()
    shipped = parse(options.artifact.read_bytes())
    subjects = [(f"shipped, {shipped.cycles} cycles", shipped)]
    subjects += [(f"recipe `{name}`", recipe_artifact(name, at)) for name, at in RECIPES]
    start = time.perf_counter()
    rows: list[tuple[str, ...]] = []
    total: Counter[str] = Counter()
    for name, subject in subjects:
        count = options.shipped if subject is shipped else options.count
        counts = study(name, subject, count, options.seed, options.processes)
        total.update(counts)
        cells = (f"{counts[column]:,}" for column in COLUMNS)
        reached = f"{counts['met']} of {counts['places']}"
        rows.append((name, str(subject.shape), reached, *cells))
    rows.append(("all", "", "", *(f"{total[column]:,}" for column in COLUMNS)))
    publish("mutation", ("program", "shape", "places", *COLUMNS), rows, options.write)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    return int(total["proved but different"] + total["unknown"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
