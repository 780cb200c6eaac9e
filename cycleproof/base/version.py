"""The version of this package, low enough for every room to say it."""

__version__ = "0.1.0"
