"""What the compiler raises on bad input; nothing else leaves ``python -m solution``."""


class SolutionError(Exception):
    """Base class: the message says what is wrong, where, and what to do. Exit code 2."""

    status = 2


class BadRecipe(SolutionError):
    """A recipe that does not exist, does not parse, or asks for what its compiler has not."""


class DoesNotFit(SolutionError):
    """The shape needs more scratch, memory or program than there is."""


class MissingDependency(SolutionError):
    """An optional dependency is not installed. Exit code 5."""

    status = 5
