"""Bounds: how short a kernel can be, from the whole machine down to one recipe's own ops.

``any_program`` has floors without a model. ``counts`` reads a finished program, ``prices`` lists
what each way to serve a node costs, ``mix`` finds the best mix of the ways, ``ramp`` what no kernel
can use at its ends, ``report`` prints all.
"""

from .report import HELP, add_arguments, run

__all__ = ["HELP", "add_arguments", "run"]
