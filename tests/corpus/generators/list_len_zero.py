# attack: 1
# tries: a program that says it has one bundle and holds all of them
# ends: build 2
# says: overrides __len__

from honest import KernelBuilder as Honest


class Short(list):
    def __len__(self):
        return 1


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs = Short(self.instrs)
