"""Approximate kernels: the plain one with a hash, or a step, that is wrong on few words or none."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Self

from cycleproof.simulator.hashing import unhash32
from frozen.problem import HASH_STAGES, INPUT_BITS, Shape
from tests.support.kernels.plain import Kernel, Name, Operand, Tamper
from tests.support.programs import Bundles

SHAPE = Shape(10, 16, 8)
REFUTED = "refuted in the judged domain"
RIGHT = "proved right"
RIGHT_BELOW = "right below 2^30, refuted above"

Change = Callable[["Approximate", int, int], None]
"""Emits slots after a stage of the hash: (kernel, round, stages done)."""
Replaced = Callable[["Approximate", str, Name, Operand, Operand, int], bool]
"""Whether it has emitted an op of the hash itself: (kernel, op, dest, a, b, stage)."""


class Approximate(Kernel):
    """The plain kernel with a change after the stages of its hash, or other ops in them."""

    def __init__(
        self,
        shape: tuple[int, int, int],
        change: Change | None = None,
        replaced: Replaced | None = None,
        tamper: Tamper[Self] | None = None,
    ) -> None:
        super().__init__(shape, tamper)
        self.change, self.replaced = change, replaced
        self.stage = self.lane = self.round = 0

    def plain(self, op: str, dest: Name, a: Operand, b: Operand) -> None:
        super().alu(op, dest, a, b)

    def alu(self, op: str, dest: Name, a: Operand, b: Operand) -> None:
        hashing = dest in ("left", "right") or (dest == "value" and a == "left")
        if not (hashing and self.replaced and self.replaced(self, op, dest, a, b, self.stage)):
            super().alu(op, dest, a, b)
        if dest == "value" and a == "left":
            self.stage += 1
            if self.change:
                self.change(self, self.round, self.stage)
            if self.stage == len(HASH_STAGES):
                self.stage, self.round = 0, self.round + 1

    def _lane(self, lane: int) -> None:
        self.lane, self.stage, self.round = lane, 0, 0
        super()._lane(lane)


class Case(NamedTuple):
    """One kernel: its family, its name, what must become of it (None: refuted or proved)."""

    family: str
    name: str
    build: Callable[[], Bundles]
    expected: str | None


def _of(
    change: Change | None = None,
    replaced: Replaced | None = None,
    tamper: Tamper["Approximate"] | None = None,
) -> Callable[[], Bundles]:
    return lambda: Approximate(SHAPE, change, replaced, tamper).build()


def wrong_words(stage: int, bits: int) -> Change:
    """After ``stage`` stages, one more where the top bits are a pattern: on 2^-bits of words."""
    pattern = (0x9E3779B1 * (bits + 40 * stage) & 0xFFFFFFFF) >> (32 - bits)

    def change(k: Approximate, h: int, s: int) -> None:
        if s == stage:
            k.plain(">>", "t", "value", 32 - bits)
            k.plain("==", "t", "t", pattern)
            k.plain("+", "value", "value", "t")

    return change


def one_word(at: tuple[int, int], word: int, lane: int | None = None) -> Change:
    """One more where the value is one word, in one round of one lane or of all."""

    def change(k: Approximate, h: int, s: int) -> None:
        if (h, s) == at and lane in (None, k.lane):
            k.plain("==", "t", "value", word)
            k.plain("+", "value", "value", "t")

    return change


def carry_dropped(stage: int, bit: int) -> Replaced:
    """The stage's constant is added in two halves, without the carry from below ``bit``."""
    constant = HASH_STAGES[stage][1]

    def replaced(k: Approximate, op: str, dest: Name, a: Operand, b: Operand, s: int) -> bool:
        if s != stage or dest != "left":
            return False
        low = (1 << bit) - 1
        k.plain("&", "t", a, low)
        k.plain("+", "t", "t", constant & low)
        k.plain("&", "t", "t", low)
        k.plain("&", "u", a, ~low)
        k.plain("+", "u", "u", constant & ~low)
        k.plain("|", "left", "t", "u")
        return True

    return replaced


