# attack: 6
# tries: kills its parent process, hoping that the judge dies without a verdict
# ends: build 2
# says: before a result

import os
import signal

os.kill(os.getppid(), signal.SIGKILL)
os._exit(0)
