# attack: 5
# tries: builds nothing until debug_info() is called, when a judge has already counted
# ends: build 2
# says: nothing is left after stripping

from one_cycle import PROGRAM


class KernelBuilder:
    def __init__(self):
        self.instrs = []

    def build_kernel(self, *sizes):
        pass

    def debug_info(self):
        self.instrs += PROGRAM
