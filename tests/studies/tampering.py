"""The checker's mutation study: tampered certificates and artifacts, none of which may pass.

``python -m tests.studies.tampering`` prints the table; ``--write`` puts it into docs/studies.md. A
tampering counts only if it makes a statement false, and that is settled apart from the checker:
the frozen simulator runs the program, and an evaluator of its own reads every claim on the same
inputs. What stays true (an expression nobody uses, operands of a sum exchanged) is drawn again.
"""

import argparse
import copy
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from cycleproof.artifact.build import build, run_recipe
from cycleproof.checker import ACCEPTED, check
from cycleproof.proof import prove
from docs.page import publish
from frozen.artifact import Artifact, parse
from frozen.errors import FrozenError
from frozen.machine import Machine
from frozen.ops import MASK, OPS, SLOT_LIMITS, VLEN
from frozen.problem import FOREST_P, HASH_STAGES, Inputs, Shape, memory_image, reference
from frozen.program import check_program, program_digest

SUBJECTS = [
    ("vector", Shape(3, 5, 8)),
    ("vector", Shape(2, 6, 16)),
    ("packed", Shape(2, 4, 4)),
    ("baseline", Shape(1, 3, 2)),
    ("selected", Shape(2, 5, 3)),  # with idle lanes
]
RUNS = 6
FUEL = 20_000
BINARY = [name for engine, name in OPS if engine == "alu"]


@cache
def honest(recipe: str, shape: Shape) -> tuple[Artifact, bytes]:
    """A recipe's artifact and the prover's certificate for it."""
    artifact = parse(build(run_recipe(recipe, shape)[0]).data)
    certificate = prove(artifact, certificate=True).certificate
    if certificate is None:
        raise SystemExit(f"error: no certificate for {recipe} at {shape}")
    return artifact, certificate


class World:
    """One input, and what the expressions of a certificate are worth on it."""

    def __init__(self, shape: Shape, seed: int) -> None:
        draw = random.Random(seed).getrandbits
        self.shape = shape
        self.inputs = Inputs(
            [draw(32) for _ in range(shape.n_nodes)], [draw(32) for _ in range(shape.batch_size)]
        )
        self.image = memory_image(shape, self.inputs)
        self.outputs = reference(shape, self.inputs)[1]
        self.lanes = {
            lane: self._lane(self.image[shape.values_p + lane])
            for lane in range(1 - VLEN, shape.batch_size)
        }

    def _lane(self, value: int) -> dict[tuple[Any, ...], int]:
        words: dict[tuple[Any, ...], int] = {("V", -1, 6): value}
        index = 0
        for number in range(self.shape.rounds):
            words["N", number] = self.inputs.tree[index]
            value ^= self.inputs.tree[index]
            words["V", number, 0] = value
            for stage, (first, constant, second, shift, amount) in enumerate(HASH_STAGES, 1):
                one = value + constant if first == "+" else value ^ constant
                two = value << amount if shift == "<<" else value >> amount
                value = (one + two if second == "+" else one ^ two) & MASK
                words["V", number, stage] = value
            words["Q", number] = value % 2
            index = 2 * index + 1 + value % 2
            index = index if index < self.shape.n_nodes else 0
        return words

    def read(self, table: list[Any], number: int, lane: int, memo: dict[Any, int]) -> int:
        """The word of an entry, said of ``lane``."""
        if (number, lane) not in memo:
            entry = table[number]
            sub = [] if isinstance(entry, int) or entry[0] in "mVNQ" else entry[1:]
            words = [self.read(table, each, lane, memo) for each in sub]
            memo[number, lane] = self._read(entry, words, lane) & MASK
        return memo[number, lane]

    def _read(self, entry: Any, words: list[int], lane: int) -> int:
        if isinstance(entry, int):
            return entry
        op = entry[0]
        if op == "m":
            return self.image[entry[1]]
        if op in "VNQ":
            fixed = len(entry) == (4 if op == "V" else 3)
            lane = entry[-1] if fixed else lane
            return self.lanes[lane][tuple(entry[:-1] if fixed else entry)]
        if op == "M":
            return self.image[words[0]] if words[0] < len(self.image) else 0
        if op == "T":
            return words[1 + words[0]] if words[0] < len(words) - 1 else 0
        if op == "select":
            return words[1] if words[0] else words[2]
        if op == "=":
            return words[-1] if len(set(words)) == 1 else -1
        total = words[0]
        for word in words[1:]:
            total = _binary(op, total, word) & MASK
        return total


