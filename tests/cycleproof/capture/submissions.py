"""What a fixture gives that writes submissions."""

from pathlib import Path
from typing import Protocol


class Generator(Protocol):
    """``generator``: write a submission; its folder."""

    def __call__(self, *lines: str, top: str = "") -> Path:
        """``lines`` are the body of its ``build_kernel``; ``top`` stands before its class."""
