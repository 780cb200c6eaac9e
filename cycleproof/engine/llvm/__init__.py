"""The CPU's engines, as LLVM assembly that llvmlite compiles for the processor at hand."""
