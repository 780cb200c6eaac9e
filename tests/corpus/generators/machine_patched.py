# attack: 4
# tries: replaces the machine's run, its counter and the reference by ones that agree with anything
# ends: verify 1
# says: lanes wrong

import problem
from one_cycle import OneCycle as KernelBuilder  # noqa: F401

problem.Machine.run = lambda self: None
problem.Machine.cycle = property(lambda self: 1, lambda self, value: None)
problem.reference_kernel = lambda tree, lanes: None
problem.reference_kernel2 = lambda mem, trace=None: iter([mem, mem])
