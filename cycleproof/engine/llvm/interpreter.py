"""The engine for programs that do not slice: an interpreter of encoded bundles.

The program is data, so that one module serves all programs of a shape; each op is one
block of code made from its row of the op table. A seed runs as on the frozen machine: all slots
of a bundle read, then all writes land, and a fault ends the run.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from frozen.artifact import Artifact
from frozen.machine import DEFAULT_FUEL
from frozen.ops import SCRATCH_SIZE, VLEN, Op
from frozen.problem import FOREST_P, Inputs, memory_image

from ..meaning import divisors_of, names_of, translate, width_of
from .block import Block
from .emit import Words, module
from .encoding import (
    CYCLES,
    END,
    LANDS,
    NUMBERS,
    RECORD,
    ROW,
    WORK,
    Places,
    encode,
    places,
)
from .harness import FAULT, MISS, padded, surroundings
from .native import Native


class Interpreter(Native):
    """An artifact's program, interpreted. One thread at a time.

    A run that takes another number of cycles than claimed is a miss: the frozen simulator must say.
    """

    name = "interpreter"

    def __init__(self, artifact: Artifact, refusal: str = "") -> None:
        self.shape, self.refusal = artifact.shape, refusal
        self.places = places(artifact.shape)
        encoded = encode(artifact.program, self.places.bundles)
        lanes = len(padded(range(artifact.shape.batch_size)))
        words = self.places.bundles + len(encoded)
        super().__init__(source(self.places), self.places.frame, words, lanes)
        self._blank = Inputs([0] * self.shape.n_nodes, [0] * self.shape.batch_size)
        self._fill(self.places.blank, memory_image(self.shape, self._blank))
        self._fill(self.places.facts + END, [len(artifact.program), artifact.cycles])
        self._fill(self.places.bundles, encoded)

    def _fill(self, at: int, words: list[int]) -> None:
        self._image[at : at + len(words)] = np.array(words, dtype=np.uint32)

    def evaluate(self, given: Inputs) -> dict[int, int] | None:
        """All of memory after a run on these inputs, by address; None if the run faults."""
        if self.run(given) & FAULT:
            return None
        at = self.places.memory
        return dict(enumerate(self._image[at : at + self.shape.memory_size].tolist()))

    def work(self) -> int:
        """How many slots and bundles a run on zeros executes."""
        self.run(self._blank)
        return int(self._image[self.places.facts + WORK])


def source(at: Places) -> str:
    """The module, the same for all programs of a shape."""
    lanes = padded(range(at.frame.shape.batch_size))
    return module([surroundings(at.frame, lanes), _DECLARATIONS, *_program(at, len(lanes)), "}"])


_DECLARATIONS = f"""
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare i1 @llvm.vector.reduce.or.v{VLEN}i1(<{VLEN} x i1>)
"""


def _program(at: Places, lanes: int) -> Iterator[str]:
    shape = at.frame.shape
    block = Block()
    bodies = [_OpCode(block, at, number, op) for op, number in NUMBERS.items()]
    yield "define i32 @program(ptr noalias %image, ptr noalias %out) {\nentry:"
    copies = [
        (at.memory, at.blank, shape.memory_size),
        (at.memory + FOREST_P, at.frame.tree_at, shape.n_nodes),
        (at.memory + shape.values_p, at.frame.values_at, shape.batch_size),
    ]
    for number, (to, source_at, words) in enumerate(copies):
        yield from _copy(f"c{number}", f"%image, i32 {to}", f"%image, i32 {source_at}", words)
    yield f"  %scratch = getelementptr i32, ptr %image, i32 {at.scratch}"
    yield f"  call void @llvm.memset.p0.i64(ptr %scratch, i8 0, i64 {4 * SCRATCH_SIZE}, i1 false)"
    named = at._asdict() | {"fuel": DEFAULT_FUEL, "record": RECORD, "row": ROW, "vlen": VLEN}
    named |= {"work": at.facts + WORK, "end": at.facts + END, "claim": at.facts + CYCLES}
    landings = {number: _landing(number, *lands) for lands, number in LANDS.items()}
    named["lands"] = " ".join(f"i32 {number}, label %land_{number}" for number in landings)
    named["landings"] = "\n".join(landings.values())
    yield _FETCH.format_map(named)
    cases = " ".join(f"i32 {body.number}, label %op_{body.number}" for body in bodies)
    yield f"  switch i32 %op, label %fault [ {cases} ]"
    yield from block.lines
    jumps = ", ".join(f"[ {body.target}, %{body.last} ]" for body in bodies)
    yield f"slot_done:\n  %jumped = phi i32 {jumps}"
    yield _LAND.format_map(named)
    outputs = at.memory + shape.values_p
    yield from _copy("o", "%out, i32 0", f"%image, i32 {outputs}", shape.batch_size)
    yield f"  %last = getelementptr i32, ptr %out, i32 {shape.batch_size - 1}"
    yield "  %repeated = load i32, ptr %last"
    for lane in range(shape.batch_size, lanes):
        yield f"  %pad{lane} = getelementptr i32, ptr %out, i32 {lane}"
        yield f"  store i32 %repeated, ptr %pad{lane}"
    yield f"  %answer = select i1 %miscounted, i32 {MISS}, i32 0\n  ret i32 %answer"
    yield f"fault:\n  store i32 %work, ptr %work_at\n  ret i32 {FAULT}"


def _copy(name: str, to: str, source_at: str, words: int) -> Iterable[str]:
    return [
        f"  %{name}_to = getelementptr i32, ptr {to}",
        f"  %{name}_from = getelementptr i32, ptr {source_at}",
        f"  call void @llvm.memcpy.p0.p0.i64(ptr %{name}_to, ptr %{name}_from,"
        f" i64 {4 * words}, i1 false)",
    ]


_FETCH = """
  %work_at = getelementptr i32, ptr %image, i32 {work}
  %end_at = getelementptr i32, ptr %image, i32 {end}
  %end = load i32, ptr %end_at
  %claim_at = getelementptr i32, ptr %image, i32 {claim}
  %claim = load i32, ptr %claim_at
  %rows = getelementptr i32, ptr %image, i32 {bundles}
  br label %bundle
