# attack: 1
# tries: objects that convert to another integer at each use
# ends: build 2
# says: expected an integer, got Counter

import itertools

from honest import KernelBuilder as Honest


class Counter:
    numbers = itertools.count()

    def __index__(self):
        return next(self.numbers)


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs[0]["load"] = [("const", 0, Counter())]
