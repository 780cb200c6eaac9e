# attack: 4
# tries: a trace function that swaps the program while the capture hands it on: it is data still
# ends: verify 1
# says: lanes wrong

import sys

from honest import KernelBuilder as Honest
from one_cycle import PROGRAM


def swap(frame, event, result):
    if frame.f_code.co_name == "plain" and event == "return":
        result[:] = PROGRAM
    return swap


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        sys.settrace(swap)
