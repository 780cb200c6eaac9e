# attack: 6
# tries: forges a frame for an easier shape than was asked for
# ends: build 2
# says: its result is for H=1 R=1 B=8

import json
import os
import sys

frame = sys._getframe()
while "nonce" not in frame.f_locals:
    frame = frame.f_back
params = {"forest_height": 1, "rounds": 1, "batch_size": 8}
body = json.dumps({"params": params, "instrs": [{"flow": [["halt"]]}]}).encode()
head = frame.f_locals["nonce"] + len(body).to_bytes(8, "big")
os.write(frame.f_locals["pipe"], head + body)
os._exit(0)
