# attack: 6
# tries: a program of 64 MB
# ends: build 2
# says: bytes; limit

from one_cycle import OneCycle


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        self.instrs = [{"alu": [("x" * (64 << 20), 0)]}]
