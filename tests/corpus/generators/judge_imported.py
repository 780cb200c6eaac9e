# attack: 4
# tries: imports the judging simulator, if it can, and patches it
# ends: verify 1
# says: lanes wrong

import contextlib

with contextlib.suppress(ImportError):
    import frozen.machine

    frozen.machine.Machine.run = lambda *_: None

with contextlib.suppress(ImportError):
    import cycleproof.simulator.runner

    cycleproof.simulator.runner.run_frozen = lambda *_: []

from one_cycle import OneCycle as KernelBuilder  # noqa: F401
