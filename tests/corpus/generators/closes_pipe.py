# attack: 6
# tries: closes every descriptor, so that nothing can be said against it
# ends: build 2
# says: before a result

import os

from one_cycle import OneCycle as KernelBuilder  # noqa: F401

os.closerange(0, 256)