def xor_for_add(stage: int, bit: int) -> Replaced:
    """The stage's constant is added below ``bit`` and xored from there on."""
    constant = HASH_STAGES[stage][1]

    def replaced(k: Approximate, op: str, dest: Name, a: Operand, b: Operand, s: int) -> bool:
        if s != stage or dest != "left":
            return False
        low = (1 << bit) - 1
        k.plain("+", "left", a, constant & low)
        k.plain("^", "left", "left", constant & ~low & 0xFFFFFFFF)
        return True

    return replaced


def other_op(stage: int, dest: str, op: str) -> Replaced:
    """One op of the stage is another."""

    def replaced(k: Approximate, _: str, to: Name, a: Operand, b: Operand, s: int) -> bool:
        if s == stage and to == dest:
            k.plain(op, to, a, b)
            return True
        return False

    return replaced


def bit_missing(stage: int, bit: int, at: int | None) -> Replaced:
    """A bit of the stage's constant is missing, in one round of lane 3 or everywhere."""

    def replaced(k: Approximate, op: str, dest: Name, a: Operand, b: Operand, s: int) -> bool:
        if s == stage and dest == "left" and (at is None or (k.round, k.lane) == (at, 3)):
            k.plain(op, dest, a, HASH_STAGES[stage][1] & ~(1 << bit))
            return True
        return False

    return replaced


def wrap_constant(near: int) -> Tamper[Kernel]:
    """The index wraps where it is not below a constant near the number of nodes."""

    def tamper(k: Kernel, place: str, lane: int, h: int) -> None:
        if place == "bit":
            k.alu("+", "old", "index", "index")
            k.alu("+", "old", "old", "bit")
            k.alu("+", "old", "old", 1)
        if place == "index":
            k.alu("<", "t", "old", k.shape.n_nodes + near)
            k.alu("*", "index", "old", "t")

    return tamper


def bit_by_constant(constant: int) -> Tamper[Approximate]:
    """The path bit by a comparison: right for 1 to 2^31, but 1 word in 2^k, k < 32, for none."""

    def tamper(k: Approximate, place: str, lane: int, h: int) -> None:
        if place == "bit":
            k.plain("<<", "t", "value", 31)
            k.plain("<", "t", "t", constant)
            k.plain("^", "bit", "t", 1)

    return tamper


def value_compared(op: str, constant: int, flip: int) -> Change:
    """After the last stage, a bit flipped where the value compares so with a constant."""

    def change(k: Approximate, h: int, s: int) -> None:
        if s == 6:
            k.plain(op, "t", "value", constant)
            k.plain("<<", "t", "t", flip)
            k.plain("^", "value", "value", "t")

    return change


def product(power: int, constant: int, stage: int) -> Change:
    """One more where a power of the value is one constant."""

    def change(k: Approximate, h: int, s: int) -> None:
        if s == stage:
            k.plain("*", "t", "value", "value")
            if power == 3:
                k.plain("*", "t", "t", "value")
            k.plain("==", "t", "t", constant)
            k.plain("+", "value", "value", "t")

    return change


def masked(place_: str, mask: int, at: int) -> Tamper[Approximate]:
    """A word of round ``at`` without some bits."""

    def tamper(k: Approximate, place: str, lane: int, h: int) -> None:
        if (place, h) == (place_, at):
            word = "node" if place_ == "node" else "value"
            k.plain("&", word, word, mask)

    return tamper


