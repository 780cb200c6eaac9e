"""A naive annotator for tests: guesses names from a few runs, else repeats the op in words.

It proves nothing and knows no rule, so it shares no idea with the prover: a word that agrees
with a V or N of the lane of its operands on every sample run gets that name; what a load at
several addresses fetches becomes a table; all else is the op on its operands' annotations.
"""

import json
from typing import Any, NamedTuple

from cycleproof.checker.certificate import FORMAT
from cycleproof.checker.samples import Sample
from cycleproof.checker.vocabulary import STAGES
from frozen.machine import Machine
from frozen.ops import SCRATCH_SIZE, SLOT_LIMITS
from frozen.problem import HASH_STAGES, Shape
from frozen.program import check_program, program_digest

from .equations import Table

RUNS = 16
FOLDED = HASH_STAGES[-1][1]
DEEP = 150


class Said(NamedTuple):
    """An entry of the document, said of a lane if it speaks of one."""

    expression: int
    lane: int | None


class Annotator:
    def __init__(self, shape: Shape, program: Any) -> None:
        self.shape, self.program = shape, program
        self.entries: list[Any] = []
        self.table = Table(shape)
        self.ids: dict[Any, int] = {}
        self.reference = self.table.obligations().reference
        self.possible: dict[int, tuple[int, ...] | None] = {}
        self.names: dict[tuple[int, ...], dict[int, Any]] = {}
        samples = [Sample(self.reference, 4 * seed) for seed in range(RUNS)]
        for lane in range(shape.batch_size):
            runs = [sample.run(lane) for sample in samples]
            names = [name for name in runs[0] if name[0] in ("V", "N")]
            for name in names:
                self._name(lane, [run[name] for run in runs], [*name])
        self.written = self._record([sample.memory for sample in samples])

    def _name(self, lane: int, words: list[int], entry: list[Any]) -> None:
        self.names.setdefault(tuple(words), {}).setdefault(lane, entry)
        folded = tuple(word ^ FOLDED for word in words)
        self.names.setdefault(folded, {}).setdefault(lane, ["folded", entry])

    def _record(self, images: list[list[int]]) -> list[tuple[int, list[tuple[int, ...]]]]:
        """(bundle, for each word it writes in slot order its words in all runs)."""
        runs = []
        order = [ordered(pairs) for pairs in check_program(self.program)]
        for image in images:
            run: list[Any] = []

            def observe(bundle: int, scratch: list[int], _: list[int], run: Any = run) -> None:
                words = [w for op, slot in order[bundle] for r in op.writes(slot) for w in r]
                run.append((bundle, [scratch[w] for w in words]))

            Machine(self.program).run(image, observe=observe)
            runs.append(run)
        return [
            (rows[0][0], list(zip(*(row[1] for row in rows), strict=True)))
            for rows in zip(*runs, strict=True)
        ]

    def entry(self, value: Any) -> int:
        key = json.dumps(value)
        if key not in self.ids:
            self.entries.append(value)
            self.ids[key] = self.table(value) if isinstance(value, int) else self.table(*value)
        return self.ids[key]

    def expression(self, number: int) -> Any:
        return self.table.expressions.table[self.table.entries[number].expression]

    def ref(self, value: Any, lane: int | None) -> Said | None:
        number = self.entry(value)
        return Said(number, lane) if self.expression(number).depth < DEEP else None

    def word(self, op: Any, args: list[Any], imm: list[int], runs: tuple[int, ...]) -> Said | None:
        """The annotation of one written word."""
        if any(arg is None for arg in args):
            return None
        lanes = {arg.lane for arg in args if arg.lane is not None}
        if len(lanes) > 1:
            return None
        (lane,) = lanes or {None}
        # A choice by a word that is no bit may agree on every run and still be another.
        chance = op and "if cond" in op.value and self.addresses(args[0]) is None
        if lane is not None and lane in (names := self.names.get(runs, {})) and not chance:
            name = names[lane]
            if name[0] == "folded":
                name = ["^", self.entry(name[1]), self.entry(FOLDED)]
            return self.ref(name, lane)
        values = [arg.expression for arg in args]
        if len(values) == 1 and op.value == "src":
            return args[0]
        if op.value in ("value", "0"):
            return self.ref(imm[0] & 0xFFFFFFFF if imm else 0, None)
        if all(self.expression(value).op == "const" for value in values):
            return self.ref(runs[0], None)
        if op.value == "a * b + c":
            return self.ref(["+", self.entry(["*", *values[:2]]), values[2]], lane)
        if op.value == "a + imm":
            return self.ref(["+", values[0], self.entry(imm[0] & 0xFFFFFFFF)], lane)
        name = "select" if "if cond" in op.value else op.name
        ref = self.ref([name, *values], lane)
        if ref and len(set(runs)) == 1 and self.addresses(ref) == (runs[0],):
            return self.ref(runs[0], None)
        return ref

    def addresses(self, ref: Said) -> tuple[int, ...] | None:
        number = ref.expression
        if number not in self.possible:
            self.possible[number] = self.table.words(self.table.ref(number))
        return self.possible[number]

    def loaded(self, address: Said, k: int, memory: list[Any], runs: tuple[int, ...]) -> Any:
        possible = self.addresses(address)
        if possible is None:
            raise ValueError("an address is no function of few path bits")
        if len(possible) == 1:
            return memory[possible[0] + k]
        names = self.names.get(runs, {})
        if address.lane in names:
            return self.word(None, [address], [], runs)
        contents = {at: memory[at + k] for at in possible}
        if any(ref is None or ref.lane not in (None, address.lane) for ref in contents.values()):
            return None
        zero, low = self.entry(0), possible[0]
        step = possible[1] - low
        for at in possible:
            while (at - low) % step:
                step //= 2
        index = self.entry(
            ["//", self.entry(["-", address.expression, self.entry(low)]), self.entry(step)]
        )
        cells = [
            contents[at].expression if at in contents else zero
            for at in range(low, possible[-1] + 1, step)
        ]
        return self.ref(["T", index, *cells], address.lane)

    def certificate(self) -> dict[str, Any]:
        bundles = [ordered(pairs) for pairs in check_program(self.program)]
        scratch: list[Any] = [self.ref(0, None)] * SCRATCH_SIZE
        memory: list[Any] = [
            *(self.ref(["m", a], None) for a in range(self.shape.values_p)),
            *(self.ref(["V", -1, STAGES], i) for i in range(self.shape.batch_size)),
        ]
        zeros = Sample(self.reference, 0).memory
        for a in [*range(7), *range(self.shape.indices_p, self.shape.values_p)]:
            memory[a] = self.ref(zeros[a], None)
        rows = []
        for bundle, written in self.written:
            row: list[Any] = []
            runs = iter(written)
            writes, stores = {}, {}
            for op, slot in bundles[bundle]:
                sources = [[scratch[w] for w in words] for words in op.reads(slot)]
                imm = [v for o, v in zip(op.operands, slot[1:], strict=True) if o.kind == "imm"]
                if op.engine == "store":
                    (at,) = self.addresses(sources[0][0]) or ()
                    stores.update(dict(enumerate(sources[1], at)))
                elif op.place == "dest":
                    (target,) = op.writes(slot)
                    refs = []
                    for k in range(len(target)):
                        args = [s[k if len(s) > 1 else 0] for s in sources]
                        if op.engine == "load" and args:
                            refs.append(args[0] and self.loaded(args[0], k, memory, next(runs)))
                        else:
                            refs.append(self.word(op, args, imm, next(runs)))
                    writes.update(zip(target, refs, strict=True))
                    row.append(items(refs))
            for at, ref in writes.items():
                scratch[at] = ref
            for at, ref in stores.items():
                memory[at] = ref
            rows.append(row)
        return {
            "format": FORMAT,
            "program_sha256": program_digest(self.program),
            "problem": self.shape._asdict(),
            "cycles": len(rows),
            "expressions": self.entries,
            "rows": rows,
        }


def ordered(pairs: Any) -> Any:
    return sorted(pairs, key=lambda pair: list(SLOT_LIMITS).index(pair[0].engine))


def items(refs: list[Any]) -> Any:
    each = [r and (r.expression if r.lane is None else [r.expression, r.lane]) for r in refs]
    if len(each) == 1:
        return each[0]
    first = refs[0]
    if all(one == each[0] for one in each) and (first is None or first.lane is None):
        return each[0]
    if None not in refs and all(
        r == Said(first.expression, (first.lane or 0) + k) for k, r in enumerate(refs)
    ):
        return each[0]
    return each


def annotate(shape: Shape, program: Any) -> bytes:
    document = Annotator(shape, program).certificate()
    return json.dumps(document, separators=(",", ":")).encode()
