"""Documents whose program is right for some inputs only, or claims too little."""

from collections.abc import Iterable
from functools import partial

from cycleproof.artifact.format import encode
from cycleproof.base.text import plural
from cycleproof.simulator.seeds import FIXED_SEEDS
from frozen.problem import inputs_from_seed, reference
from tests.support.programs import Bundles, scalar_kernel

from .making import FAILED, GENERATOR, INCONCLUSIVE, SHAPE, Rows, kernel, sealed

ROWS = Rows()
add = ROWS.add

# --- 15: cycle counts that depend on the data -----------------------------------------------------


def data_dependent(cycles: int) -> bytes:
    """Skips three of its bundles when the first lane's value is odd."""
    return kernel(
        cycles,
        before=[
            {"load": [["const", 1, 1], ["const", 2, SHAPE.values_p]]},
            {"load": [["load", 3, 2]]},
            {"alu": [["&", 3, 3, 1]]},
            {"flow": [["cond_jump", 3, 6]]},
            {"alu": [["+", 4, 4, 4]]},
            {"alu": [["+", 4, 4, 4]]},
        ],
    )


LENGTH = len(scalar_kernel(SHAPE))
add(
    15,
    "cycles-depend-on-data",
    "quotes the best of its cycle counts",
    FAILED,
    "the cycle count depends on the inputs",
    lambda: data_dependent(LENGTH + 4),
)
add(
    15,
    "cycles-depend-on-data-worst",
    "quotes the worst: still not one count",
    FAILED,
    "the cycle count depends on the inputs",
    lambda: data_dependent(LENGTH + 6),
)

# --- 16: right for some inputs only -------------------------------------------------------------


def memorised(seeds: Iterable[int]) -> bytes:
    """Knows the answers of some seeds by the first lane's value."""
    program: Bundles = [{"load": [["const", 1, SHAPE.values_p]]}, {"load": [["load", 2, 1]]}]
    for lane in range(SHAPE.batch_size):
        for seed in seeds:
            inputs = inputs_from_seed(seed, SHAPE)
            answer = reference(SHAPE, inputs)[1][lane]
            program += [
                {"load": [["const", 3, inputs.values[0]], ["const", 4, answer]]},
                {"alu": [["==", 3, 2, 3]]},
                {"flow": [["select", 5, 3, 4, 5]]},
            ]
        program += [{"load": [["const", 6, SHAPE.values_p + lane]]}, {"store": [["store", 6, 5]]}]
    return encode(SHAPE, program, len(program), GENERATOR)


IDLE = {"alu": [["+", 5, 5, 5]]}


def short(rounds: int) -> bytes:
    """A right kernel of too few rounds."""
    program = scalar_kernel(SHAPE._replace(rounds=rounds))
    return encode(SHAPE, program, len(program), GENERATOR)


def wide_values_broken() -> bytes:
    """Loses the top bit of every lane's value: right only below 2^30."""
    program = scalar_kernel(SHAPE)
    broken: Bundles = []
    for bundle in program:
        broken.append(bundle)
        if bundle == {"load": [["load", 4, 10]]}:
            broken += [{"load": [["const", 11, 2**31 - 1]]}, {"alu": [["&", 4, 4, 11]]}]
    return encode(SHAPE, broken, len(broken), GENERATOR)


add(
    16,
    "memorised-fixed-seeds",
    "knows the answers of the fixed seeds by heart",
    FAILED,
    "wrong on 8 of 16 seeds",
    lambda: memorised(FIXED_SEEDS),
)
add(
    16,
    "memorised-seed-0",
    "knows the answer of seed 0 by heart",
    FAILED,
    " of 16 seeds",
    lambda: memorised([0]),
)
add(
    16,
    "one-round-short",
    "leaves out the last round",
    FAILED,
    "it is lost from round 4 on",
    lambda: short(4),
)
add(16, "no-work", "does nothing at all", FAILED, "lanes wrong", sealed({"flow": [["halt"]]}))
add(
    16,
    "half-the-batch",
    "leaves out every lane but the first",
    FAILED,
    "3 lanes wrong",
    lambda: kernel(change=dict.fromkeys(range(16 + 139, LENGTH), IDLE)),
)
add(
    16,
    "right-below-2-30",
    "right only for official values: every run below 2^30 passes, the proof is left open",
    INCONCLUSIVE,
    "below 2^30 nothing is settled",
    wide_values_broken,
)

# --- 17: impossible scores ----------------------------------------------------------------------

for claim in (0, 1, 487, LENGTH - 1, LENGTH + 1):
    add(
        17,
        f"claims-{claim}-cycles",
        f"claims {claim} cycles for {LENGTH} bundles",
        FAILED,
        f"claims {plural(claim, 'cycle')}, but every run of it executes",
        partial(kernel, cycles=claim),
    )
