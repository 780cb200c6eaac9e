# attack: 1
# tries: bundles whose keys() is empty, so that a counter sees no engine and counts no cycle
# ends: build 2
# says: overrides keys

from honest import KernelBuilder as Honest


class Free(dict):
    def keys(self):
        return ()


class KernelBuilder(Honest):
    def build_kernel(self, *sizes):
        super().build_kernel(*sizes)
        self.instrs = [Free(bundle) for bundle in self.instrs]
