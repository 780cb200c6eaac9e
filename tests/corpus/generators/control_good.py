# attack: 0
# tries: the honest generator: it must pass, or the whole run is void
# ends: verify 0
# says: TESTED on 10 seeds

from honest import KernelBuilder  # noqa: F401
