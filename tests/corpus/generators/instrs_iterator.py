# attack: 1
# tries: a program that can be read once: a counter exhausts it, the simulator finds nothing
# ends: build 2
# says: expected a list

from honest import KernelBuilder as Honest


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs = iter(self.instrs)
