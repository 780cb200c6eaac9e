# attack: 6
# tries: a hundred processes in sessions of their own that would outlive the build (bounded)
# ends: verify 1
# says: lanes wrong

import os
import time

from one_cycle import OneCycle as KernelBuilder  # noqa: F401

for _ in range(100):
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
        os._exit(0)
