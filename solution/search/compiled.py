"""``solution.graph.core`` compiled with numba: the same source, so the same schedules."""

from collections.abc import Sequence
from functools import cache
from types import FunctionType
from typing import Any

from ..errors import MissingDependency
from ..graph import core


@cache
def compile_core() -> dict[str, Any]:
    """The functions of ``core.HELPERS``, compiled. Raises ``MissingDependency``."""
    try:
        from numba import njit
    except ImportError:
        raise MissingDependency(
            "the search needs numba: pip install '.[search]' in a clone of the project"
        ) from None
    scope = dict(vars(core))
    for name in core.HELPERS:
        plain = getattr(core, name)
        scope[name] = njit(FunctionType(plain.__code__, scope, name))
    return {name: scope[name] for name in core.HELPERS}


def array(values: Sequence[int]) -> Any:
    """How the compiled functions hold integers."""
    import numpy

    return numpy.array(values, dtype=numpy.int64)
