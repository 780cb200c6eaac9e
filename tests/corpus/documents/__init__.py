"""Class B: hostile and broken documents. A case is a row: how to make it, how it must end."""

from . import kernels, machine, reading

ROWS = [*reading.ROWS, *machine.ROWS, *kernels.ROWS]
CASES = [row.case for row in ROWS]
