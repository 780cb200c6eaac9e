# attack: 1
# tries: a property that shows an honest program first and a short one afterwards
# ends: build 2
# says: changes between two readings

from honest import KernelBuilder as Honest
from one_cycle import PROGRAM


class KernelBuilder:
    def __init__(self):
        self.honest = Honest()
        self.reads = 0

    def build_kernel(self, *sizes):
        self.honest.build_kernel(*sizes)

    @property
    def instrs(self):
        self.reads += 1
        return self.honest.instrs if self.reads == 1 else PROGRAM
