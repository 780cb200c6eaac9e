# attack: 6
# tries: forges a frame and lets the real one follow it
# ends: build 2
# says: followed by something else

import json
import os
import sys

from honest import KernelBuilder  # noqa: F401

frame = sys._getframe()
while "nonce" not in frame.f_locals:
    frame = frame.f_back
document = {"params": frame.f_locals["job"]["params"], "instrs": [{"flow": [["halt"]]}]}
body = json.dumps(document).encode()
head = frame.f_locals["nonce"] + len(body).to_bytes(8, "big")
os.write(frame.f_locals["pipe"], head + body)
