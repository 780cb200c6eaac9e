# attack: 1
# tries: a patched type() waves lying containers through: what they hold still counts
# ends: verify 1
# says: lanes wrong

import builtins

from one_cycle import PROGRAM, OneCycle

real = type


class Free(dict):
    def keys(self):
        return ()


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        self.instrs = [Free(bundle) for bundle in PROGRAM]
        builtins.type = lambda value: dict if real(value) is Free else real(value)
