"""Symbolic runs: memory, paths, and what they write."""
