"""Verification of kernel submissions as data: artifact in, evidence out."""

__version__ = "0.1.0"
