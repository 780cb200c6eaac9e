"""The program run on annotations: every word it writes must be what the certificate says.

Scratch and memory hold what is established about each word: a reference to an expression, or
None where nothing is claimed. All slots of a bundle read the old state, then all writes land.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from frozen.decode import check_program
from frozen.errors import Malformed, where
from frozen.ops import OPS, SCRATCH_SIZE, SLOT_LIMITS, Op, Program, Slot

from .certificate import Certificate, Ref
from .obligations import Obligations
from .terms import TooComplex
from .vocabulary import Apply, Lookup, Node, Reference

Word = Ref | None


class Refusal(Exception):
    """The first step that is not established. ``wrong``: it is known not to hold."""

    def __init__(self, message: str, wrong: bool = True) -> None:
        super().__init__(message)
        self.wrong = wrong


def _binary(name: str) -> Callable[..., Node]:
    return lambda a, b: Apply(name, (a, b))


# What an op computes from its operands, keyed by its meaning in the op table: were a meaning
# changed there, the op would be refused here.
_COMPUTES: Mapping[str, Callable[..., Node]] = {
    **{op.value: _binary(name) for (engine, name), op in OPS.items() if engine == "alu"},
    "a * b + c": lambda a, b, c: Apply("+", (Apply("*", (a, b)), c)),
    "a if cond else b": lambda cond, a, b: Apply("select", (cond, a, b)),
    "a + imm": lambda a, imm: Apply("+", (a, imm)),
    "src": lambda src: src,
    "value": lambda value: value,
    "0": lambda: 0,
}
_LOADS = ("mem[addr]", "mem[addr + lane]")
_STORES = ("mem[addr] = src", "mem[addr + lane] = src")
_DIVIDES = ("//", "%", "cdiv")
_ORDER = {engine: number for number, engine in enumerate(SLOT_LIMITS)}


class _Step(NamedTuple):
    """One slot of one bundle run; its text is the place that messages name."""

    row: int
    bundle: int
    number: int
    op: Op
    slot: Slot

    def __str__(self) -> str:
        return f"row {self.row}, {where(self.bundle, self.op.engine, self.number)}: {self.op.name}"


class Execution:
    """One run of a program under a certificate, for the reference's shape."""

    def __init__(
        self, program: Program, certificate: Certificate, obligations: Obligations
    ) -> None:
        self.bundles = [
            sorted(pairs, key=lambda pair: _ORDER[pair[0].engine])
            for pairs in check_program(program)
        ]
        if not all(self.bundles):
            raise Refusal(f"bundle {self.bundles.index([])} is empty, so it may cost no cycle")
        self.certificate, self.obligations = certificate, obligations
        reference: Reference = obligations.reference
        self.scratch: list[Word] = [reference.zero] * SCRATCH_SIZE
        self.memory: list[Word] = list(reference.memory)

    def run(self) -> int:
        """Follow the program to its end; return its cycles. Raises ``Refusal``."""
        rows, pc, end = self.certificate.rows, 0, len(self.bundles)
        for number, row in enumerate(rows):
            if pc >= end:
                raise Refusal(f"the program ends after {number} bundles, the certificate does not")
            pc = self._bundle(number, pc, row)
        if pc < end:
            raise Refusal(f"the certificate ends after {len(rows)} bundles, the program does not")
        reference = self.obligations.reference
        for lane in range(reference.shape.batch_size):
            output = self.memory[reference.shape.values_p + lane]
            self._settle(f"output of lane {lane}", output, Ref(reference.result, lane))
        return len(rows)

    def _bundle(self, row: int, pc: int, row_items: Sequence[Any]) -> int:
        items = iter(row_items)
        registers: list[tuple[int, list[Word]]] = []
        stored: dict[int, Word] = {}
        after, engine, number = pc + 1, "", 0
        for op, slot in self.bundles[pc]:
            number = number + 1 if op.engine == engine else 0
            engine = op.engine
            step = _Step(row, pc, number, op, slot)
            try:
                if op.place == "dest":
                    registers.append(self._register(step, items))
                elif op.meaning in _STORES:
                    self._store(step, items, stored)
                elif op.place == "pc":
                    after = self._jump(step, pc + 1)
                elif op.meaning:  # a pause has none, and does nothing
                    raise Refusal(f"{step}: no meaning that a certificate can speak of")
            except (Malformed, StopIteration) as error:
                raise Refusal(f"{step}: {str(error) or 'its item is missing'}") from None
            except TooComplex:
                raise Refusal(f"{step}: the work for one check is spent", wrong=False) from None
        if next(items, self) is not self:
            raise Refusal(f"row {row}, bundle {pc}: more items than slots that take one")
        for start, words in registers:
            self.scratch[start : start + len(words)] = words
        for address, word in stored.items():
            self.memory[address] = word
        return after

    def _settle(self, step: object, left: Node | None, right: Word) -> None:
        if left is None or right is None:
            raise Refusal(f"{step}: a claim about a word of which nothing is known")
        verdict = self.obligations.settle(left, right)
        if not verdict.holds:
            wrong = verdict.holds is False
            said = "is not what is claimed" if wrong else "is not established"
            raise Refusal(f"{step}: its result {said}: {verdict.reason}", wrong)

    def _claim(self, step: object, left: Node | None, right: Word) -> Word:
        """Hold a result against its annotation; return what is established from here on."""
        if right is None:
            return None
        table = self.obligations.reference.table
        op, args, _, _ = table[right.expression]
        if op != "=":
            self._settle(step, left, right)
            return right
        chain = [Ref(arg, right.lane if table[arg].hole else None) for arg in args]
        self._settle(step, left, chain[0])
        for earlier, later in pairwise(chain):
            self._settle(step, earlier, later)
        return chain[-1]

    def _register(self, step: _Step, items: Iterator[Any]) -> tuple[int, list[Word]]:
        op, slot = step.op, step.slot
        (target,) = op.writes(slot)
        claims = self.certificate.refs(next(items), len(target))
        if op.value in _LOADS:
            results = self._loaded(step, len(target))
        else:
            results = self._computed(step, len(target))
        words = [self._claim(step, *pair) for pair in zip(results, claims, strict=True)]
        return target.start, words

    def _computed(self, step: _Step, width: int) -> list[Node | None]:
        op, slot = step.op, step.slot
        compute = _COMPUTES[op.value]
        columns: list[list[Word] | list[int]] = []
        sources = iter(op.reads(slot))
        for operand, value in zip(op.operands, slot[1:], strict=True):
            if operand.kind == "src":
                words = self.scratch[(found := next(sources)).start : found.stop]
                columns.append(words if len(words) == width else words * width)
            elif operand.kind == "imm":
                columns.append([int(value)] * width)
        if op.name in _DIVIDES:
            for divisor in columns[1]:
                if 0 in self._possible(step, "divisor", divisor):
                    raise Refusal(f"{step}: the divisor can be 0")
        return [
            None if any(arg is None for arg in args) else compute(*args)
            for args in (zip(*columns, strict=True) if columns else [()] * width)
        ]

    def _possible(self, step: _Step, role: str, word: Word | int) -> tuple[int, ...]:
        """Every value of a word that steers the machine, in ascending order."""
        if word is None:
            raise Refusal(f"{step}: nothing is known of its {role}")
        values = self.obligations.words(word)
        if values is None:
            raise Refusal(f"{step}: its {role} is not a function of few path bits", wrong=False)
        return values

    def _addresses(self, step: _Step, width: int) -> tuple[Word, tuple[int, ...]]:
        address = self.scratch[step.op.reads(step.slot)[0].start]
        possible = self._possible(step, "address", address)
        if possible[-1] + width > len(self.memory):
            raise Refusal(f"{step}: at {possible[-1]}, outside memory (0..{len(self.memory) - 1})")
        return address, possible

    def _loaded(self, step: _Step, width: int) -> list[Node | None]:
        address, possible = self._addresses(step, width)
        if len(possible) == 1:
            return list(self.memory[possible[0] : possible[0] + width])
        results: list[Node | None] = []
        self.obligations.budget.spend(width * len(possible))
        for k in range(width):
            contents = [self.memory[at + k] for at in possible]
            words = tuple(zip(possible, contents, strict=True))
            results.append(None if None in contents else Lookup(address, words))  # type: ignore[arg-type]
        return results

    def _store(self, step: _Step, items: Iterator[Any], stored: dict[int, Word]) -> None:
        """One store; ``stored`` holds what earlier slots of the bundle have written."""
        source = step.op.reads(step.slot)[1]
        words = self.scratch[source.start : source.stop]
        address, possible = self._addresses(step, len(words))
        if len(possible) == 1:
            stored.update((possible[0] + k, word) for k, word in enumerate(words))
            return
        touched = sorted({at + k for at in possible for k in range(len(words))})
        item = next(items)
        claims = item.get("stores") if isinstance(item, dict) and len(item) == 1 else None
        if not isinstance(claims, list) or not all(
            isinstance(claim, list) and len(claim) == 2 for claim in claims
        ):
            raise Malformed("a store at several addresses takes {'stores': [[address, item], ...]}")
        if [claim[0] for claim in claims] != touched:
            raise Malformed(f"the store can write exactly the words {touched!s:.60}")
        for at, claim in claims:
            old = stored.get(at, self.memory[at])
            result: Node | None = old
            for k, word in enumerate(words):
                if at - k in possible:
                    names = Apply("==", (address, at - k))  # type: ignore[arg-type]
                    known = word is not None and result is not None
                    result = Apply("select", (names, word, result)) if known else None  # type: ignore[arg-type]
            (right,) = self.certificate.refs(claim, 1)
            stored[at] = self._claim(f"{step}, memory word {at}", result, right)

    def _jump(self, step: _Step, following: int) -> int:
        value = step.op.value
        if value == "end":
            return len(self.bundles)
        target = step.slot[-1]
        if value == "addr":
            target = self._single(step, "target", step.op.reads(step.slot)[0].start)
        elif value in ("target if cond else pc", "pc + offset if cond else pc"):
            condition = self.scratch[step.op.reads(step.slot)[0].start]
            truths = {word != 0 for word in self._possible(step, "condition", condition)}
            if len(truths) > 1:
                raise Refusal(f"{step}: the jump depends on data; certificates do not cover that")
            if truths == {False}:
                return following
            target = following + int(target) if value.startswith("pc") else target
        elif value != "target":
            raise Refusal(f"{step}: no meaning that a certificate can speak of")
        if not 0 <= int(target) <= len(self.bundles):
            raise Refusal(f"{step}: jump to {target}, outside the program")
        return int(target)

    def _single(self, step: _Step, role: str, at: int) -> int:
        values = self._possible(step, role, self.scratch[at])
        if len(values) > 1:
            raise Refusal(f"{step}: the jump depends on data; certificates do not cover that")
        return values[0]
