# attack: 5
# tries: a search on random numbers without a seed: honest perhaps, but never the same
# ends: build 1
# says: builds 1 and 2 differ

import random

from honest import KernelBuilder as Honest


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs.append({"load": [("const", 0, random.getrandbits(32))]})
