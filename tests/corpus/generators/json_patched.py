# attack: 4
# tries: patches the child's JSON encoder to add a claim of one cycle to what comes back
# ends: build 2
# says: unknown key 'claims'

import json

from one_cycle import OneCycle as KernelBuilder  # noqa: F401

real = json.JSONEncoder.encode
json.JSONEncoder.encode = lambda self, document: real(self, {**document, "claims": {"cycles": 1}})
