"""Walks units and rounds, in the order and with the bundle boundaries that the options ask for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from frozen.ops import Program
from frozen.problem import Shape

from .lanes import Phase, Registers, Rounds, Unit
from .options import Options, parse
from .packer import Packer, Step
from .scratch import Scratch

PAUSE = Step("flow", ("pause",))


Labels = list[dict[str, list[str]]]


def compile_labelled(
    shape: Shape, options: Mapping[str, Any], notes: list[str]
) -> tuple[Program, Labels]:
    """A straight-line program for ``shape`` and its slots' labels; fallbacks go to ``notes``.

    Raises ``BadRecipe`` for the options, ``DoesNotFit`` if scratch is too small.
    """
    chosen = parse(options)
    packer = Packer()

    def emit(step: Step, label: str) -> None:
        packer.add(step, label)
        if chosen.boundary == "op":
            packer.boundary()

    scratch = Scratch(emit)
    rounds = Rounds(shape, chosen.width, chosen.values == "memory", scratch)
    units = _units(shape.batch_size, chosen.width, notes)
    registers = _registers(units, chosen, scratch, notes)
    if chosen.boundary == "op":
        emit(PAUSE, "")  # where the starter lets a debugger compare its inputs
    abreast = chosen.in_flight if chosen.boundary == "phase" else 1
    resident = chosen.values == "scratch"
    for number in range(shape.rounds):
        ends = (not resident or number == 0, not resident or number == shape.rounds - 1)
        for first in range(0, len(units), abreast):
            numbers = range(first, min(first + abreast, len(units)))
            sides = [_phases(rounds, units[n], registers[n], *ends) for n in numbers]
            for phases in zip(*sides, strict=True):
                for n, phase in zip(numbers, phases, strict=True):
                    label = f"lane {units[n].first} round {number} {phase.name}"
                    for step in phase.steps:
                        emit(step, label)
                if chosen.boundary == "phase":
                    packer.boundary()
    if chosen.boundary == "op":
        emit(PAUSE, "")
    return packer.bundles, packer.labels


def _units(batch_size: int, width: int, notes: list[str]) -> list[Unit]:
    starts = range(0, batch_size, width)
    units = [Unit(first, min(width, batch_size - first)) for first in starts]
    if units[-1].lanes < width:
        notes.append(f"batch tail: {units[-1].lanes} lanes are loaded and stored one by one")
    return units


def _registers(
    units: Sequence[Unit], options: Options, scratch: Scratch, notes: list[str]
) -> list[Registers]:
    """Each unit's registers: a home for index and value if they stay, the rest in rotation."""
    resident = options.values == "scratch"

    def words(count: int) -> list[int]:
        return [scratch.take(options.width) for _ in range(count)]

    homes = [words(2) for _ in units] if resident else []
    temporaries = len(Registers._fields) - (2 if resident else 0)
    wanted = min(options.in_flight, len(units))
    sets = min(wanted, max(1, scratch.free // (temporaries * options.width)))
    if sets < wanted:
        notes.append(f"scratch: registers for {sets} units in flight instead of {wanted}")
    rotation = [words(temporaries) for _ in range(sets)]
    return [
        Registers(*(homes[n] if resident else ()), *rotation[n % sets]) for n in range(len(units))
    ]


def _phases(
    rounds: Rounds, unit: Unit, at: Registers, fetches: bool, stores: bool
) -> Iterator[Phase]:
    """One round of ``unit``, between a fetch and a store where its values do not stay."""
    if fetches:
        yield rounds.fetch(unit, at)
    yield from rounds.round(unit, at)
    if stores:
        yield rounds.store(unit, at)
