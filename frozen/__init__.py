"""The frozen base: the machine, the problem and the harness that judges an artifact.

Standard library only, pinned byte for byte by ``SHA256SUMS``; docs/spec.md states the same in
words. Read the modules in this order: ``errors``, ``ops`` (one row per op), ``program`` (what a
well-formed program is), ``machine`` (what it does), ``problem`` (what it should do), ``artifact``
(a program as a file), ``harness`` (whether it does it), ``__main__`` (how to run that).
"""
