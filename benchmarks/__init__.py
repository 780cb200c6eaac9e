"""Measurements of speed, each a command: what it says stands in ``docs/performance.md``."""
