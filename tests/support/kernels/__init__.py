"""Kernels that tests of several rooms draw on: right, wrong, and hard to tell."""
