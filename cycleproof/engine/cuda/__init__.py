"""The GPU's engine, as CUDA C that NVRTC compiles; a C++ compiler takes the same text."""
