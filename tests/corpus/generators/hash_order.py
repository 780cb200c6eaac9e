# attack: 5
# tries: a program that depends on the order of a set, so that no two builds are the same
# ends: build 1
# says: builds 1 and 2 differ

from honest import KernelBuilder as Honest


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs.append({"load": [("const", 0, hash("order") & 0xFFFF)]})
