# attack: 6
# tries: announces a result of a terabyte
# ends: build 2
# says: a result of 1,099,511,627,776 bytes

import os
import sys

frame = sys._getframe()
while "nonce" not in frame.f_locals:
    frame = frame.f_back
os.write(frame.f_locals["pipe"], frame.f_locals["nonce"] + (1 << 40).to_bytes(8, "big"))
os._exit(0)
