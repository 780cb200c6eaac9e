"""A program that is rewritten in random places, with spare scratch words."""

import random
from collections.abc import Container
from typing import Any

from frozen.ops import OPS, SCRATCH_SIZE, Program
from frozen.program import check_program
from tests.support.programs import Bundles

BINARY = {name for engine, name in OPS if engine == "alu"}


class Rewriter:
    """A program with spare scratch words and a random choice of places."""

    def __init__(self, program: Program, rng: random.Random) -> None:
        self.bundles: Bundles = [
            {e: [list(slot) for slot in slots] for e, slots in b.items()} for b in program
        ]
        self.rng = rng
        used: set[int] = set()
        for pairs in check_program(program):
            for op, slot in pairs:
                for words in (*op.reads(slot), *op.writes(slot)):
                    used.update(words)
        free = [word for word in range(SCRATCH_SIZE) if word not in used]
        self.zero, self.free = free[0], free[1:]

    def spare(self, width: int = 1) -> int:
        """Unused words in a row; the program stays as it is where there are none."""
        for at, word in enumerate(self.free):
            if self.free[at : at + width] == list(range(word, word + width)):
                del self.free[at : at + width]
                return word
        raise IndexError("no spare scratch words")

    def sites(self, engine: str, names: Container[str] | None = None) -> list[tuple[int, int]]:
        """(bundle, slot number) of slots of this kind."""
        return [
            (b, i)
            for b, bundle in enumerate(self.bundles)
            for i, slot in enumerate(bundle.get(engine, ()))
            if names is None or slot[0] in names
        ]

    def pick(self, engine: str, names: Container[str] | None = None) -> tuple[int, int]:
        sites = self.sites(engine, names)
        if not sites:
            raise IndexError("no such slot")
        return self.rng.choice(sites)

    def before(self, bundle: int, *slots: tuple[Any, ...]) -> int:
        """Insert one bundle per slot, an engine and its words, before ``bundle``; its new place."""
        new: Bundles = [{engine: [list(slot)]} for engine, *slot in slots]
        self.bundles[bundle:bundle] = new
        return bundle + len(new)

    def put(self, bundle: int, engine: str, number: int, *slot: str | int) -> None:
        self.bundles[bundle][engine][number] = list(slot)
