"""What changed between two artifacts: the program's figures, its ops, the first bundle apart."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from frozen.artifact import Artifact
from frozen.ops import Bundle, Program
from frozen.program import check_program

from ..analysis.engines import engine_figures

Pair = tuple[Any, Any]  # the figure in A, the figure in B


@dataclass(frozen=True)
class Difference:
    """All that differs. Ops are named ``engine op``, with the number of slots gained or lost."""

    same_program: bool
    shape: Pair
    cycles: Pair
    bundles: Pair
    slots: Mapping[str, Pair]  # by engine
    bundles_apart: int  # positions whose bundles differ, the longer program's tail included
    first_bundle: int | None
    first: Pair  # that bundle in A and in B; None past the end
    added: Mapping[str, int]
    removed: Mapping[str, int]

    @property
    def same(self) -> bool:
        """Whether both have the same program, shape and claim."""
        return (
            self.same_program
            and self.shape[0] == self.shape[1]
            and self.cycles[0] == self.cycles[1]
        )

    def as_json(self) -> dict[str, Any]:
        """The difference as JSON values; pairs are arrays [A, B]."""
        return {"same": self.same, **asdict(self)}


def count_ops(program: Program) -> Counter[str]:
    """Slots by ``engine op``."""
    return Counter(
        f"{engine} {slot[0]}"
        for bundle in program
        for engine, slots in bundle.items()
        for slot in slots
    )


def diff(a: Artifact, b: Artifact) -> Difference:
    """Compare two decoded artifacts. The order of slots counts: within an engine the later wins."""
    bundles: list[tuple[Bundle | None, Bundle | None]]
    bundles = list(zip_longest(a.program, b.program))
    apart = [number for number, (left, right) in enumerate(bundles) if left != right]
    ops_a, ops_b = count_ops(a.program), count_ops(b.program)
    slots_a, slots_b = (engine_figures(check_program(each.program))["slots"] for each in (a, b))
    return Difference(
        same_program=a.program_sha256 == b.program_sha256,
        shape=(a.shape._asdict(), b.shape._asdict()),
        cycles=(a.cycles, b.cycles),
        bundles=(len(a.program), len(b.program)),
        slots={engine: (slots_a[engine], slots_b[engine]) for engine in slots_a},
        bundles_apart=len(apart),
        first_bundle=apart[0] if apart else None,
        first=bundles[apart[0]] if apart else (None, None),
        added=dict(sorted((ops_b - ops_a).items())),
        removed=dict(sorted((ops_a - ops_b).items())),
    )
