# attack: 4
# tries: raises SLOT_LIMITS and packs twice as many slots into a bundle
# ends: build 2
# says: alu: 24 slots, limit 12

import problem
from one_cycle import OneCycle

problem.SLOT_LIMITS["alu"] = 24


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        self.instrs = [{"alu": [("+", 100 + i, 0, 0) for i in range(24)]}]
