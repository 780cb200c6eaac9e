"""The text that GPUs run: CUDA C made of lane classes, which a C++ compiler takes as well.

One thread is one lane of one seed; a block holds a few seeds, their images in shared memory. A
block's work is a few phases with a barrier after each: draw the inputs, fill each level of the
image, run all lanes and compare, report. For C++ each phase is a loop over the block's threads,
so that a machine without a GPU runs the same text, word for word.
"""

from collections.abc import Iterable, Sequence

from frozen.problem import HASH_STAGES, Shape

from .. import stream
from ..ir import CONST, LANE, LOAD
from ..layout import Formula, progression
from ..meaning import names_of, translate
from ..sliced import CELL, GUARD, Instruction, LaneClass, Sliced, bitmap
from .grid import LISTED, LISTS, MISSED, WARP, WRONG, Grid, stride
from .prelude import EMIT, HEAD, REPORT


def source(sliced: Sliced, grid: Grid, *, evaluate: bool = False) -> str:
    """The whole text. Its kernel is ``bulk``, or ``evaluate`` for given inputs and all outputs.

    Raises ``Unsupported`` if a block's images do not fit in shared memory.
    """
    return _Source(sliced, grid).text(evaluate)


class _Source:
    def __init__(self, sliced: Sliced, grid: Grid) -> None:
        self.sliced, self.grid = sliced, grid
        self.shape: Shape = sliced.executed.shape
        # Each unit is ``group`` lanes of one class; the last one repeats a lane to be full.
        self.units: list[tuple[int, list[int]]] = [
            (number, [min(start + k, len(one.lanes) - 1) for k in range(grid.group)])
            for number, one in enumerate(sliced.classes)
            for start in range(0, len(one.lanes), grid.group)
        ]

        self.lanes = [sliced.classes[number].lanes[k] for number, ks in self.units for k in ks]

    def text(self, evaluate: bool) -> str:
        """The whole program; with ``evaluate`` it takes inputs and gives memories."""
        parts = [self._defines(), HEAD, self._draw()]
        parts += self._levels()
        parts += [self._sets()]
        parts += [self._lane_class(number, one) for number, one in enumerate(self.sliced.classes)]
        parts.append(self._unit_tables(evaluate))
        parts += [self._evaluate()] if evaluate else [self._reference(), REPORT, self._bulk()]
        return "\n".join(parts)

    def _defines(self) -> str:
        sliced, grid = self.sliced, self.grid
        values = {
            "SEEDS": grid.seeds,
            "THREADS": grid.threads,
            "BLOCKS": grid.blocks,
            "GROUP": grid.group,
            "STRIDE": stride(sliced),
            "DRAWN": stream.blocks(self.shape),
            "TREE_AT": sliced.tree_at,
            "TREE_QUADS": stream.tree_words(self.shape) // 4,
            "VALUES_AT": sliced.values_at,
            "QUADS": (stream.tree_words(self.shape) + self.shape.batch_size + 3) // 4,
            "UNITS": len(self.units),
            "LISTED": LISTED,
            "MEMORY": self.shape.memory_size,
        }
        return "".join(f"#define {name} {value}u\n" for name, value in values.items())

    def _draw(self) -> str:
        """ChaCha: one block of 16 words, stored as four quads."""
        lines = ["DEVICE void draw(u32* image, const Key& key, u64 index, u32 counter) {"]
        start = [f"{word}u" for word in stream.CONSTANTS]
        start += [f"key.words[{n}]" for n in range(8)]
        start += ["counter", "(u32)index", "(u32)(index >> 32)", "key.number"]
        lines += [f"  u32 s{n} = {word};" for n, word in enumerate(start)]
        lines.append(f"  for (u32 round = 0; round < {stream.ROUNDS // 2}u; ++round) {{")
        for quarter in stream.QUARTERS:
            for x, y, z, amount in stream.STEPS:
                a, b, c = quarter[x], quarter[y], quarter[z]
                lines.append(f"    s{a} += s{b}; s{c} = rotate(s{c} ^ s{a}, {amount}u);")
        lines.append("  }")
        lines += self._put([f"(s{n} + {word}) >> key.shift" for n, word in enumerate(start)])
        return "\n".join([*lines, "}"])

    def _put(self, words: Sequence[str]) -> Iterable[str]:
        """Store a block: as a whole where the tree and the lanes are whole blocks."""
        tree, lanes = stream.tree_words(self.shape), self.shape.batch_size
        whole = tree % stream.BLOCK_WORDS == 0 and lanes % stream.BLOCK_WORDS == 0
        if whole:
            yield "  u32* const to = place(image, 4u * counter);"
        for quad in range(4):
            four = f"make_uint4({', '.join(words[4 * quad : 4 * quad + 4])})"
            if whole:
                yield f"  ((uint4*)to)[{quad}] = {four};"
            else:
                yield f"  put(image, 4u * counter + {quad}u, {four});"

    def _levels(self) -> Iterable[str]:
        for level, formulas in enumerate(self.sliced.levels):
            for number, formula in enumerate(formulas):
                yield self._formula(f"{level}_{number}", formula)

    def _formula(self, name: str, formula: Formula) -> str:
        columns = list(zip(*formula.rows, strict=True))
        lines = [
            _table(f"column_{name}_{k}", column)
            for k, column in enumerate(columns)
            if progression(column) is None
        ]
        lines.append(f"DEVICE void make_{name}(u32* image, u32 row) {{")

        def parameter(k: int) -> str:
            return _entry(f"column_{name}_{k}", columns[k], "row")

        for number, (kind, args) in enumerate(formula.steps):
            if kind == "word":
                text = parameter(args[0] + 1)
            elif kind == "cell":
                text = f"image[{parameter(args[0] + 1)}]"
            else:
                text = _expression(kind, args)
            lines.append(f"  const u32 v{number} = {text};")
        lines.append(f"  image[{parameter(0)}] = v{len(formula.steps) - 1};")
        return "\n".join([*lines, "}"])

    def _sets(self) -> str:
        sets = enumerate(self.sliced.sets)
        return "\n".join(_table(f"set_{number}", bitmap(members)) for number, members in sets)

    def _lane_class(self, number: int, one: LaneClass) -> str:
        lines = [
            f"DEVICE void lane_{number}(const u32* image, const u32 value, u32& miss, u32* out) {{"
        ]
        for position, step in enumerate(one.code):
            lines.append(f"  const u32 v{position} = {self._step(step)};")
        lines += [f"  out[{k}] = v{position};" for k, position in enumerate(one.outputs)]
        return "\n".join([*lines, "}"])

    def _step(self, step: Instruction) -> str:
        kind, args = step
        if kind == CONST:
            return f"{args[0]}u"
        if kind == LANE:
            return "value"
        if kind == CELL:
            return f"image[{args[0]}u]"
        if kind == LOAD:
            return f"image[v{args[0]} + {args[1]}u]"
        if kind == GUARD:
            word, low, high, number = args
            if number < 0:
                return f"guard(v{word}, {low}u, {high}u, miss)"
            return f"guard_set(v{word}, {low}u, {high}u, set_{number}, miss)"
        return _expression(kind, args)

    def _unit_tables(self, evaluate: bool) -> str:
        classes = self.sliced.classes
        lines = [_table("unit_lane", self.lanes)]
        if evaluate:
            starts: list[int] = []
            places: list[int] = []
            for number, members in self.units:
                for k in members:
                    starts.append(len(places))
                    places += classes[number].places[k]
            lines += [_table("unit_places", starts), _table("places", places)]
            shared = self.sliced.shared
            lines += [_table("shared_to", [a for a, _ in shared])]
            lines += [_table("shared_from", [place for _, place in shared])]
        return "\n".join(lines)

    def _reference(self) -> str:
        """The reference on one lane; the index returns to the root after the deepest level."""
        height = self.shape.forest_height
        lines = ["DEVICE u32 reference(const u32* image, u32 h) {"]
        lines.append("  u32 at = TREE_AT;")
        for number in range(self.shape.rounds):
            lines.append("  h ^= image[at];")
            lines += [f"  h = {stage};" for stage in self._hash_stages()]
            deepest = number % (height + 1) == height
            if number + 1 < self.shape.rounds:
                lines.append(
                    "  at = TREE_AT;" if deepest else "  at = 2u * at + (1u - TREE_AT) + (h & 1u);"
                )
        return "\n".join([*lines, "  return h;", "}"])

    def _hash_stages(self) -> Iterable[str]:
        """The stages on ``h``; (h + C) + (h << s) is written as one product and one sum."""
        for op1, word, op2, shift, amount in HASH_STAGES:
            if (op1, op2, shift) == ("+", "+", "<<"):
                yield f"h * {(1 << amount) + 1}u + {word}u"
            else:
                yield f"(h {op1} {word}u) {op2} (h {shift} {amount}u)"

    def _phases(self, prefix: str) -> list[str]:
        """The levels of the image, each with its barrier."""
        lines = []
        for level, formulas in enumerate(self.sliced.levels):
            lines.append("    EACH_THREAD")
            for number, formula in enumerate(formulas):
                lines += [
                    f"      for (u32 t = thread; t < {len(formula.rows)}u * SEEDS; t += THREADS)",
                    f"        make_{level}_{number}({prefix} + t % SEEDS * STRIDE, t / SEEDS);",
                ]
            lines.append("    SYNC")
        return lines

    def _lanes(self, compared: bool) -> list[str]:
        """The phase that runs every lane of every seed; a warp is one class throughout."""
        lines = [
            "    EACH_THREAD",
            f"      for (u32 t = thread / {WARP}u; t < UNITS * (SEEDS * GROUP / {WARP}u);"
            f" t += THREADS / {WARP}u) {{",
            f"        const u32 unit = t / (SEEDS * GROUP / {WARP}u);",
            f"        const u32 seed = t % (SEEDS * GROUP / {WARP}u) * ({WARP}u / GROUP)"
            f" + thread % {WARP}u / GROUP;",
            "        const u32 place = unit * GROUP + thread % GROUP;",
            f"        const u32 lane = {_entry('unit_lane', self.lanes, 'place')};",
            "        const u32* image = images + seed * STRIDE;",
            "        const u32 value = image[VALUES_AT + lane];",
            "        u32 miss = 0u;",
        ]
        most = max(len(one.outputs) for one in self.sliced.classes)
        lines.append(f"        u32 out[{max(most, 1)}];")
        end = 0
        for number, one in enumerate(self.sliced.classes):
            end += sum(n == number for n, _ in self.units)
            lines.append(
                f"        {'else ' * (number > 0)}if (unit < {end}u)"
                f" {{ lane_{number}(image, value, miss, out);"
            )
            if not compared:
                lines.append(
                    f"          for (u32 k = 0; k < {len(one.outputs)}u; ++k)"
                    " results[seed * MEMORY + places[unit_places[place] + k]] = out[k];"
                )
            lines.append("        }")
        if compared:
            lines.append(
                "        const u32 differs = (u32)(out[0] != reference(image, value));\n"
                "        const u32 found = differs | miss << 1;"
            )
        else:
            lines.append("        const u32 found = miss << 1;")
        lines += ["        if (found) atomicOr(flags + seed, found);", "      }", "    SYNC"]
        return lines

    def _bulk(self) -> str:
        lines = [
            "KERNEL bulk(const Key key, const u64 first, const u64 count, u64* result) {",
            "  SHARED_MEMORY",
            "  const u64 end = first + count;",
            "  for (u64 base = first + BLOCK * SEEDS; base < end; base += GRID * SEEDS) {",
            "    EACH_THREAD",
            "      if (thread < SEEDS) flags[thread] = 0u;",
            "      for (u32 t = thread; t < SEEDS * DRAWN; t += THREADS)",
            "        draw(images + t % SEEDS * STRIDE, key, base + t % SEEDS, t / SEEDS);",
            "    SYNC",
            *self._phases("images"),
            *self._lanes(compared=True),
            "    EACH_THREAD",
            "      if (thread < SEEDS && base + thread < end) {",
            f"        if (flags[thread] == 1u) report(result + {WRONG},"
            f" result + {LISTS}, base + thread);",
            f"        if (flags[thread] & 2u) report(result + {MISSED},"
            f" result + {LISTS} + LISTED, base + thread);",
            "      }",
            "    SYNC",
            "  }",
            "}",
        ]
        return "\n".join(lines)

    def _evaluate(self) -> str:
        count = len(self.sliced.shared)
        lines = [
            "KERNEL evaluate(const u32* given, const u32 count, u32* results, u32* misses) {",
            "  SHARED_MEMORY",
            "  for (u32 base = BLOCK * SEEDS; base < count; base += GRID * SEEDS) {",
            "    EACH_THREAD",
            "      if (thread < SEEDS) flags[thread] = 0u;",
            "      for (u32 t = thread; t < SEEDS * QUADS; t += THREADS)",
            "        put(images + t % SEEDS * STRIDE, t / SEEDS,",
            "            ((const uint4*)given)[(base + t % SEEDS) * (4u * DRAWN) + t / SEEDS]);",
            "    SYNC",
            *self._phases("images"),
            *self._lanes(compared=False),
            "    EACH_THREAD",
            "      if (thread < SEEDS) misses[base + thread] = flags[thread];",
            f"      for (u32 t = thread; t < {count}u * SEEDS; t += THREADS)",
            "        results[(base + t % SEEDS) * MEMORY + shared_to[t / SEEDS]]",
            "          = images[t % SEEDS * STRIDE + shared_from[t / SEEDS]];",
            "    SYNC",
            "  }",
            "}",
        ]
        return "\n".join(lines).replace("results[seed * MEMORY", "results[(base + seed) * MEMORY")


def _table(name: str, words: Sequence[int]) -> str:
    text = ", ".join(f"{word}u" for word in words) or "0u"
    return f"TABLE {name}[{max(len(words), 1)}] = {{{text}}};"


def _entry(name: str, words: Sequence[int], at: str) -> str:
    """An entry of a table, or the sum that gives it where the words are a progression."""
    steady = progression(words)
    return f"{name}[{at}]" if steady is None else f"({steady[0]}u + {at} * {steady[1]}u)"


def _expression(value: str, args: Sequence[int]) -> str:
    operands = {name: f"v{arg}" for name, arg in zip(names_of(value), args, strict=True)}
    return translate(value, operands, lambda word: f"{word}u", EMIT)
