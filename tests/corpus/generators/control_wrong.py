# attack: 0
# tries: the honest generator with one constant of the hash changed: it must be caught
# ends: verify 1
# says: lanes wrong

import problem

problem.HASH_STAGES[3] = ("+", 0xD3A2646D, "^", "<<", 9)

from honest import KernelBuilder  # noqa: E402, F401
