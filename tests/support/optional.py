"""Packages that only a study or a benchmark needs."""

import importlib
import sys
from typing import Any


def optional(module: str, install: str) -> Any:
    """The module; without its package, the end of the command in a line that says how to get it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        sys.exit(f"error: {package} is not installed; in a clone: pip install {install}")
