# attack: 6
# tries: ignores every signal that can be ignored, and spins in two processes
# ends: build 2
# says: not built in 1.5 s
# timeout: 1.5

import os
import signal

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
os.fork()
while True:
    pass
