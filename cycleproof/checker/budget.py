"""Steps of work: what a check may spend, in all and on each equation."""


class TooComplex(Exception):
    """A budget is spent. Never a verdict on whether an obligation holds."""


class Budget:
    """Steps of work that may still be done, down to a ``reserve``."""

    def __init__(self, steps: int) -> None:
        self.left, self.reserve = steps, 0

    def spend(self, steps: int) -> None:
        """Take ``steps``; raises ``TooComplex`` when they are not there."""
        self.left -= steps
        if self.left < self.reserve:
            raise TooComplex