bundle:
  %pc = phi i32 [ 0, %entry ], [ %jump, %landed ]
  %fuel = phi i32 [ {fuel}, %entry ], [ %fuel_left, %landed ]
  %cycles = phi i32 [ 0, %entry ], [ %cycles_more, %landed ]
  %work = phi i32 [ 0, %entry ], [ %work_more, %landed ]
  %finished = icmp eq i32 %pc, %end
  br i1 %finished, label %ended, label %fetch
fetch:
  %empty = icmp eq i32 %fuel, 0
  br i1 %empty, label %fault, label %go
go:
  %fuel_left = sub i32 %fuel, 1
  %row = mul i32 %pc, {row}
  %row_at = getelementptr i32, ptr %rows, i32 %row
  %first = load i32, ptr %row_at
  %cost_at = getelementptr i32, ptr %row_at, i32 1
  %cost = load i32, ptr %cost_at
  %stop_at = getelementptr i32, ptr %row_at, i32 {row}
  %stop = load i32, ptr %stop_at
  %following = add i32 %pc, 1
  %cycles_more = add i32 %cycles, %cost
  br label %slots
slots:
  %at = phi i32 [ %first, %go ], [ %at_next, %slot_done ]
  %slot = phi i32 [ 0, %go ], [ %slot_next, %slot_done ]
  %jump = phi i32 [ %following, %go ], [ %jumped, %slot_done ]
  %more = icmp ult i32 %at, %stop
  br i1 %more, label %execute, label %landing
execute:
  %record = getelementptr i32, ptr %image, i32 %at
  %op = load i32, ptr %record
"""

_LAND = """
  %at_next = add i32 %at, {record}
  %slot_next = add i32 %slot, 1
  br label %slots
landing:
  %l_at = phi i32 [ %first, %slots ], [ %l_at_next, %slot_landed ]
  %l_slot = phi i32 [ 0, %slots ], [ %l_slot_next, %slot_landed ]
  %l_more = icmp ult i32 %l_at, %stop
  br i1 %l_more, label %land, label %landed
land:
  %l_record = getelementptr i32, ptr %image, i32 %l_at
  %l_where_at = getelementptr i32, ptr %l_record, i32 1
  %l_where = load i32, ptr %l_where_at
  %l_pending = mul i32 %l_slot, {vlen}
  %l_pending_at = add i32 %l_pending, {pending}
  %l_from = getelementptr i32, ptr %image, i32 %l_pending_at
  %l_dest_at = getelementptr i32, ptr %l_record, i32 2
  %l_dest = load i32, ptr %l_dest_at
  %l_word_at = getelementptr i32, ptr %scratch, i32 %l_dest
  %l_stores = getelementptr i32, ptr %image, i32 {address}
  %l_store_at = getelementptr i32, ptr %l_stores, i32 %l_slot
  %l_address = load i32, ptr %l_store_at
  %l_memory = getelementptr i32, ptr %image, i32 {memory}
  %l_cell_at = getelementptr i32, ptr %l_memory, i32 %l_address
  switch i32 %l_where, label %slot_landed [ {lands} ]
{landings}
slot_landed:
  %l_at_next = add i32 %l_at, {record}
  %l_slot_next = add i32 %l_slot, 1
  br label %landing
