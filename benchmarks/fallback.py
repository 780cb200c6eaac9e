"""How long the fallback takes: the plain kernel with ops respelled so that no rule covers them.

    python -m benchmarks.fallback

Seconds are those of the processor, the solvers' processes included.
"""

import os

from cycleproof.checker import check
from cycleproof.proof import prove
from frozen.problem import Shape
from tests.cycleproof.proof.artifacts import artifact
from tests.cycleproof.proof.spellings import (
    Respelled,
    bit_as_or_less_xor,
    bit_by_comparison,
    sum_by_halves,
    xor_by_complements,
    xor_by_halves,
)

SUBJECTS = (
    ((10, 16, 16), (bit_as_or_less_xor,)),
    ((10, 16, 16), (xor_by_complements,)),
    ((10, 16, 16), (xor_by_halves, sum_by_halves, bit_by_comparison)),
    ((10, 16, 256), (xor_by_halves, sum_by_halves, bit_by_comparison)),
)


def seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    print("| shape | respelled | cycles | prover | words named | questions | checker | queries |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for sizes, respellings in SUBJECTS:
        subject = artifact(Respelled(sizes, respellings).build(), Shape(*sizes))
        start = seconds()
        result = prove(subject, certificate=True)
        proved = seconds()
        checked = check(subject, result.certificate or b"")
        names = ", ".join(f"`{each.__name__}`" for each in respellings)
        fallback = result.figures["fallback"]
        print(
            f"| {subject.shape} | {names} | {subject.cycles:,} | {proved - start:.1f} s"
            f" ({result.verdict}) | {fallback['merged']:,} | {fallback['questions']}"
            f" | {seconds() - proved:.1f} s ({checked.verdict}) | {checked.solver_queries} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
