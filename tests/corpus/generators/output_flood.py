# attack: 6
# tries: 64 MB of output, to fill a buffer or a log
# ends: verify 1
# says: lanes wrong

import os

from one_cycle import OneCycle as KernelBuilder  # noqa: F401

for _ in range(64):
    os.write(1, bytes(1 << 20))
    os.write(2, bytes(1 << 20))
