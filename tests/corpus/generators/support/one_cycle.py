"""What most cheats want to pass as a kernel: a program of one cycle that computes nothing."""

PROGRAM = [{"flow": [("halt",)]}]


class OneCycle:
    """The interface of a generator; a cheat changes what it needs to."""

    def __init__(self):
        self.instrs = []

    def build_kernel(self, forest_height, n_nodes, batch_size, rounds):
        self.instrs = list(PROGRAM)

    def debug_info(self):
        return None


def answers(values_p, values):
    """A program that stores ready-made outputs: what a cheat does who knows the inputs."""
    program = [{"load": [("const", 0, values_p)]}]
    for value in values:
        program.append({"load": [("const", 1, value)]})
        program.append({"store": [("store", 0, 1)], "flow": [("add_imm", 0, 0, 1)]})
    return program
