# attack: 5
# tries: a program that depends on the time of day
# ends: build 1
# says: builds 1 and 2 differ

import time

from honest import KernelBuilder as Honest


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs.append({"load": [("const", 0, time.time_ns() & 0xFFFFFFFF)]})
