"""Measurements of speed, each a command; most results are in ``docs/performance.md``."""
