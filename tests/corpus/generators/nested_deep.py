# attack: 6
# tries: a slot nested a hundred thousand deep, to overflow an encoder or a decoder
# ends: build 2
# says: expected an integer, got list

from one_cycle import OneCycle


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        slot = []
        for _ in range(100_000):
            slot = [slot]
        self.instrs = [{"alu": [("+", slot)]}]
