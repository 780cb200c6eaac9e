# attack: 6
# tries: fills the disk with many files (bounded at 160 MB)
# ends: build 2
# says: wrote more than 128 MB of files

import time
from pathlib import Path

for number in range(20):
    Path(f"full{number}").write_bytes(bytes(8 << 20))
time.sleep(20)
