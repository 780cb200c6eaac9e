"""One path of the program on claims: every word that it writes must be what the certificate says.

Scratch and memory hold what is established of each word: an expression, said of lanes, or None
where nothing is claimed. All slots of a bundle read the old state, then all writes land.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from frozen.errors import Malformed, where
from frozen.ops import MASK, Op, Slot

from .certificate import Certificate, pairs
from .obligations import Obligations
from .vocabulary import Expressions, Ref, Word, following
from .words import DIVIDES


class Refusal(Exception):
    """The first step that is not established. ``wrong``: it is known not to hold."""

    def __init__(self, message: str, wrong: bool = True) -> None:
        super().__init__(message)
        self.wrong = wrong


_LOADS = ("mem[addr]", "mem[addr + lane]")
_STORES = ("mem[addr] = src", "mem[addr + lane] = src")
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

    On these inputs it stands at bundle ``pc``, and every word is what is established of it.
    """

    bundles: Sequence[Sequence[tuple[Op, Slot]]]
    certificate: Certificate
    obligations: Obligations
    scratch: list[Word]
    memory: list[Word]
    condition: Ref
    pc: int = 0
    outer: tuple[Ref, ...] = ()  # the conditions that were split to reach this one

    @property
    def expressions(self) -> Expressions:
        """The certificate's, and what is made of them."""
        return self.certificate.expressions

    def step(self, row: int, row_items: Sequence[Any]) -> list["Path"]:
        """Run the bundle under a row of items: the paths that go on. Raises ``Refusal``."""
        pc, items = self.pc, iter(row_items)
        registers: list[tuple[int, list[Word]]] = []
        stored: dict[int, Word] = {}
        exits = [(pc + 1, self.condition)]
        engine, number = "", 0
        for op, slot in self.bundles[pc]:
            number = number + 1 if op.engine == engine else 0
            engine = op.engine
            step = self.obligations.place = _Step(row, pc, number, op, slot)
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

    def _split(self, pc: int, taken: Ref) -> "Path":
        """A path of its own for the inputs of this one on which ``taken`` holds as well."""
        self.obligations.budget.spend((len(self.scratch) + len(self.memory)) // 8)
        here, always = self.condition, self.obligations.reference.one
        return replace(
            self,
            scratch=list(self.scratch),
            memory=list(self.memory),
            pc=pc,
            condition=taken if here == always else self.obligations.combined("&", here, taken),
            outer=(*self.outer, here),
        )

    def claim(self, step: object, left: Word, right: Word) -> None:
        """Raise ``Refusal`` unless a result is established to equal a claim on this path."""
        if right is None:
            return
        if left is None:
            raise Refusal(f"{step}: a claim about a word of which nothing is known")
        self.obligations.place = step
        verdict = self.obligations.settle(left, right, self.condition)
        if not verdict.holds:
            wrong = verdict.holds is False
            said = "is not what is claimed" if wrong else "is not established"
            raise Refusal(f"{step}: its result {said}: {verdict.reason}", wrong)

    def _register(self, step: _Step, items: Iterator[Any]) -> tuple[int, list[Word]]:
        op, slot = step.op, step.slot
        target = int(slot[1]) + step.shift
        claims = self.certificate.refs(next(items), op.operands[0].width)
        if op.value in _LOADS:
            self._load(step, claims)
        elif any(claims):
            self._compute(step, claims)
        if op.name in DIVIDES:
            for divisor in self._source(step, 1):
                self._nonzero(step, divisor)
        return target, claims

    def _source(self, step: _Step, number: int = 0) -> list[Word]:
        """What is known of a source operand of a slot."""
        words = step.op.reads(step.slot)[number]
        return self.scratch[words.start : words.stop]

    def _compute(self, step: _Step, claims: list[Word]) -> None:
        """Hold the words that a slot computes against the claims.

        If each operand and the claim follow one another, the equation of word k is that of word 0
        with k added to each lane. Both are renamed to one, which then stands for all. Where that
        is not so, or does not tell, each word is looked at.
        """
        meaning, width, columns = step.op.value, len(claims), list[list[Word]]()
        for (_, kind, wide), value in zip(step.op.operands, step.slot[1:], strict=True):
            if kind == "src":
                at = int(value) + step.shift
                words = self.scratch[at : at + wide]
                columns.append(words if wide == width else words * width)
            elif kind == "imm":
                columns.append([self.expressions.constant(int(value))] * width)
        columns.append(claims)
        heads = [column[0] for column in columns if column[0]]
        alike = len(heads) == len(columns) and (
            width == 1 or columns == [following(head, width) for head in heads]
        )
        if not (alike and self.obligations.hold_alike(meaning, heads, width)):
            for *operands, claim in zip(*columns, strict=True):
                self.claim(step, self._result(meaning, operands), claim)

    def _result(self, meaning: str, operands: Sequence[Word]) -> Word:
        return None if None in operands else self.expressions.result(meaning, operands)  # type: ignore[arg-type]

    def _nonzero(self, step: _Step, divisor: Word) -> None:
        """Refuse unless a divisor is never 0 on this path: by its values, or as 0 < divisor."""
        if divisor is None:
            raise Refusal(f"{step}: nothing is known of its divisor")
        values = self.obligations.words(divisor, self.condition)
        if values is not None and 0 in values:
            raise Refusal(f"{step}: the divisor can be 0")
        if values is None:
            reference = self.obligations.reference
            positive = self.expressions.operation("<", [reference.zero, divisor])
            verdict = self.obligations.settle(positive, reference.one, self.condition)
            if not verdict.holds:
                can = verdict.holds is False
                said = "can be 0" if can else "may be 0, for all that is established"
                raise Refusal(f"{step}: the divisor {said}: {verdict.reason}", can)

    def _possible(self, step: _Step, role: str, word: Word, last: int = MASK) -> tuple[int, ...]:
        """Every value, ascending, on this path of a word that steers the machine.

        Of an address, none may be past ``last``, whether all are known or some by samples.
        """
        if word is None:
            raise Refusal(f"{step}: nothing is known of its {role}")
        values = self.obligations.words(word, self.condition)
        top = values[-1] if values else max(self.obligations.seen(word, self.condition), default=0)
        if top > last:
            raise Refusal(f"{step}: at {top}, outside memory (0..{len(self.memory) - 1})")
        if values is None:
            raise Refusal(f"{step}: its {role} is not a function of few path bits", wrong=False)
        return values

    def _addresses(self, step: _Step, width: int) -> tuple[Ref, tuple[int, ...]]:
        (address,) = self._source(step)
        possible = self._possible(step, "address", address, len(self.memory) - width)
        return address, possible  # type: ignore[return-value]

    def _load(self, step: _Step, claims: list[Word]) -> None:
        """Hold what a load leaves against the claims: the word at its address, or a lookup."""
        address, possible = self._addresses(step, len(claims))
        if len(possible) == 1:
            for at, claim in enumerate(claims, possible[0]):
                self.claim(step, self.memory[at], claim)
            return
        self.obligations.budget.spend(len(claims) * len(possible))
        for k, claim in enumerate(claims):
            table = claim and self.obligations.table(self.memory, possible, k)
            refs = address, table, claim
            if None in refs or not self.obligations.hold_alike("lookup", refs, 1):  # type: ignore[arg-type]
                self.claim(step, self._result("lookup", refs[:2]), claim)

    def _store(self, step: _Step, items: Iterator[Any], stored: dict[int, Word]) -> None:
        """One store; ``stored`` holds what earlier slots of the bundle have written."""
        words = self._source(step, 1)
        address, possible = self._addresses(step, len(words))
        if len(possible) == 1:
            stored.update((possible[0] + k, word) for k, word in enumerate(words))
            return
        touched = sorted({at + k for at in possible for k in range(len(words))})
        item = next(items)
        if not isinstance(item, dict) or item.keys() != {"stores"}:
            raise Malformed("a store at several addresses takes {'stores': [[address, item], ...]}")
        claims = pairs(item["stores"], len(self.memory), "stores")
        if [at for at, _ in claims] != touched:
            raise Malformed(f"the store can write exactly the words {touched!s:.60}")
        for at, claim in claims:
            result = stored.get(at, self.memory[at])
            for k, word in enumerate(words):
                if at - k in possible:
                    named = self._is(address, at - k)
                    result = self._result("a if cond else b", (named, word, result))
            (right,) = self.certificate.refs(claim, 1)
            self.claim(f"{step}, memory word {at}", result, right)
            stored[at] = right

    def _is(self, word: Ref, value: int) -> Ref:
        """Whether a word has a value, as a word of 0 or 1."""
        return self.expressions.operation("==", [word, self.expressions.constant(value)])

    def _base(self, word: Word) -> tuple[int, Word]:
        """A constant and a word whose sum the word is: where the code stands, and what steers."""
        if word is None or self.expressions.table[word.expression].op != "+":
            return 0, word
        first, *rest = self.expressions.operands(word)
        op, numbers, *_ = self.expressions.table[first.expression]
        if op != "const":
            return 0, word
        return numbers[0], rest[0] if len(rest) == 1 else self.expressions.operation("+", rest)

    def _jump(self, step: _Step) -> list[tuple[int, Ref]]:
        """Where the program can go on; if to several bundles, each with a condition of its own.

        Together the conditions cover all inputs of this path.
        """
        value, after = step.op.value, self.pc + 1
        steered: Word = None
        if value == "end":
            targets = {0: len(self.bundles)}
        elif value == "target":
            targets = {0: int(step.slot[-1])}
        elif value == "addr":
            base, steered = self._base(*self._source(step))
            possible = self._possible(step, "target", steered)
            targets = {word: base + word & MASK for word in possible}
        elif value in ("target if cond else pc", "pc + offset if cond else pc"):
            (condition,) = self._source(step)
            steered = condition and self._is(condition, 0)
            target = int(step.slot[-1]) + after * value.startswith("pc")
            there = {0: target, 1: after}
            targets = {no: there[no] for no in self._possible(step, "condition", steered)}
        else:
            raise Refusal(f"{step}: no meaning that a certificate can speak of")
        for target in targets.values():
            if not 0 <= target <= len(self.bundles):
                raise Refusal(f"{step}: jump to {target}, outside the program")
        if len(targets) > MAX_PATHS:
            raise Refusal(f"{step}: jump to {len(targets):,} bundles at once", wrong=False)
        if len(set(targets.values())) == 1:
            return [(min(targets.values()), self.condition)]
        return [(at, self._is(steered, word)) for word, at in targets.items()]  # type: ignore[arg-type]
