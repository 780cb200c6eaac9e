# attack: 24
# tries: terminal escapes in an engine's name
# ends: build 2
# says: unknown engine '\x1b[2J

from one_cycle import OneCycle


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        self.instrs = [{"\x1b[2Jpassed": []}]
