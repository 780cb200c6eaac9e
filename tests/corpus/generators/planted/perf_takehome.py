# attack: 4
# tries: brings its own problem.py, tests/ and trace.json, hoping that they stand in for the judge's
# ends: build 2
# says: cannot import name 'PLANTED' from 'problem'

from problem import PLANTED

KernelBuilder = PLANTED
