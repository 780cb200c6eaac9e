"""What a rule is: an identity of words, its reason, and the function that applies it."""

import functools
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

Rewrite = Callable[..., Any]
"""From the algebra and the operands to a term equal to the op on them, or None."""


class Rule(NamedTuple):
    """One identity, the first line of its function's docstring, and why it holds.

    ``family``: the module that holds it. ``x`` and ``y``: the kinds that the first two operands
    must have; None for any kind. ``either``: the kinds that one of them must have. ``of_op``: the
    rule serves several ops, and its function takes the op's name before all else.
    """

    name: str
    family: str
    identity: str
    why: str
    rewrite: Rewrite
    x: Collection[str] | None
    y: Collection[str] | None
    either: Collection[str] | None
    of_op: bool

    def fits(self, x: str, y: str) -> bool:
        """Whether the rule is for operands of these kinds."""
        return (
            (self.x is None or x in self.x)
            and (self.y is None or y in self.y)
            and (self.either is None or x in self.either or y in self.either)
        )

    def bound(self, op: str) -> Rewrite:
        """The function for one op: it takes the algebra and the operands."""
        return functools.partial(self.rewrite, op) if self.of_op else self.rewrite


def rule(
    why: str,
    *,
    x: Collection[str] | None = None,
    y: Collection[str] | None = None,
    either: Collection[str] | None = None,
    of_op: bool = False,
) -> Callable[[Rewrite], Rule]:
    """Make a function the rule of the same name; its docstring's first line is the identity."""

    def made(rewrite: Rewrite) -> Rule:
        family = rewrite.__module__.rpartition(".")[2]
        name = rewrite.__name__.replace("_", " ")
        identity = (rewrite.__doc__ or "").partition("\n")[0].rstrip(".")
        return Rule(name, family, identity, why, rewrite, x, y, either, of_op)

    return made
