"""The whole run: all paths in step, one bundle and one row of the certificate each a turn.

A path splits at a jump that depends on data. Every input satisfies the condition of at least one
path, and each path's state is right on every input that satisfies its condition. Paths that stand
at the same bundle join, and keep what is established of a word on all of them.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from frozen.errors import Malformed
from frozen.ops import ENGINES, SCRATCH_SIZE, Program
from frozen.program import check_program

from ..base.gauge import Tell
from .budget import TooComplex
from .certificate import Certificate
from .obligations import Obligations
from .path import MAX_PATHS, Path, Refusal
from .vocabulary import Ref, Word

CHECKING = "checking the proof"  # the stage that is told of, with the rows done and due


class Run:
    """One run of a program under a certificate, for the reference's shape."""

    def __init__(
        self, program: Program, certificate: Certificate, obligations: Obligations
    ) -> None:
        self.bundles = [
            sorted(pairs, key=lambda pair: ENGINES.index(pair[0].engine))
            for pairs in check_program(program)
        ]
        if not all(self.bundles):
            raise Refusal(f"bundle {self.bundles.index([])} is empty, so it may cost no cycle")
        self.certificate, self.obligations = certificate, obligations
        self.taken = 0  # rows

    def run(self, tell: Tell) -> int:
        """Follow the program to its end; return its cycles. Raises ``Refusal``."""
        try:
            return self._run(tell)
        except Malformed as error:
            raise Refusal(f"row {self.taken - 1}: {error}") from None
        except TooComplex:
            spent = "the work for one check is spent"
            raise Refusal(f"row {self.taken - 1}: {spent}", wrong=False) from None

    def _run(self, tell: Tell) -> int:
        reference, end, cycles = self.obligations.reference, len(self.bundles), 0
        scratch: list[Word] = [reference.zero] * SCRATCH_SIZE
        memory: list[Word] = list(reference.memory)
        shared = self.bundles, self.certificate, self.obligations
        paths = [Path(*shared, scratch, memory, reference.one)]
        while paths[0].pc < end:
            tell(CHECKING, self.taken, len(self.certificate.rows))
            if paths[-1].pc == end:
                raise Refusal(
                    f"after {cycles:,} cycles the program ends on some inputs only: the number of"
                    " cycles depends on data"
                )
            paths = [
                after
                for path in paths
                for after in path.step(self.taken, self._row(list, f"the row of bundle {path.pc}"))
            ]
            if len(paths) > MAX_PATHS:
                raise Refusal(f"row {self.taken - 1}: more than {MAX_PATHS:,} paths", wrong=False)
            if len(paths) > 1:
                paths = self._joined(paths)
            cycles += 1
        if self.taken < len(self.certificate.rows):
            raise Refusal(f"the program ends after {self.taken} rows, the certificate does not")
        (path,) = paths
        for lane in range(reference.shape.batch_size):
            output = path.memory[reference.shape.values_p + lane]
            path.claim(f"output of lane {lane}", output, reference.result[lane])
        return cycles

    def _row(self, kind: type, name: str) -> Any:
        if self.taken == len(self.certificate.rows):
            raise Refusal(f"the certificate ends after {self.taken} rows, the program does not")
        row = self.certificate.rows[self.taken]
        if not isinstance(row, kind):
            raise Refusal(f"row {self.taken}: {name} is due")
        self.taken += 1
        return row

    def _joined(self, paths: list[Path]) -> list[Path]:
        """The paths in the order of their bundles, joined where several stand at one."""
        at = attrgetter("pc")
        groups = [list(group) for _, group in groupby(sorted(paths, key=at), key=at)]
        return [self._join(group) if len(group) > 1 else group[0] for group in groups]

    def _join(self, group: list[Path]) -> Path:
        """One path for all inputs of the group's: it knows what holds on each of them."""
        merged = group[0]
        row = self._row(dict, f"a join of {len(group):,} paths at bundle {merged.pc}")
        place = f"row {self.taken - 1}, join at bundle {merged.pc}"
        joined: list[list[Word]] = []
        for side, claims in row.items():
            states: list[list[Word]] = [getattr(path, side) for path in group]
            words = [
                each[0] if each.count(each[0]) == len(each) else None
                for each in zip(*states, strict=True)
            ]
            for word, item in claims:
                (claim,) = self.certificate.refs(item, 1)
                step = f"{place}, {side} word {word}"
                for path, state in zip(group, states, strict=True):
                    path.claim(step, state[word], claim)
                words[word] = claim
            joined.append(words)
        merged.scratch, merged.memory = joined
        self.obligations.place = place
        either = self._either([path.condition for path in group])
        for depth, outer in enumerate(merged.outer):
            same = self.certificate.expressions.operation("==", [either, outer])
            if self.obligations.words(same, self.obligations.reference.one) == (1,):
                merged.condition, merged.outer = outer, merged.outer[:depth]
                return merged
        merged.condition = either
        return merged

    def _either(self, conditions: Sequence[Ref]) -> Ref:
        if len(conditions) == 1:
            return conditions[0]
        half = len(conditions) // 2
        halves = self._either(conditions[:half]), self._either(conditions[half:])
        return self.obligations.combined("|", *halves)
