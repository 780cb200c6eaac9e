"""Random programs that exercise the symbolic evaluator, and a machine beside it."""

import random
from collections.abc import Iterator

from cycleproof.proof.algebra import Algebra
from cycleproof.proof.evaluate import Evaluator
from cycleproof.proof.reference import initial_memory, reference_terms
from cycleproof.proof.rules import RULES
from cycleproof.proof.run.paths import Executor
from cycleproof.proof.terms import Term
from frozen.machine import Machine
from frozen.ops import OPS, Program
from frozen.problem import Inputs, Shape, memory_image
from tests.support.programs import Bundles

SHAPE = Shape(3, 4, 8)
BINARY = [op.name for op in OPS.values() if op.engine == "alu"]
EDGES = (0, 1, 2, 3, 5, 7, 8, 16, 31, 32, 33, 255, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF)
WORDS = 24  # scratch words the programs play with


def constant(rng: random.Random) -> int:
    return rng.choice(EDGES) if rng.random() < 0.7 else rng.getrandbits(32)


def random_program(rng: random.Random, length: int = 40) -> Bundles:
    """Bundles of one scalar or vector slot over few words; addresses are kept in memory.

    Words 0..23 hold data, 30.. hold constants: 30 is 1, 31 is 7, 32 is FOREST_P, 33 values_p.
    """
    program = [
        {"load": [["const", 30, 1], ["const", 31, 7]]},
        {"load": [["const", 32, 7], ["const", 33, SHAPE.values_p]]},
        {"load": [["vload", 0, 33], ["vload", 8, 32]]},
        {"load": [["const", 34, 3], ["const", 35, SHAPE.memory_size - 16]]},
    ]
    for word in range(16, WORDS):
        program.append({"load": [["const", word, constant(rng)]]})
    for _ in range(length):
        program += random_step(rng)
    return program


def random_step(rng: random.Random) -> Bundles:
    d, a, b, c = (rng.randrange(WORDS) for _ in range(4))
    kind = rng.random()
    if kind < 0.40:
        name = rng.choice(BINARY)
        if name in ("//", "%", "cdiv"):  # a divisor that is never zero: (b & 7) | 1
            return [
                {"alu": [["&", 40, b, 31]]},
                {"alu": [["|", 40, 40, 30]]},
                {"alu": [[name, d, a, 40 if rng.random() < 0.6 else 34]]},
            ]
        return [{"alu": [[name, d, a, b]]}]
    if kind < 0.55:
        return [{"alu": [["&", d, a, 30]]}]  # bits
    if kind < 0.62:
        return [{"flow": [["select", d, a, b, c]]}]
    if kind < 0.66:
        return [{"flow": [["add_imm", d, a, constant(rng) - rng.choice((0, 1 << 32))]]}]
    if kind < 0.70:
        return [{"load": [["const", d, constant(rng)]]}]
    if kind < 0.75:  # the shift of a bit is a small power of two
        return [{"alu": [["&", 40, a, 30]]}, {"alu": [["<<", d, 40, rng.choice((30, 34))]]}]
    base = 8 * rng.randrange(3)
    if kind < 0.79:
        return [{"valu": [["multiply_add", base, *(rng.randrange(WORDS - 7) for _ in range(3))]]}]
    if kind < 0.81:
        return [{"valu": [["vbroadcast", base, a]]}]
    if kind < 0.83:
        return [{"flow": [["vselect", base, *(rng.randrange(WORDS - 7) for _ in range(3))]]}]
    # A symbolic address: a base and up to three low bits of data words.
    steps = [{"alu": [["&", 41, a, rng.choice((30, 31, 34))]]}]
    wide = kind >= 0.98 or 0.90 <= kind < 0.92
    steps.append({"alu": [["+", 41, 41, rng.choice((30, 32, 35) if wide else (30, 32, 33, 35))]]})
    if kind < 0.90:
        return [*steps, {"load": [["load", d, 41]]}]
    if kind < 0.92:
        return [*steps, {"load": [["vload", base, 41]]}]
    if kind < 0.98:
        return [*steps, {"store": [["store", 41, c]]}]
    return [*steps, {"store": [["vstore", 41, base]]}]


def some_inputs(rng: random.Random, count: int) -> Iterator[Inputs]:
    """Inputs of several characters: uniform, small, sparse, extreme."""
    for number in range(count):
        n = SHAPE.n_nodes + SHAPE.batch_size
        style = number % 4
        if style == 0:
            words = [rng.getrandbits(32) for _ in range(n)]
        elif style == 1:
            words = [rng.getrandbits(2) for _ in range(n)]
        elif style == 2:
            words = [rng.choice(EDGES) for _ in range(n)]
        else:
            words = [1 << rng.randrange(32) for _ in range(n)]
        yield Inputs(words[: SHAPE.n_nodes], words[SHAPE.n_nodes :])


def snapshots(
    program: Program, image: list[int]
) -> tuple[list[tuple[int, list[int], list[int]]], list[int]]:
    """Scratch and memory after every executed bundle, and the final memory."""
    states: list[tuple[int, list[int], list[int]]] = []

    def observe(at: int, scratch: list[int], memory: list[int]) -> None:
        states.append((at, list(scratch), list(memory)))

    final = Machine(program).run(image, observe=observe).memory
    return states, final


def differences(
    program: Program, inputs: list[Inputs], with_reference: int = False
) -> tuple[int, list[tuple[int | str, int, Term]]]:
    """Run on terms and on the machine; every written word must agree after every bundle.

    Returns (writes compared, list of disagreements). Raises Stuck as the executor does.
    """
    algebra = Algebra(RULES)
    memory = initial_memory(algebra, SHAPE)
    if with_reference:
        reference_terms(algebra, SHAPE, memory)
    outcome = Executor(algebra, program, keep_log=True).run(memory)
    compared = 0
    wrong: list[tuple[int | str, int, Term]] = []
    for one in inputs:
        image = memory_image(SHAPE, one)
        states, final = snapshots(program, image)
        evaluate = Evaluator([image])
        for (at, scratch, _), ran in zip(states, outcome.log, strict=True):
            assert at == ran.at
            last: dict[int, Term] = {}
            for write in ran.writes:
                if write.words is None:
                    last |= dict(zip(write.op.writes(write.slot)[0], write.terms, strict=True))
            for word, term in last.items():
                compared += 1
                (value,) = evaluate(term)
                if value != scratch[word] or value & ~term.mask:
                    wrong.append((at, word, term))
        for address, left in enumerate(outcome.memory):
            compared += 1
            if evaluate(left)[0] != final[address]:
                wrong.append(("memory", address, left))
    return compared, wrong
