"""The second engine: millions of seeds, judged by none but the frozen simulator in the end.

A program is executed once to SSA (``ir``), cut into lane slices (``slices``) and compiled, for
CPUs by LLVM (``llvm``) and for NVIDIA GPUs by NVRTC (``cuda``). A program that does not slice is
interpreted (``llvm.interpreter``). Inputs come by number from one generator (``stream``), and
``run`` deals seeds out to an executor. An engine counts and points; it never judges.
"""