def cases() -> Iterator[Case]:
    """All of them, in an order that does not change."""
    for stage in range(1, 7):
        for bits in range(8, 31, 2):
            yield Case(
                "a stage wrong on 2^-8 to 2^-30 of words",
                f"stage {stage - 1}, 2^-{bits}",
                _of(wrong_words(stage, bits)),
                REFUTED,
            )
    for stage, lane in [(1, 0), (2, 7), (3, None), (4, 2), (5, None), (6, 1)]:
        for h in (0, 1, 9, 10, 11, 15):
            word = unhash32(0x12345678 + stage, 6 - stage) if h else _reached(stage)
            yield Case(
                "one word in 2^32",
                f"round {h}, stage {stage - 1}, lane {lane}",
                _of(one_word((h, stage), word, lane)),
                REFUTED,
            )
    for stage in (0, 2, 3, 4):
        for bit in (1, 4, 8, 12, 16, 20, 24, 28, 31):
            yield Case(
                "carries dropped",
                f"stage {stage}, bit {bit}",
                _of(None, carry_dropped(stage, bit)),
                None,
            )
            yield Case(
                "xor for add",
                f"stage {stage}, from bit {bit}",
                _of(None, xor_for_add(stage, bit)),
                None,
            )
    for stage, (op1, _, op2, _, _) in enumerate(HASH_STAGES):
        for dest, op in (("left", op1), ("value", op2)):
            for other in sorted({"+", "^", "|"} - {op}):
                yield Case(
                    "another op", f"stage {stage}, `{other}` for `{op}`, {dest}",
                    _of(None, other_op(stage, dest, other)), REFUTED,
                )  # fmt: skip
    for stage in (1, 5):
        constant = HASH_STAGES[stage][1]
        for bit in range(32):
            right = not constant >> bit & 1
            yield Case(
                "a bit of C1 or C5 missing",
                f"C{stage}, bit {bit}",
                _of(None, bit_missing(stage, bit, None if bit % 2 else bit % 16)),
                RIGHT if right else REFUTED,
            )
    for near in (-2, -1, 0, 1, 2, 1024):
        yield Case(
            "comparisons with near constants",
            f"wrap at n{near:+}",
            _of(tamper=wrap_constant(near)),
            REFUTED if near else RIGHT,
        )
    for constant in (0, 1, 2, 1 << 30, 1 << 31, (1 << 31) + 1):
        yield Case(
            "comparisons with near constants",
            f"path bit by < {constant:#x}",
            _of(tamper=bit_by_constant(constant)),
            RIGHT if 0 < constant <= 1 << 31 else REFUTED,
        )
    for op, constant in (("<", 1), ("<", 2), ("<", 255), ("==", 0), ("==", 0xFFFFFFFF)):
        for flip in (0, 17, 31):
            yield Case(
                "comparisons with near constants",
                f"value {op} {constant:#x}, bit {flip}",
                _of(value_compared(op, constant, flip)),
                REFUTED,
            )
    for power, constant in ((2, 0), (2, 0xDEADBE11), (2, 2), (3, 0xDEADBE11), (3, 7)):
        for stage in (1, 6):
            yield Case(
                "a power equal to a constant",
                f"v^{power} = {constant:#x}, stage {stage - 1}",
                _of(product(power, constant, stage)),
                RIGHT if (power, constant) == (2, 2) else REFUTED,
            )
    low = (1 << INPUT_BITS) - 1
    for place, h in (("node", 0), ("node", 1), ("node", 5), ("node", 15), ("mixed", 0)):
        yield Case(
            "wrong above 2^30 only",
            f"{place} of round {h} & 2^30-1",
            _of(tamper=masked(place, low, h)),
            RIGHT_BELOW,
        )
    for stage in range(1, 7):
        yield Case(
            "wrong above 2^30 only",
            f"one word in round 0, stage {stage - 1}, that no judged input gives",
            _of(one_word((0, stage), _unreached(stage))),
            RIGHT_BELOW,
        )


def _first(stage: int, fits: Callable[[int], bool]) -> int:
    word = 0x13579BDF
    while not fits(unhash32(word, stage)):
        word += 1
    return word


def _reached(stage: int) -> int:
    """A word that ``stage`` stages make of a judged tree word ^ a judged lane value."""
    return _first(stage, lambda mixed: mixed < 1 << INPUT_BITS)


def _unreached(stage: int) -> int:
    return _first(stage, lambda mixed: mixed >= 1 << INPUT_BITS)
