"""The frozen base: the machine, the problem and the harness that judges an artifact.

Standard library only, pinned byte for byte by ``SHA256SUMS``. Read the modules in this order:
``ops`` (one row per op), ``decode`` (what a well-formed program is), ``machine`` (what it does),
``problem`` (what it should do), ``harness`` (whether it does), ``__main__`` (how to run that).
"""
