"""The mutation study: every single-slot mutant is refuted, or proved and then equal on 1,000 seeds.

    python -m benchmarks.mutation_study                    # about 2,000 mutants, a table on stdout
    python -m benchmarks.mutation_study --write            # and into docs/proof.md

Mutants are drawn evenly over the kinds of place in a program: each op, and each operand of each op.
A mutant that the strict decoder refuses is drawn again. What is neither refuted with an input that
the frozen simulator confirms, nor proved and equal, is a survivor; there must be none.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from cycleproof.proof import ProofVerdict, prove
from cycleproof.proof.refute import Judge
from frozen.decode import Artifact, check_program, parse, program_digest
from frozen.errors import Malformed
from frozen.machine import Machine
from frozen.ops import OPS
from frozen.problem import Shape, inputs_from_seed, memory_image
from solution import recipe

from . import batch

PAGE = Path(__file__).resolve().parent.parent / "docs" / "proof.md"
START, END = "<!-- generated: mutation -->", "<!-- end -->"
SEEDS = 1_000
BATCH = 250
SMALL = Shape(6, 9, 32)
RECORDS = Shape(6, 9, 256)  # a batch that leaves room for tables of records
RECIPES = (("packed", SMALL), ("selected", SMALL), ("records", RECORDS))
COLUMNS = ("mutants", "refuted", "proved and equal", "proved but different", "unknown")


def recipe_subject(name: str, shape: Shape) -> Artifact:
    program = recipe.load(name).build(shape, [])
    image = memory_image(shape, inputs_from_seed(0, shape))
    cycles = Machine(program).run(image).cycles
    return Artifact(shape, cycles, {}, program, program_digest(program))


def places(program) -> dict[tuple[str, str, int], list[tuple[int, str, int]]]:
    """Slots by (engine, op, position); position 0 is the op itself."""
    found = defaultdict(list)
    for b, bundle in enumerate(program):
        for engine, slots in bundle.items():
            for i, slot in enumerate(slots):
                for position in range(len(slot)):
                    found[engine, slot[0], position].append((b, engine, i))
    return found


def changed(rng: random.Random, engine: str, slot: list, position: int) -> list:
    """The slot with one position changed."""
    slot = list(slot)
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


def mutant(rng: random.Random, program, by_place) -> tuple[str, list] | None:
    """What was changed, and the program with that one slot changed; None if it is refused."""
    engine, name, position = rng.choice(sorted(by_place))
    b, _, i = rng.choice(by_place[engine, name, position])
    slot = changed(rng, engine, program[b][engine][i], position)
    if slot == list(program[b][engine][i]):
        return None
    slots = [*program[b][engine]]
    slots[i] = slot
    result = [*program]
    result[b] = {**program[b], engine: slots}
    try:
        check_program(result)
    except Malformed:
        return None
    return f"bundle {b}, {engine} slot {i}: {program[b][engine][i]} -> {slot}", result


def equal_on_seeds(subject: Artifact, references: list) -> bool:
    """Whether the outputs are the reference's on all seeds."""
    shape = subject.shape
    for number, right in enumerate(references):
        seeds = range(number * BATCH, (number + 1) * BATCH)
        memory = batch.images(shape, [inputs_from_seed(seed, shape) for seed in seeds])
        out = batch.run(subject.program, memory)[shape.values_p : shape.memory_size]
        if not (out == right).all():
            return False
    return True


def classify(subject: Artifact, references: list) -> str:
    if Judge(subject).confirm(inputs_from_seed(0, subject.shape), "seed 0"):
        return "refuted"
    result = prove(subject)
    if result.verdict is ProofVerdict.REFUTED:
        return "refuted"
    if result.verdict is ProofVerdict.PROVED:
        same = equal_on_seeds(subject, references)
        return "proved and equal" if same else "proved but different"
    return "unknown"


def study(subject: Artifact, count: int, seed: int) -> Counter:
    """Classify ``count`` mutants of one artifact."""
    rng = random.Random(seed)
    by_place = places(subject.program)
    shape = subject.shape
    references = []
    for number in range(SEEDS // BATCH):
        seeds = range(number * BATCH, (number + 1) * BATCH)
        memory = batch.images(shape, [inputs_from_seed(one, shape) for one in seeds])
        references.append(batch.reference(shape, memory))
    if not equal_on_seeds(subject, references):
        raise SystemExit("the batch simulator and the reference differ on the unchanged program")
    counts = Counter()
    while counts["mutants"] < count:
        made = mutant(rng, subject.program, by_place)
        if made is None:
            counts["refused by the decoder"] += 1
            continue
        what, program = made
        digest = program_digest(program)
        verdict = classify(Artifact(shape, subject.cycles, {}, program, digest), references)
        counts["mutants"] += 1
        counts[verdict] += 1
        if verdict not in ("refuted", "proved and equal"):
            print(f"SURVIVOR ({verdict}): {what}", flush=True)
    counts["places"] = len(by_place)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--artifact", type=Path, default=Path("artifacts/kernel.json"))
    parser.add_argument("--count", type=int, default=600, help="mutants of each recipe")
    parser.add_argument("--shipped", type=int, default=250, help="mutants of the shipped kernel")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    options = parser.parse_args()
    np.seterr(divide="ignore")
    shipped = parse(options.artifact.read_bytes())
    subjects = [(f"shipped, {shipped.cycles} cycles", shipped)]
    subjects += [(f"recipe `{name}`", recipe_subject(name, at)) for name, at in RECIPES]
    start = time.perf_counter()
    lines = [
        f"| program | shape | places | {' | '.join(COLUMNS)} |",
        f"|---|---|---:|{'---:|' * len(COLUMNS)}",
    ]
    total: Counter = Counter()
    for name, subject in subjects:
        count = options.shipped if subject is shipped else options.count
        counts = study(subject, count, options.seed)
        total.update(counts)
        cells = " | ".join(f"{counts[column]:,}" for column in COLUMNS)
        lines.append(f"| {name} | {subject.shape} | {counts['places']} | {cells} |")
        print(lines[-1], flush=True)
    lines.append(f"| **all** | | | {' | '.join(f'{total[c]:,}' for c in COLUMNS)} |")
    table = "\n".join(lines)
    print(table, f"\n{time.perf_counter() - start:.0f} s")
    if options.write:
        before, _, rest = PAGE.read_text("utf-8").partition(START)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{START}\n{table}\n{END}{after}", "utf-8")
    return int(total["proved but different"] + total["unknown"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
