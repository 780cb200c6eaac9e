# attack: 6
# tries: prints a result of its own on stdout and stderr and leaves with status 0
# ends: build 2
# says: before a result

import os

for number in (1, 2):
    os.write(number, b'{"cycles": 1, "verdict": "pass", "exit_code": 0}')
os._exit(0)
