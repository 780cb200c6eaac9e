# attack: 6
# tries: fills the disk with one file (bounded at 320 MB)
# ends: build 2
# says: OSError: [Errno

from pathlib import Path

from one_cycle import OneCycle as KernelBuilder  # noqa: F401

with Path("full").open("wb", buffering=0) as file:
    for _ in range(320):
        if file.write(bytes(1 << 20)) < 1 << 20:
            file.write(bytes(1 << 20))
