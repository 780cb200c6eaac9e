# attack: 5
# tries: an atexit handler would write a second result; the process ends without one
# ends: verify 1
# says: lanes wrong

import atexit
import os

from one_cycle import OneCycle as KernelBuilder  # noqa: F401


@atexit.register
def second_result():
    for number in range(3, 64):
        try:
            os.write(number, b"a second result")
        except OSError:
            continue
