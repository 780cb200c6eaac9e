# attack: 6
# tries: a daemon keeps the pipe open after the build has left, so that the judge waits for ever
# ends: build 2
# says: before a result

import os
import time

if os.fork() == 0:
    os.setsid()
    time.sleep(60)
os._exit(0)
