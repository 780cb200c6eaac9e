# attack: 6
# tries: replaces its process by another program, which knows the pipe and not the nonce
# ends: build 2
# says: before its result was whole

import os

os.execv("/bin/sh", ["sh", "-c", "for n in 3 4 5 6 7 8 9; do echo >&$n; done 2>/dev/null; exit 0"])
