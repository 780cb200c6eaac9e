"""docs/spec.md says in words and tables what the code says."""

from pathlib import Path

from frozen.ops import SCRATCH_SIZE, SLOT_LIMITS, VLEN
from frozen.problem import HASH_STAGES, JUDGED

PAGE = (Path(__file__).parents[2] / "docs/spec.md").read_text()


def rows(head: str) -> list[list[str]]:
    """The body of the table that starts with ``head``."""
    lines = PAGE[PAGE.index(head) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_machine() -> None:
    slots = ", ".join(f"{engine} {limit}" for engine, limit in SLOT_LIMITS.items())
    assert [value for _, value in rows("| constant |")] == [str(VLEN), str(SCRATCH_SIZE), slots]


def test_the_hash() -> None:
    stages = [(op1, int(c, 16), op2, shift, int(s)) for _, op1, c, op2, shift, s in rows("| stage")]
    assert tuple(stages) == HASH_STAGES


def test_the_judged_shape() -> None:
    shape = f"H = {JUDGED.forest_height}, R = {JUDGED.rounds}, B = {JUDGED.batch_size}"
    assert f"{shape}: {JUDGED.n_nodes} nodes, an image of {JUDGED.memory_size} words" in PAGE
