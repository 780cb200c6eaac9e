# attack: 6
# tries: asks for 64 GB of memory
# ends: build 2
# says: MemoryError

from one_cycle import OneCycle as KernelBuilder  # noqa: F401

hoard = bytearray(64 << 30)
