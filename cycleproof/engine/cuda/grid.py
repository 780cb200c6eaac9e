"""How blocks are laid out on a GPU, and what fits in their shared memory."""

from dataclasses import dataclass, replace

from ..errors import Unsupported
from ..sliced import Sliced

WARP = 32
BANKS = 32
SHARED_BYTES = 227 << 10  # what one block may use on an H100 (compute capability 9.0)
LISTED = 1024  # wrong, and missed, seeds that are listed by index, in no order
WRONG, FIRST_WRONG, MISSED, FIRST_MISSED, LISTS = range(5)
"""Places in the result, in 64-bit words: two counts, two least indices, then two lists."""
RESULT_WORDS = LISTS + 2 * LISTED
NONE = 2**64 - 1


@dataclass(frozen=True)
class Grid:
    """How a block is laid out; by default as was fastest on an H200 (docs/engine.md).

    ``group``: lanes of one seed that are neighbours in a warp.
    """

    seeds: int = 8
    threads: int = 768
    group: int = 8
    blocks: int = 2  # at once on a multiprocessor


def shared_bytes(sliced: Sliced, grid: Grid) -> int:
    """The shared memory that one block takes: its images and a flag for each seed."""
    return 4 * grid.seeds * (stride(sliced) + 1)


def stride(sliced: Sliced) -> int:
    """Words from one image to the next: 4 more than a multiple of the banks.

    So 8 seeds side by side store four words each without a conflict.
    """
    return -(-(sliced.words - 4) // BANKS) * BANKS + 4


def fitting(sliced: Sliced, grid: Grid) -> Grid:
    """The grid with as many of its seeds as fit in shared memory. Raises ``Unsupported``."""
    least = WARP // grid.group
    while shared_bytes(sliced, grid) * grid.blocks > SHARED_BYTES:
        if grid.blocks > 1:
            grid = replace(grid, blocks=grid.blocks - 1)
        elif grid.seeds > least:
            grid = replace(grid, seeds=grid.seeds // 2)
        elif grid.group < WARP:
            return fitting(sliced, replace(grid, seeds=1, group=WARP))
        else:
            raise Unsupported(f"one seed takes {4 * sliced.words:,} bytes of shared memory")
    return grid
