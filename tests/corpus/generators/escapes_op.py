# attack: 24
# tries: right-to-left overrides in an op's name
# ends: build 2
# says: unknown op '\u202e

from one_cycle import OneCycle


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        self.instrs = [{"alu": [("\u202edessap", 0, 0, 0)]}]
