"""One path of the program on annotations: every word it writes must be what the certificate says.

Scratch and memory hold what is established about each word: a reference to an expression, or
None where nothing is claimed. All slots of a bundle read the old state, then all writes land.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from frozen.errors import Malformed, where
from frozen.ops import BINARY, MASK, Op, Slot

from .certificate import Certificate, Ref
from .obligations import Obligations
from .vocabulary import Apply, Lookup, Node

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
    **{value: _binary(name) for name, value in BINARY.items()},
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
MAX_PATHS = 256  # at once


class _Step(NamedTuple):
    """One slot of one bundle run; its text is the place that messages name."""

    row: int
    bundle: int
    number: int
    op: Op
    slot: Slot

    @property
    def shift(self) -> int:
        """What is added to each scratch address."""
        return int(self.slot[-1]) if self.op.displaced else 0

    def __str__(self) -> str:
        return f"row {self.row}, {where(self.bundle, self.op.engine, self.number)}: {self.op.name}"


@dataclass
class Path:
    """The machine on the inputs that satisfy ``condition``: a word that is 0 on all others.

    On these inputs it stands at bundle ``pc``, and every word is what is established about it.
    """

    bundles: Sequence[Sequence[tuple[Op, Slot]]]
    certificate: Certificate
    obligations: Obligations
    scratch: list[Word]
    memory: list[Word]
    pc: int = 0
    condition: Node = 1
    outer: tuple[Node, ...] = ()  # the conditions that were split to reach this one

    def step(self, row: int, row_items: Sequence[Any]) -> list["Path"]:
        """Run the bundle under a row of the certificate; return the paths that go on from it."""
        pc, items = self.pc, iter(row_items)
        registers: list[tuple[int, list[Word]]] = []
        stored: dict[int, Word] = {}
        exits: list[tuple[int, Node]] = [(pc + 1, 1)]
        engine, number = "", 0
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
                    exits = self._jump(step)
                elif op.meaning:  # a pause has none, and does nothing
                    raise Refusal(f"{step}: no meaning that a certificate can speak of")
            except (Malformed, StopIteration) as error:
                raise Refusal(f"{step}: {str(error) or 'its item is missing'}") from None
        if next(items, self) is not self:
            raise Refusal(f"row {row}, bundle {pc}: more items than slots that take one")
        for start, words in registers:
            self.scratch[start : start + len(words)] = words
        for address, word in stored.items():
            self.memory[address] = word
        if len(exits) > 1:
            return [self._split(*each) for each in exits]
        ((self.pc, _),) = exits
        return [self]

    def _split(self, pc: int, taken: Node) -> "Path":
        """A path of its own for the inputs of this one on which ``taken`` holds as well."""
        self.obligations.budget.spend((len(self.scratch) + len(self.memory)) // 8)
        return replace(
            self,
            scratch=list(self.scratch),
            memory=list(self.memory),
            pc=pc,
            condition=taken if self.condition == 1 else Apply("&", (self.condition, taken)),
            outer=(*self.outer, self.condition),
        )

    def settle(self, step: object, left: Node | None, right: Word) -> None:
        """Refuse unless the two words are established to be equal on this path's inputs."""
        if left is None or right is None:
            raise Refusal(f"{step}: a claim about a word of which nothing is known")
        self.obligations.place = step
        verdict = self.obligations.settle(left, right, self.condition)
        if not verdict.holds:
            wrong = verdict.holds is False
            said = "is not what is claimed" if wrong else "is not established"
            raise Refusal(f"{step}: its result {said}: {verdict.reason}", wrong)

    def claim(self, step: object, left: Node | None, right: Word) -> Word:
        """Hold a result against its annotation; return what is established from here on."""
        if right is None:
            return None
        self.settle(step, left, right)
        return right

    def _register(self, step: _Step, items: Iterator[Any]) -> tuple[int, list[Word]]:
        op, slot = step.op, step.slot
        target = int(slot[1]) + step.shift
        claims = self.certificate.refs(next(items), op.operands[0].width)
        words = claims
        if op.value in _LOADS:
            words = self._loaded(step, claims)
        elif any(claims):
            words = self._computed(step, claims)
        if op.name in _DIVIDES:
            divisors = op.reads(slot)[1]
            for divisor in self.scratch[divisors.start : divisors.stop]:
                self._nonzero(step, divisor)
        return target, words

    def _computed(self, step: _Step, claims: list[Word]) -> list[Word]:
        """What is established of the words that a slot computes.

        If each operand and the claim follow one another, the equation of word k is that of word 0
        with k added to each lane. Both are renamed to one, which then stands for all. Where that
        is not so, or does not tell, each word is looked at.
        """
        width, columns = len(claims), list[Sequence[Word | int]]()
        for (_, kind, wide), value in zip(step.op.operands, step.slot[1:], strict=True):
            if kind == "src":
                at = int(value) + step.shift
                words = self.scratch[at : at + wide]
                columns.append(words if wide == width else words * width)
            elif kind == "imm":
                columns.append([int(value)] * width)
        compute, first = _COMPUTES[step.op.value], claims[0]
        heads = [column[0] for column in columns]
        self.obligations.place = step
        if (
            first is not None
            and None not in heads
            and all(
                width == 1 or isinstance(head, int) or column == head.following  # type: ignore[union-attr]
                for head, column in zip((*heads, first), (*columns, claims), strict=True)
            )
            and self.obligations.hold_alike(step.op.value, compute, heads, first, width)  # type: ignore[arg-type]
        ):
            return claims
        results = [
            None if None in args else compute(*args)
            for args in (zip(*columns, strict=True) if columns else [()] * width)
        ]
        return [self.claim(step, *pair) for pair in zip(results, claims, strict=True)]

    def _nonzero(self, step: _Step, divisor: Word) -> None:
        """Refuse unless a divisor is never 0 on this path: by its values, or as 0 < divisor."""
        if divisor is None:
            raise Refusal(f"{step}: nothing is known of its divisor")
        self.obligations.place = step
        values = self.obligations.words(divisor, self.condition)
        if values is not None and 0 in values:
            raise Refusal(f"{step}: the divisor can be 0")
        if values is None:
            verdict = self.obligations.settle(Apply("<", (0, divisor)), 1, self.condition)
            if not verdict.holds:
                can = verdict.holds is False
                said = "can be 0" if can else "may be 0, for all that is established"
                raise Refusal(f"{step}: the divisor {said}: {verdict.reason}", can)

    def _possible(
        self, step: _Step, role: str, word: Node | None, last: int = MASK
    ) -> tuple[int, ...]:
        """Every value, ascending, on this path of a word that steers the machine.

        Of an address, none may be past ``last``, whether all are known or some by samples.
        """
        if word is None:
            raise Refusal(f"{step}: nothing is known of its {role}")
        self.obligations.place = step
        values = self.obligations.words(word, self.condition)
        top = values[-1] if values else max(self.obligations.seen(word, self.condition), default=0)
        if top > last:
            raise Refusal(f"{step}: at {top}, outside memory (0..{len(self.memory) - 1})")
        if values is None:
            raise Refusal(f"{step}: its {role} is not a function of few path bits", wrong=False)
        return values

    def _addresses(self, step: _Step, width: int) -> tuple[Ref, tuple[int, ...]]:
        address = self.scratch[step.op.reads(step.slot)[0].start]
        possible = self._possible(step, "address", address, len(self.memory) - width)
        return address, possible  # type: ignore[return-value]

    def _loaded(self, step: _Step, claims: list[Word]) -> list[Word]:
        """What is established of the words that a load leaves."""
        width = len(claims)
        address, possible = self._addresses(step, width)
        if len(possible) == 1:
            held = self.memory[possible[0] : possible[0] + width]
            if held == claims and None not in claims:
                self.obligations.asked += width  # of each, whether it is itself
                return claims
            return [self.claim(step, *pair) for pair in zip(held, claims, strict=True)]
        self.obligations.budget.spend(width * len(possible))
        return [
            None if claim is None else self._looked_up(step, address, possible, k, claim)
            for k, claim in enumerate(claims)
        ]

    def _looked_up(
        self, step: _Step, address: Ref, possible: tuple[int, ...], k: int, claim: Ref
    ) -> Word:
        """What is established of word ``k`` of a load whose address can be any of ``possible``."""
        table = self.obligations.table(self.memory, possible, k)
        if table is None:
            return self.claim(step, None, claim)
        compute = partial(Lookup, table=table)
        # A table that lists lanes' words names these lanes: it is no table of other lanes.
        if not table.lanes and self.obligations.hold_alike(table, compute, (address,), claim, 1):
            return claim
        return self.claim(step, compute(address), claim)

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
                    names = Apply("==", (address, at - k))
                    known = word is not None and result is not None
                    result = Apply("select", (names, word, result)) if known else None  # type: ignore[arg-type]
            (right,) = self.certificate.refs(claim, 1)
            stored[at] = self.claim(f"{step}, memory word {at}", result, right)

    def _base(self, word: Word) -> tuple[int, Node | None]:
        """A constant and a node whose sum the word is: where the code stands, and what steers."""
        expressions = self.certificate.expressions
        if word is None or expressions.table[word.expression].op != "+":
            return 0, word
        first, *rest = expressions.operands(word)
        op, args, *_ = expressions.table[first.expression]
        if op != "const":
            return 0, word
        total: Node = rest[0]
        for other in rest[1:]:
            total = Apply("+", (total, other))
        return args[0], total

    def _jump(self, step: _Step) -> list[tuple[int, Node]]:
        """Where the program can go on; if to several bundles, each with a condition of its own.

        Together the conditions cover all inputs of this path.
        """
        value, following = step.op.value, self.pc + 1
        steered: Node | None = 0
        if value == "end":
            targets = {0: len(self.bundles)}
        elif value == "target":
            targets = {0: int(step.slot[-1])}
        elif value == "addr":
            base, steered = self._base(self.scratch[step.op.reads(step.slot)[0].start])
            possible = self._possible(step, "target", steered)
            targets = {word: base + word & MASK for word in possible}
        elif value in ("target if cond else pc", "pc + offset if cond else pc"):
            condition = self.scratch[step.op.reads(step.slot)[0].start]
            steered = None if condition is None else Apply("==", (condition, 0))
            target = int(step.slot[-1]) + following * value.startswith("pc")
            there = {0: target, 1: following}
            targets = {no: there[no] for no in self._possible(step, "condition", steered)}
        else:
            raise Refusal(f"{step}: no meaning that a certificate can speak of")
        for target in targets.values():
            if not 0 <= target <= len(self.bundles):
                raise Refusal(f"{step}: jump to {target}, outside the program")
        if len(targets) > MAX_PATHS:
            raise Refusal(f"{step}: jump to {len(targets):,} bundles at once", wrong=False)
        if len(set(targets.values())) == 1:
            return [(min(targets.values()), 1)]
        return [(at, Apply("==", (steered, word))) for word, at in targets.items()]  # type: ignore[arg-type]
