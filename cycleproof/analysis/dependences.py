"""The dependency critical path: the longest chain of slots that each wait for another's result.

Only true dependences count: through scratch words, through memory words at the addresses of one
run, and through jumps. Reuse of a word for another value is not a dependence: renaming undoes it.
Every op takes one cycle, so no schedule of these slots takes fewer cycles than the chain is long.
"""

from __future__ import annotations  # array[int] is a type from Python 3.12 on

from array import array
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from frozen.ops import SCRATCH_SIZE

from .execution import Execution, accesses, is_store


class CriticalPath(NamedTuple):
    """The chain's length in slots, its ops, and where it goes: (cycle, slot in it) pairs.

    ``waits`` is how many cycles the chain's slots stood ready before they were issued.
    """

    length: int
    ops: Mapping[str, int]
    chain: tuple[tuple[int, int], ...]
    waits: int


def critical_path(execution: Execution) -> CriticalPath:
    """The longest chain of one run; among equals, the one that ends first."""
    writer = array("i", [-1]) * SCRATCH_SIZE  # word -> number of the slot that wrote it last
    memory: dict[int, int] = {}
    depth, before, cycle_of = array("I"), array("i"), array("I")
    jump = -1
    addresses = iter(execution.addresses)
    for cycle, slots in enumerate(execution.bundles):
        landing: list[tuple[int, range]] = []
        storing: list[tuple[int, range]] = []
        jumped = jump
        for op, slot in slots:
            number = len(depth)
            source, deepest = jump, depth[jump] if jump >= 0 else 0
            waited = [writer[word] for words in op.reads(slot) for word in words]
            width = accesses(op)
            if width:
                address = next(addresses)
                touched = range(address, address + width)
                if is_store(op):
                    storing.append((number, touched))
                else:
                    waited += [memory.get(word, -1) for word in touched]
            for candidate in waited:
                if candidate >= 0 and depth[candidate] > deepest:
                    source, deepest = candidate, depth[candidate]
            depth.append(deepest + 1)
            before.append(source)
            cycle_of.append(cycle)
            landing += [(number, words) for words in op.writes(slot)]
            if op.place == "pc":
                jumped = number
        jump = jumped
        for number, words in landing:
            for word in words:
                writer[word] = number
        for number, words in storing:
            for word in words:
                memory[word] = number
    return _trace_back(execution, depth, before, cycle_of)


def _trace_back(
    execution: Execution, depth: array[int], before: array[int], cycle_of: array[int]
) -> CriticalPath:
    number = max(range(len(depth)), key=depth.__getitem__)
    length = depth[number]
    numbers = []
    while number >= 0:
        numbers.append(number)
        number = before[number]
    chain: list[tuple[int, int]] = []
    names: Counter[str] = Counter()
    first = 0  # number of the first slot of the cycle at hand
    cycle = 0
    for number in reversed(numbers):
        while cycle < cycle_of[number]:
            first += len(execution.bundles[cycle])
            cycle += 1
        chain.append((cycle, number - first))
        op, _ = execution.bundles[cycle][number - first]
        names[f"{op.engine} {op.name}"] += 1
    ops = dict(sorted(names.items(), key=lambda item: (-item[1], item[0])))
    return CriticalPath(length, ops, tuple(chain), chain[-1][0] + 1 - length)
