# attack: 6
# tries: finds nonce and pipe in the frames and forges a whole frame: it is data, and judged as such
# ends: verify 1
# says: lanes wrong

import json
import os
import sys

frame = sys._getframe()
while "nonce" not in frame.f_locals:
    frame = frame.f_back
document = {"params": frame.f_locals["job"]["params"], "instrs": [{"flow": [["halt"]]}]}
body = json.dumps(document).encode()
head = frame.f_locals["nonce"] + len(body).to_bytes(8, "big")
os.write(frame.f_locals["pipe"], head + body)
os._exit(0)
