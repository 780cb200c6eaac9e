"""Written files: whole, or as they were."""

from collections.abc import Iterable
from pathlib import Path


def write(path: Path, lines: Iterable[str]) -> None:
    """Write ASCII text with Unix line ends beside ``path``, then move it there."""
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(lines)
    partial.replace(path)
