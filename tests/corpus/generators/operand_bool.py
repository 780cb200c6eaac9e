# attack: 1
# tries: booleans as operands
# ends: build 2
# says: expected an integer, got bool

from honest import KernelBuilder as Honest


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs[0]["load"] = [("const", False, False)]