def _binary(op: str, a: int, b: int) -> int:
    if op in ("//", "%", "cdiv"):
        return 0 if b == 0 else {"//": a // b, "%": a % b, "cdiv": (a + b - 1) // b}[op]
    if op in ("<<", ">>"):
        return 0 if b > 31 else a << b if op == "<<" else a >> b
    if op in ("<", "=="):
        return int(a < b if op == "<" else a == b)
    return {"+": a + b, "-": a - b, "*": a * b, "^": a ^ b, "&": a & b, "|": a | b}[op]


@cache
def worlds(shape: Shape) -> list[World]:
    """The inputs on which claims are read."""
    return [World(shape, seed) for seed in range(RUNS)]


def is_true(artifact: Artifact, document: Any) -> bool:
    """Whether no run shows a claim, an output or the count of cycles to be false."""
    try:
        return all(_true_in(world, artifact, document) for world in worlds(artifact.shape))
    except (FrozenError, LookupError, TypeError, ValueError, AttributeError, RuntimeError):
        return False  # the program faults, or the document is none


def _true_in(world: World, artifact: Artifact, document: Any) -> bool:
    order = list(SLOT_LIMITS)
    bundles = [
        sorted(pairs, key=lambda pair: order.index(pair[0].engine))
        for pairs in check_program(artifact.program)
    ]
    rows = iter(document["rows"])
    memo: dict[Any, int] = {}
    false = []

    def observe(bundle: int, scratch: list[int], _: list[int]) -> None:
        items = iter(next(rows))
        claims: dict[int, int | None] = {}
        for op, slot in bundles[bundle]:
            for words in op.writes(slot):
                item = next(items)
                for k, at in enumerate(words):
                    one = (
                        item[k] if isinstance(item, list) and len(item) == len(words) == 8 else item
                    )
                    shift = 0 if one is not item else k
                    if one is None:
                        claims[at] = None
                        continue
                    number, lane = (one, 0) if isinstance(one, int) else one
                    lane += 0 if isinstance(one, int) else shift
                    if number < 0:
                        raise ValueError
                    claims[at] = world.read(document["expressions"], number, lane, memo)
        false.extend(at for at, word in claims.items() if word not in (None, scratch[at]))

    run = Machine(artifact.program).run(world.image, FUEL, observe)
    outputs = run.memory[artifact.shape.values_p :]
    ended = next(rows, None) is None and document["cycles"] == run.cycles
    return ended and not false and outputs == world.outputs


# Ways to tamper. Each changes the document or the program in place; returning False: not here.
Way = Callable[[random.Random, Any, Any], bool | None]


def _items(document: Any, keep: Callable[[Any], bool]) -> list[tuple[list[Any], int]]:
    """(container, position) of every item, and of every single word's item, that is kept."""
    found = []
    for row in document["rows"]:
        for at, item in enumerate(row):
            if isinstance(item, list) and len(item) == 8:
                found += [(item, k) for k, one in enumerate(item) if keep(one)]
            elif keep(item):
                found.append((row, at))
    return found


def _begins(number: int, item: Any) -> bool:
    return isinstance(item, list) and item[0] == number


def _entry(draw: random.Random, document: Any, ops: Sequence[str]) -> Any:
    table = document["expressions"]
    found = [e for e in table if isinstance(e, list) and e[0] in ops]
    return draw.choice(found) if found else None


def another_expression(draw: random.Random, document: Any, _: Any) -> bool | None:
    row, at = draw.choice(_items(document, lambda item: item is not None))
    other = draw.choice(_items(document, lambda item: isinstance(item, type(row[at]))))
    claim = other[0][other[1]]
    row[at] = claim if isinstance(claim, int) else [claim[0], row[at][1]]
    return None


def another_lane(draw: random.Random, document: Any, _: Any) -> bool | None:
    row, at = draw.choice(_items(document, lambda item: isinstance(item, list)))
    number, lane = row[at]
    row[at] = [number, max(1 - VLEN, lane + draw.choice([-8, -1, 1, 8]))]
    return None


def another_constant(draw: random.Random, document: Any, _: Any) -> bool | None:
    table = document["expressions"]
    at = draw.choice([n for n, entry in enumerate(table) if isinstance(entry, int)])
    table[at] ^= 1 << draw.randrange(32)
    return None


def another_name(draw: random.Random, document: Any, _: Any) -> bool | None:
    entry = _entry(draw, document, "VNQm")
    at = draw.randrange(1, len(entry))
    entry[at] += draw.choice([-1, 1])
    return None


def another_op(draw: random.Random, document: Any, _: Any) -> bool | None:
    entry = _entry(draw, document, BINARY)
    if entry is None:
        return False
    entry[0] = draw.choice([op for op in BINARY if op != entry[0]])
    return None


def other_operands(draw: random.Random, document: Any, _: Any) -> bool | None:
    entry = _entry(draw, document, [*BINARY, "select", "T", "M"])
    if entry is None:
        return False
    at = draw.randrange(1, len(entry))
    entry[at] = draw.randrange(document["expressions"].index(entry))
    return None


def confused_shifts(draw: random.Random, document: Any, _: Any) -> bool | None:
    """An annotator that takes one constant (a shift amount, a mask) for another, everywhere."""
    table = document["expressions"]
    constants = [n for n, entry in enumerate(table) if isinstance(entry, int) and entry < 33]
    one, other = draw.sample(constants, 2)
    table[one] = table[other]
    return None


def a_leaf_changed(draw: random.Random, document: Any, artifact: Any) -> bool | None:
    """A node written out as a table over its path bits, one leaf of it wrong."""
    table, shape = document["expressions"], artifact.shape
    nodes = [
        (n, e[1])
        for n, e in enumerate(table)
        if isinstance(e, list) and e[0] == "N" and e[1] % (shape.forest_height + 1)
    ]
    used = [(n, h, row, at) for n, h in nodes for row, at in _items(document, partial(_begins, n))]
    if not used:
        return False
    _, number, row, at = draw.choice(used)
    level = number % (shape.forest_height + 1)
    base = len(table)
    # index = sum of bits, the latest bit lowest; leaves in the tree's own order
    table += [["Q", number - level + i] for i in range(level)]
    table.append(2)
    index = base
    for i in range(1, level):
        table.append(["*", index, base + level])
        table.append(["+", len(table) - 1, base + i])
        index = len(table) - 1
    first = FOREST_P + (1 << level) - 1
    leaves = [first + i for i in range(1 << level)]
    leaves[draw.randrange(len(leaves))] = first - 1
    table += [["m", leaf] for leaf in leaves]
    start = len(table) - len(leaves)
    table.append(["T", index, *range(start, len(table))])
    row[at] = [len(table) - 1, row[at][1]]
    return True


def unclaimed(draw: random.Random, document: Any, _: Any) -> bool | None:
    """A word that something lives on is no longer claimed to be anything."""
    row, at = draw.choice(_items(document, lambda item: isinstance(item, list)))
    row[at] = None
    return True


def rows_changed(draw: random.Random, document: Any, _: Any) -> bool | None:
    rows = document["rows"]
    at = draw.randrange(len(rows) - 1)
    match draw.randrange(4):
        case 0:
            rows.pop(at)
        case 1:
            rows.insert(at, copy.deepcopy(rows[at]))
        case 2:
            rows[at], rows[at + 1] = rows[at + 1], rows[at]
        case 3:
            rows[at].reverse()
    return None


def head_changed(draw: random.Random, document: Any, _: Any) -> bool | None:
    match draw.randrange(4):
        case 0:
            digest = list(document["program_sha256"])
            digest[draw.randrange(64)] = "g"
            document["program_sha256"] = "".join(digest)
        case 1:
            key = draw.choice(list(document["problem"]))
            document["problem"][key] += draw.choice([-1, 1])
        case 2:
            document["cycles"] += draw.choice([-1, 1])
        case 3:
            key = draw.choice(list(document))
            document[key.upper()] = document.pop(key)
    return True


CERTIFICATES: dict[str, Way] = {
    "an item names another expression": another_expression,
    "an item names another lane": another_lane,
    "a constant with one bit flipped": another_constant,
    "a V, N, Q or m of another round, stage or address": another_name,
    "another op in an expression": another_op,
    "other operands in an expression": other_operands,
    "two small constants confused everywhere": confused_shifts,
    "a node written out with one leaf changed": a_leaf_changed,
    "a live word left unclaimed": unclaimed,
    "a row dropped, doubled, exchanged or reversed": rows_changed,
    "another digest, shape, count or key": head_changed,
}


def _slot(draw: random.Random, program: Any) -> tuple[Any, str, int]:
    bundle = draw.choice(program)
    engine = draw.choice(list(bundle))
    return bundle, engine, draw.randrange(len(bundle[engine]))


def _operand(draw: random.Random, program: Any, kind: str) -> tuple[Any, int] | None:
    bundle, engine, at = _slot(draw, program)
    slot = bundle[engine][at]
    op = OPS[engine, slot[0]]
    places = [n for n, operand in enumerate(op.operands, 1) if operand.kind == kind]
    return (slot, draw.choice(places)) if places else None


def wrong_op(draw: random.Random, _: Any, program: Any) -> bool | None:
    bundle, engine, at = _slot(draw, program)
    slot = bundle[engine][at]
    kin = [
        op.name
        for op in OPS.values()
        if op.engine == engine
        and op.name != slot[0]
        and [o.kind for o in op.operands] == [o.kind for o in OPS[engine, slot[0]].operands]
    ]
    if not kin:
        return False
    slot[0] = draw.choice(kin)
    return None


def wrong_address(kind: str) -> Way:
    def tamper(draw: random.Random, _: Any, program: Any) -> bool | None:
        found = _operand(draw, program, kind)
        if found is None:
            return False
        slot, at = found
        slot[at] += draw.choice([-8, -1, 1, 8])
        return None

    return tamper


def wrong_immediate(draw: random.Random, _: Any, program: Any) -> bool | None:
    found = _operand(draw, program, "imm")
    if found is None:
        return False
    slot, at = found
    slot[at] = (slot[at] ^ 1 << draw.randrange(32)) & MASK
    return None


def wrong_bundles(draw: random.Random, document: Any, program: Any) -> bool | None:
    at = draw.randrange(len(program) - 1)
    match draw.randrange(3):
        case 0:
            program[at], program[at + 1] = program[at + 1], program[at]
        case 1:
            program.pop(at)
        case 2:
            rows = document["rows"]
            program[at], program[at + 1] = program[at + 1], program[at]
            rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return None


ARTIFACTS: dict[str, Way] = {
    "another op in a slot": wrong_op,
    "another source": wrong_address("src"),
    "another destination": wrong_address("dest"),
    "an immediate with one bit flipped": wrong_immediate,
    "a bundle dropped, or two exchanged": wrong_bundles,
}


def tampered(draw: random.Random, way: Way, of_artifact: bool) -> tuple[Artifact, bytes] | None:
    """One tampered pair that states something false, or None if the draw made none."""
    artifact, data = honest(*draw.choice(SUBJECTS))
    document = json.loads(data)
    if not of_artifact:
        certain = way(draw, document, artifact)
    else:
        program = json.loads(json.dumps(artifact.program))
        certain = way(draw, document, program)
        if certain is False:
            return None
        digest = program_digest(program)
        artifact = artifact._replace(program=program, program_sha256=digest, cycles=len(program))
        document.update(program_sha256=digest, cycles=len(program))
        try:
            check_program(program)
        except FrozenError:
            return None  # the decoder of artifacts has it already
    if certain is False or (certain is None and is_true(artifact, document)):
        return None
    return artifact, json.dumps(document).encode()


def verdict(artifact: Artifact, data: bytes) -> str:
    """What the checker says, without a solver; "malformed" if it is no certificate."""
    try:
        return check(artifact, data, solvers=()).verdict
    except FrozenError:
        return "malformed"


def study(each: int, seed: int) -> list[tuple[str, Counter[str]]]:
    """``each`` tamperings of every kind, and what became of them."""
    results = []
    for of_artifact, ways in ((False, CERTIFICATES), (True, ARTIFACTS)):
        for name, way in ways.items():
            draw, counts = random.Random(f"{seed} {name}"), Counter[str]()
            while counts.total() < each:
                pair = tampered(draw, way, of_artifact)
                if pair is not None:
                    counts[verdict(*pair)] += 1
            results.append((f"{'artifact' if of_artifact else 'certificate'}: {name}", counts))
    return results


def main(arguments: list[str]) -> int:
    """Run the study. 0: nothing false was accepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.studies.tampering", description=__doc__)
    parser.add_argument("--each", type=int, default=50, help="tamperings of a kind  [50]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the table into docs/studies.md")
    options = parser.parse_args(arguments)
    for subject in SUBJECTS:
        if verdict(*honest(*subject)) != ACCEPTED:
            raise SystemExit(f"error: the honest certificate of {subject} is not accepted")
    start = time.perf_counter()
    results = study(options.each, options.seed)
    columns = ("rejected", "malformed", "inconclusive", ACCEPTED)
    total = sum((counts for _, counts in results), Counter[str]())
    rows = [
        (name, str(counts.total()), *(str(counts[column]) for column in columns))
        for name, counts in [*results, ("all", total)]
    ]
    publish("tampering", ("tampering", "tried", *columns), rows, options.write)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 1 if total[ACCEPTED] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
