# attack: 6
# tries: writes to every descriptor that it can guess
# ends: build 2
# says: something else than its result

import os

from one_cycle import OneCycle as KernelBuilder  # noqa: F401

for number in range(3, 256):
    try:
        os.write(number, b"0" * 64)
    except OSError:
        continue
