"""The ground floor: errors, files, text, strict JSON, child processes; no knowledge of kernels."""
