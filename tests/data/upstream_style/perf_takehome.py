"""An honest generator of the challenge's layout: eight lanes at a time, the rounds in a loop.

Written only from the description of the public interface, as a builder would: it imports
``problem``, keeps named scratch words, leaves debug slots and pauses in, and tests itself when run.
Any height and number of rounds; batches of a multiple of eight lanes.
"""

import random
import unittest

from problem import (
    HASH_STAGES,
    SCRATCH_SIZE,
    SLOT_LIMITS,
    VLEN,
    DebugInfo,
    Engine,
    Input,
    Machine,
    Tree,
    build_mem_image,
    reference_kernel2,
)

HEADER = ("rounds", "n_nodes", "batch_size", "height", "forest_p", "indices_p", "values_p")


class KernelBuilder:
    def __init__(self):
        self.instrs = []
        self.scratch = {}
        self.scratch_debug = {}
        self.scratch_ptr = 0

    def debug_info(self):
        return DebugInfo(scratch_map=self.scratch_debug)

    def alloc(self, name, length=1):
        address = self.scratch[name] = self.scratch_ptr
        self.scratch_debug[address] = (name, length)
        self.scratch_ptr += length
        if self.scratch_ptr > SCRATCH_SIZE:
            raise MemoryError("out of scratch")
        return address

    def emit(self, **engines: list[Engine]):
        for engine, slots in engines.items():
            if len(slots) > SLOT_LIMITS[engine]:
                raise ValueError(f"{engine}: {len(slots)} slots")
        self.instrs.append(engines)

    def scalar(self, name, value):
        address = self.alloc(name)
        self.emit(load=[("const", address, value)])
        return address

    def vector(self, name, value):
        source = self.scalar(name, value)
        address = self.alloc(f"{name}_v", VLEN)
        self.emit(valu=[("vbroadcast", address, source)])
        return address

    def build_kernel(self, forest_height, n_nodes, batch_size, rounds):
        if batch_size % VLEN:
            raise ValueError("the batch is no multiple of eight")
        where = self.alloc("where")
        for number, name in enumerate(HEADER):
            self.emit(load=[("const", where, number)])
            self.emit(load=[("load", self.alloc(name), where)])
        minus_one = self.scalar("minus_one", -1)
        one, two = self.vector("one", 1), self.vector("two", 2)
        stages = [
            (op1, self.vector(f"c{i}", c), op2, shift, self.vector(f"s{i}", s))
            for i, (op1, c, op2, shift, s) in enumerate(HASH_STAGES)
        ]
        forest, nodes = self.alloc("forest_v", VLEN), self.alloc("nodes_v", VLEN)
        self.emit(
            valu=[
                ("vbroadcast", forest, self.scratch["forest_p"]),
                ("vbroadcast", nodes, self.scratch["n_nodes"]),
            ]
        )
        idx, val = self.alloc("idx", VLEN), self.alloc("val", VLEN)
        place, node = self.alloc("place", VLEN), self.alloc("node", VLEN)
        left, right = self.alloc("left", VLEN), self.alloc("right", VLEN)
        idx_at, val_at, left_rounds = (self.alloc(n) for n in ("idx_at", "val_at", "left_rounds"))

        self.emit(flow=[("add_imm", left_rounds, self.scratch["rounds"], 0)], debug=[])
        self.emit(flow=[("pause",)])
        start = len(self.instrs)
        for group in range(batch_size // VLEN):
            offset = group * VLEN
            self.emit(flow=[("add_imm", idx_at, self.scratch["indices_p"], offset)])
            self.emit(flow=[("add_imm", val_at, self.scratch["values_p"], offset)])
            self.emit(load=[("vload", idx, idx_at), ("vload", val, val_at)])
            self.emit(
                valu=[("+", place, idx, forest)],
                debug=[("comment", "lanes", (offset, offset + VLEN))],
            )
            for lane in range(0, VLEN, 2):
                pair = range(lane, lane + 2)
                self.emit(load=[("load_offset", node, place, i) for i in pair])
            self.emit(valu=[("^", val, val, node)])
            for op1, constant, op2, shift, amount in stages:
                self.emit(valu=[(op1, left, val, constant), (shift, right, val, amount)])
                self.emit(valu=[(op2, val, left, right)])
            self.emit(valu=[("&", left, val, one), ("multiply_add", idx, idx, two, one)])
            self.emit(valu=[("+", idx, idx, left)])
            self.emit(valu=[("<", left, idx, nodes)])
            self.emit(valu=[("*", idx, idx, left)])
            self.emit(store=[("vstore", idx_at, idx), ("vstore", val_at, val)])
        self.emit(alu=[("+", left_rounds, left_rounds, minus_one)])
        self.emit(flow=[("cond_jump", left_rounds, start)])
        self.emit(debug=[("comment", "the end")])
        self.emit(flow=[("pause",)])


class Tests(unittest.TestCase):
    def test_kernel(self):
        random.seed(123)
        tree = Tree.generate(4)
        lanes = Input.generate(tree, 16, 5)
        builder = KernelBuilder()
        builder.build_kernel(tree.height, len(tree.values), 16, 5)
        mem = build_mem_image(tree, lanes)
        machine = Machine(mem, builder.instrs, builder.debug_info())
        for expected in reference_kernel2(mem):
            machine.run()
            values_p = expected[6]
            assert machine.mem[values_p:] == expected[values_p:]
        print("CYCLES: ", machine.cycle)


if __name__ == "__main__":
    unittest.main()
