# attack: 5
# tries: its destructor would put an honest program in the place of the one-cycle one after counting
# ends: verify 1
# says: lanes wrong

from honest import KernelBuilder as Honest
from one_cycle import OneCycle


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.sizes = sizes

    def __del__(self):
        honest = Honest()
        honest.build_kernel(*self.sizes)
        self.instrs[:] = honest.instrs
