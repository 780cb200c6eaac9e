# attack: 2
# tries: looks for seeds, nonces or secrets in the environment and the command line
# ends: verify 1
# says: lanes wrong

import os
import sys

from one_cycle import OneCycle, answers


class KernelBuilder(OneCycle):
    def build_kernel(self, forest_height, n_nodes, batch_size, rounds):
        super().build_kernel(forest_height, n_nodes, batch_size, rounds)
        if set(os.environ) - {"PYTHONHASHSEED", "PWD", "LC_CTYPE"} or len(sys.argv) > 1:
            raise RuntimeError(f"found {sorted(os.environ)} {sys.argv}")
        self.instrs = answers(7 + n_nodes + batch_size, [1] * batch_size)
