"""Symbolic execution: a program is run on terms, all of its paths in step.

Paths split where the program counter is a function of path bits, and join as soon as they are at
the same bundle after equally many cycles. A word on which joined paths differ becomes a selection.
Between split and join a path keeps only the words that it wrote.
"""

from collections.abc import Callable

from frozen.errors import where
from frozen.ops import SCRATCH_SIZE, Program

from ..algebra import Algebra, Stuck
from ..fallback.sweep import Sweep
from ..terms import CONST, Term
from .bundle import Bundles
from .log import Joined, Outcome, Ran
from .memory import Path, Words, child

MAX_PATHS = 256
MAX_STEPS = 1_000_000  # executed bundles, all paths together


class Executor(Bundles):
    """Runs one program on terms. ``run`` raises ``Stuck``, naming the place."""

    def __init__(
        self,
        algebra: Algebra,
        program: Program,
        *,
        keep_log: bool = False,
        max_paths: int = MAX_PATHS,
        sweep: Sweep | None = None,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        super().__init__(algebra, program, sweep)
        self.keep_log = keep_log
        self.max_paths = max_paths
        self.tell = tell  # called with the cycles that have run
        self.log: list[Ran | Joined] = []
        self.most_paths = 1

    def run(self, memory: list[Term], most_cycles: int = MAX_STEPS) -> Outcome:
        """Run from pc 0 with zeroed scratch until every path has stopped.

        All paths advance by one bundle a turn, so ``most_cycles`` bounds each of them.
        """
        zero = self.algebra.zero
        end = len(self.checked)
        live = [Path(0, self.algebra.one, [zero] * SCRATCH_SIZE, list(memory))]
        stopped: list[Path] = []
        steps = turns = 0
        while live:
            if turns > most_cycles:
                raise Stuck(
                    f"{where(live[0].pc)}: still running after {most_cycles:,} cycles",
                    live[0].condition,
                )
            turns += 1
            self.tell(turns)
            following: list[Path] = []
            for path in live:
                steps += 1
                if steps > MAX_STEPS:
                    raise Stuck(f"{where(path.pc)}: still running after {MAX_STEPS:,} bundles")
                at = path.pc
                pc, written = self.step(path)
                if pc.kind is CONST:
                    path.pc = pc.args[0]
                    forked = [path]
                else:
                    forked = self._fork(path, pc)
                following += forked
                if self.keep_log:
                    self.log.append(Ran(turns, at, written, tuple(each.pc for each in forked)))
            for path in following:
                if path.pc > end:
                    raise Stuck(
                        f"a jump to {path.pc} is outside the program (0..{end})", path.condition
                    )
            if len(following) > self.max_paths:
                raise Stuck(f"{len(following):,} paths at once; the budget is {self.max_paths:,}")
            if len(following) + len(stopped) > 1:
                following = self._join(following)
                stopped = self._join(stopped + [path for path in following if path.pc == end])
                live = [path for path in following if path.pc < end]
                if len(live) == 1 and not stopped:
                    self._settle(live[0])
                self.most_paths = max(self.most_paths, len(live))
            else:
                stopped += [path for path in following if path.pc == end]
                live = [path for path in following if path.pc < end]
        counts = sorted({path.cycles for path in stopped})
        if len(counts) > 1:
            odd = next(path for path in stopped if path.cycles != counts[-1])
            raise Stuck(
                f"the number of cycles depends on data: {counts[0]:,} to {counts[-1]:,}",
                odd.condition,
            )
        return Outcome(counts[0], stopped[0].memory, self.log, self.most_paths)

    def _fork(self, path: Path, pc: Term) -> list[Path]:
        """One path for each bundle that the program counter can name."""
        try:
            target = self.memory.selector(path, pc)
        except Stuck as stuck:
            raise Stuck(f"{where(path.pc)}: jump: {stuck}", stuck.witness) from None
        values = target.choices
        if len(values) > self.max_paths:
            raise Stuck(
                f"{where(path.pc)}: a jump to {len(values):,} places; at most {self.max_paths:,}"
            )
        forked = []
        for value in values:
            here = self.algebra.apply("==", target, self.algebra.const(value))
            condition = self.algebra.apply("&", path.condition, here)
            if condition is self.algebra.zero:
                continue
            if condition.values is None:
                raise Stuck(f"{where(path.pc)}: the path depends on too many bits")
            forked.append(
                Path(value, condition, child(path.scratch), child(path.memory), path.cycles)
            )
        return forked

    def _join(self, paths: list[Path]) -> list[Path]:
        groups: dict[tuple[int, int], list[Path]] = {}
        for path in paths:
            groups.setdefault((path.pc, path.cycles), []).append(path)
        return [
            self._merge(group) if len(group) > 1 else group[0]
            for _, group in sorted(groups.items())
        ]

    def _merge(self, group: list[Path]) -> Path:
        """Merge the group into one path.

        On inputs that take none of its paths the merged values are never used, so they may be
        anything.
        """
        algebra = self.algebra
        condition, owner = group[0].condition, algebra.zero
        for number, path in enumerate(group[1:], 1):
            condition = algebra.apply("|", condition, path.condition)
            owner = algebra.switch(path.condition, {1: algebra.const(number), 0: owner})
        if owner.values is None or condition.values is None:
            raise Stuck(f"{where(group[0].pc)}: paths join on too many bits")
        first = group[0]
        scratch, memory = child(first.scratch), child(first.memory)
        for side, into in (("scratch", scratch), ("memory", memory)):
            arrays = [getattr(path, side) for path in group]
            touched = {at for array in arrays if isinstance(array, Words) for at in array}
            for at in touched:
                options = {number: array[at] for number, array in enumerate(arrays)}
                if len(set(options.values())) > 1:
                    into[at] = algebra.switch(owner, options)
                else:
                    into[at] = options[0]
        if self.keep_log:
            turn = self.log[-1].turn
            self.log.append(Joined(turn, first.pc, dict(scratch), dict(memory)))
        return Path(first.pc, condition, scratch, memory, first.cycles)

    def _settle(self, path: Path) -> None:
        """Make ``path``, the only one now, unconditional: its views become whole arrays."""
        path.condition = self.algebra.one
        for side in ("scratch", "memory"):
            array = getattr(path, side)
            if isinstance(array, Words):
                base = list(array.base)
                for at, term in array.items():
                    base[at] = term
                    self.memory.loads.stored(at)
                setattr(path, side, base)
