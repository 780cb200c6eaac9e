"""The graph compiler: plan → op graph → schedule with allocation → bundles."""

from collections.abc import Mapping
from typing import Any

from frozen.ops import Program
from frozen.problem import Shape

from .. import recipe
from ..errors import BadRecipe
from . import bundles, keys, options, plan, schedule
from .build import Built


def compile_labelled(
    shape: Shape, choices: Mapping[str, Any], notes: list[str]
) -> tuple[Program, bundles.Labels]:
    """Compile to a program and, for each slot, a label: group, round, level, step.

    ``notes`` gets a line per fallback. Raises ``BadRecipe``, ``DoesNotFit``.
    """
    chosen = options.parse(choices)
    built = Built(shape, chosen, plan.make(shape, chosen, notes))
    hints = _hints(chosen, len(built.graph.ops), notes)
    found = schedule.make(built.graph, chosen, hints, notes)
    first_block = schedule.first_block(built.graph)
    return bundles.make(built.graph, found, first_block, built.buffer_refs)


def _hints(chosen: options.Options, count: int, notes: list[str]) -> list[int] | None:
    if not chosen.hints:
        return None
    path = recipe.FOLDER / chosen.hints
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRecipe(f"hints {chosen.hints}: {error}") from None
    found = keys.load(text, count, chosen.hints)
    if found is None:
        notes.append(f"{chosen.hints} is for another shape: keys are computed")
    return found
