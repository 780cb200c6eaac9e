# attack: 6
# tries: sys.exit(0) in the middle of a build
# ends: build 2
# says: SystemExit: 0

import sys

from one_cycle import OneCycle


class KernelBuilder(OneCycle):
    def build_kernel(self, *sizes):
        sys.exit(0)
