# attack: 2
# tries: raises and reads the frames of its own traceback up to the judge's
# ends: verify 1
# says: lanes wrong

import traceback

from one_cycle import OneCycle, answers


class KernelBuilder(OneCycle):
    def build_kernel(self, forest_height, n_nodes, batch_size, rounds):
        super().build_kernel(forest_height, n_nodes, batch_size, rounds)
        try:
            raise RuntimeError
        except RuntimeError as error:
            for frame, _ in traceback.walk_stack(error.__traceback__.tb_frame):
                expected = frame.f_globals.get("expected", frame.f_locals.get("expected"))
                if expected:
                    self.instrs = answers(7 + n_nodes + batch_size, expected)
