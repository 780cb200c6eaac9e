"""What a proof speaks of beside the tree and the lane values: where lanes start, and the header.

The contract fixes both (docs/spec.md, section 2): every index is 0, and the header says the shape.
A wider statement lets go of one or both, for kernels that claim more than is judged.
"""

from typing import NamedTuple

ZERO, KNOWN, ANY = "zero", "known", "any"


class Statement(NamedTuple):
    """The inputs that a proof is for; the tree and the lane values are free in each.

    ``indices``: ``zero``, or ``any``: each lane starts at a node of its own, 0..n_nodes-1.
    ``header``: ``known``, or ``any``: its words say nothing, so a kernel may not lean on them.
    """

    indices: str = ZERO
    header: str = KNOWN

    @property
    def any_start(self) -> bool:
        """Whether lanes start at any node."""
        return self.indices == ANY

    @property
    def any_header(self) -> bool:
        """Whether the header may hold any words."""
        return self.header == ANY

    @property
    def starts(self) -> str:
        """The indices and the header, as a statement names them."""
        start = "any start index" if self.any_start else "indices zero"
        return start + (", any header" if self.any_header else "")

    @property
    def options(self) -> str:
        """The options that ask for it."""
        return f"--indices {self.indices} --header {self.header}"


JUDGED = Statement()
"""What the contract asks for."""

CHOICES = {"indices": (ZERO, ANY), "header": (KNOWN, ANY)}
"""The values that each part can have, the contract's first."""
