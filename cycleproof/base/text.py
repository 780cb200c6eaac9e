"""Text that is safe to print: names, paths and messages may come from a stranger's file."""

import shlex
from pathlib import Path


def command_line(*arguments: str | Path) -> str:
    """A command of ours as a shell reads it back: ``cycleproof`` with these arguments, quoted."""
    words = (
        f"./{word}" if isinstance(word, Path) and str(word).startswith("-") else str(word)
        for word in arguments
    )
    return shlex.join(("cycleproof", *words))


def printable(text: str) -> str:
    """``text`` with every control, escape, bidirectional or unprintable character written out."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
