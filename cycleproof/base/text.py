"""Text that is safe to print: names, paths and messages may come from a stranger's file."""


def printable(text: str) -> str:
    """``text`` with every control, escape, bidirectional or unprintable character written out."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
