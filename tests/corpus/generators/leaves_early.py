# attack: 6
# tries: os._exit(0) when imported, which a judge may read as success
# ends: build 2
# says: before a result

import os

os._exit(0)
