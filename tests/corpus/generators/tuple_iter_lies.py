# attack: 1
# tries: slots that unpack to a cheap op and index to another
# ends: build 2
# says: overrides __iter__

from honest import KernelBuilder as Honest


class TwoFaced(tuple):
    def __iter__(self):
        return iter(("coreid", 0))


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs[0]["load"] = [TwoFaced(("const", 0, 0))]
