# attack: 3
# tries: re-seeds random, draws what it hopes will be the inputs, stores their outputs
# ends: verify 1
# says: lanes wrong

import random

from one_cycle import OneCycle, answers
from problem import Input, Tree, reference_kernel


class KernelBuilder(OneCycle):
    def build_kernel(self, forest_height, n_nodes, batch_size, rounds):
        random.seed(123)
        state = random.getstate()
        tree = Tree.generate(forest_height)
        lanes = Input.generate(tree, batch_size, rounds)
        reference_kernel(tree, lanes)
        random.setstate(state)
        self.instrs = answers(7 + n_nodes + batch_size, lanes.values)
