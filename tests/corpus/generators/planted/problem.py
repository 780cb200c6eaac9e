"""Planted: never handed over."""

from one_cycle import OneCycle as PLANTED  # noqa: F401, N814
