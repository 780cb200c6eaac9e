# attack: 0
# tries: the honest generator: it must pass, or the whole run is void
# ends: verify 0
# says: PROVED for all inputs

from honest import KernelBuilder  # noqa: F401
