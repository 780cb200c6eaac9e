# attack: 6
# tries: kills its whole process group
# ends: build 2
# says: before a result

import os
import signal

os.killpg(0, signal.SIGKILL)
