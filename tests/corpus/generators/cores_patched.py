# attack: 4
# tries: sets N_CORES to 8 and leaves seven eighths of the work to cores that are not there
# ends: verify 1
# says: lanes wrong

import problem
from one_cycle import OneCycle

problem.N_CORES = 8


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        self.instrs = [{"flow": [("coreid", 0)]}, {"alu": [("+", 1, 0, 0)]}]
