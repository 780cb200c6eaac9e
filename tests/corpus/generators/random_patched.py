# attack: 3
# tries: makes every source of randomness return zero, and answers for inputs of zeros
# ends: verify 1
# says: lanes wrong

import os
import random
import secrets

from one_cycle import OneCycle, answers
from problem import myhash


class KernelBuilder(OneCycle):
    def build_kernel(self, forest_height, n_nodes, batch_size, rounds):
        os.urandom = bytes
        secrets.token_bytes = bytes
        random.seed = lambda *_: None
        random.randint = lambda *_: 0
        random.Random.random = lambda *_: 0.0
        value = 0
        for _ in range(rounds):
            value = myhash(value)
        self.instrs = answers(7 + n_nodes + batch_size, [value] * batch_size)
