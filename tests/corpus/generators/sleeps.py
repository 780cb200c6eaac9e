# attack: 6
# tries: sleeps, so that the judge gives up or waits for ever
# ends: build 2
# says: not built in 1.5 s
# timeout: 1.5

import time

time.sleep(3600)