landed:
  %work_here = add i32 %slot, 1
  %work_more = add i32 %work, %work_here
  %outside = icmp ugt i32 %jump, %end
  br i1 %outside, label %fault, label %bundle
ended:
  store i32 %work, ptr %work_at
  %miscounted = icmp ne i32 %cycles, %claim
"""


def _landing(number: int, place: str, width: int) -> str:
    """The block in which a result lands, by its number in a record."""
    kind = f"<{width} x i32>" if width > 1 else "i32"
    to = "%l_word_at" if place == "dest" else "%l_cell_at"
    return f"""land_{number}:
  %landing_{number} = load {kind}, ptr %l_from, align 4
  store {kind} %landing_{number}, ptr {to}, align 4
  br label %slot_landed"""


class _OpCode:
    """The block of one op: it reads, and leaves its result among the pending ones.

    ``target`` is the next bundle's number after it, ``last`` the block in which it ends.
    """

    def __init__(self, block: Block, at: Places, number: int, op: Op) -> None:
        self.block, self.at, self.number, self.op = block, at, number, op
        self.words = Words(block, width_of(op))
        self.target, self.last = "%jump", f"op_{number}"
        self.block.label(self.last)
        others = [operand for operand in op.operands if operand.kind != "dest"]
        self.position = {operand.name: place for place, operand in enumerate(others, 3)}
        self.operands = {operand.name: operand for operand in others}
        if op.value.startswith("mem["):
            memory = self._memory()
            self._leave(self.block.let(f"load {self.words.type}, ptr {memory}, align 4"))
        elif op.place.startswith("mem["):
            self._memory()
            self._leave(self._column("src"))
        elif op.place == "pc":
            self.target = self._value({"pc": "%following", "end": "%end"})
        else:
            for name in divisors_of(op.value):
                self._faults_where_zero(self._column(name))
            self._leave(self._value({}))
        self.block.do("br label %slot_done")

    def _value(self, known: dict[str, str]) -> str:
        names = [name for name in names_of(self.op.value) if name not in known]
        columns = known | {name: self._column(name) for name in names}
        return translate(self.op.value, columns, self.words.word, self.words.emit)

    def _given(self, name: str) -> str:
        pointer = self.block.let(f"getelementptr i32, ptr %record, i32 {self.position[name]}")
        return self.block.let(f"load i32, ptr {pointer}")

    def _column(self, name: str) -> str:
        """An operand: the words that it addresses, or an immediate."""
        given, width = self._given(name), self.operands[name].width
        if width == 0:
            return self.words.splat(given)
        pointer = self.block.let(f"getelementptr i32, ptr %scratch, i32 {given}")
        if width == self.words.width:
            return self.block.let(f"load {self.words.type}, ptr {pointer}, align 4")
        return self.words.splat(self.block.let(f"load i32, ptr {pointer}"))

    def _leave(self, value: str) -> None:
        place = self.block.let(f"mul i32 %slot, {VLEN}")
        place = self.block.let(f"add i32 {place}, {self.at.pending}")
        pointer = self.block.let(f"getelementptr i32, ptr %image, i32 {place}")
        self.block.do(f"store {self.words.type} {value}, ptr {pointer}, align 4")

    def _memory(self) -> str:
        """A pointer to the words at ``addr``, which is also left for a store to land there."""
        pointer = self.block.let(f"getelementptr i32, ptr %scratch, i32 {self._given('addr')}")
        address = self.block.let(f"load i32, ptr {pointer}")
        last = self.at.frame.shape.memory_size - self.words.width
        self._fault_if(self.block.let(f"icmp ugt i32 {address}, {last}"))
        if self.op.place.startswith("mem["):
            stores = self.block.let(f"getelementptr i32, ptr %image, i32 {self.at.address}")
            place = self.block.let(f"getelementptr i32, ptr {stores}, i32 %slot")
            self.block.do(f"store i32 {address}, ptr {place}")
        memory = self.block.let(f"getelementptr i32, ptr %image, i32 {self.at.memory}")
        return self.block.let(f"getelementptr i32, ptr {memory}, i32 {address}")

    def _faults_where_zero(self, divisor: str) -> None:
        zero = self.words.test("eq", divisor, self.words.word(0))
        if self.words.width > 1:
            zero = self.block.let(
                f"call i1 @llvm.vector.reduce.or.v{VLEN}i1({self.words.bit} {zero})"
            )
        self._fault_if(zero)

    def _fault_if(self, bit: str) -> None:
        self.last = f"op_{self.number}_right"
        self.block.do(f"br i1 {bit}, label %fault, label %{self.last}")
        self.block.label(self.last)
