# attack: 1
# tries: addresses that are one number when checked and another when used
# ends: build 2
# says: is a int that overrides __index__

from honest import KernelBuilder as Honest


class Slippery(int):
    def __index__(self):
        return 7


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs[0]["load"] = [("const", Slippery(0), 0)]
