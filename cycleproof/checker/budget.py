"""Steps of work: what a check may spend, in all and on each equation."""

from collections.abc import Iterator
from contextlib import contextmanager


class TooComplex(Exception):
    """A budget is spent. Never a verdict on whether an obligation holds."""


class Budget:
    """Steps of work that may still be done."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take ``steps``; raises ``TooComplex`` when they are not there."""
        self.left -= steps
        if self.left < 0:
            raise TooComplex

    @contextmanager
    def part(self, steps: int) -> Iterator["Budget"]:
        """A budget of its own, of at most ``steps``; what was spent of it is spent of this."""
        steps = min(steps, self.left)
        part = Budget(steps)
        try:
            yield part
        finally:
            self.left -= steps - part.left
