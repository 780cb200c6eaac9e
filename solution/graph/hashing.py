"""The hash as ten vector ops: four multiply-adds and six simple ones.

Stages that multiply by 1 + 2^s fold into one ``multiply_add``; stages 2 and 3 share their input
c, so (c*33 + C2 + C3) ^ ((c*33 + C2) << 9) is two independent multiply-adds and a xor. The last
constant is left to the caller: folded into the next node value, or applied in the last step.
"""

from frozen.problem import HASH_STAGES

from .constants import Constants
from .ir import Graph

C0, C1, C2, C3, C4, C5 = (stage[1] for stage in HASH_STAGES)


def hash_round(graph: Graph, constants: Constants, x: int, label: str, explicit: bool) -> int:
    """Hash the vector ``x``; with ``explicit`` the last constant is applied, else it is owed."""
    vector = constants.vector

    def new(step: str, name: str, *sources: int) -> int:
        dest = graph.dynamic(step)
        graph.vector(name, f"{label} {step}", dest, *sources)
        return dest

    b = new("b", "multiply_add", x, vector(4097), vector(C0))
    t = new("t", ">>", b, vector(19))
    u = new("u", "^", b, t)
    c = new("c", "^", u, vector(C1))
    p = new("p", "multiply_add", c, vector(33), vector(C2 + C3))
    q = new("q", "multiply_add", c, vector(33 << 9), vector(C2 << 9))
    d = new("d", "^", p, q)
    e = new("e", "multiply_add", d, vector(9), vector(C4))
    f = new("f", ">>", e, vector(16))
    if explicit:
        e = new("e^C5", "^", e, vector(C5))
    return new("w", "^", e, f)
