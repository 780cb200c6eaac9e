# attack: 1
# tries: floats as operands, which a lax simulator computes with exactly
# ends: build 2
# says: expected an integer, got float

from honest import KernelBuilder as Honest


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs[0]["load"] = [("const", 0, 0.0)]
