"""Text that is safe to print, and the one way in which numbers and plurals are written."""

import codecs
import hashlib
import shlex
from collections.abc import Sequence
from pathlib import Path

JUDGED_WORDS = "values below 2^30"  # powers are written so everywhere: any terminal shows it
ALL_WORDS = "all 32-bit words"
SHOWN_DIGITS = 16  # of a digest in hex


# What stands for a character of ours where a terminal has none of the kind. Rich draws its tables
# in ASCII there by itself.
PLAIN = str.maketrans(
    dict(zip("·×“”‘’–−▁▂▃▄▅▆▇█", "|x\"\"''--.:-=+*#@", strict=True))
    | {"→": "->", "…": "...", "≤": "<=", "≥": ">=", "²": "^2", "³": "^3"}
)


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


def _in_plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end].translate(PLAIN)
    return lost.encode("ascii", "backslashreplace").decode(), error.end


IN_PLAIN = "cycleproof-plain"  # how a stream encodes a character that it lacks: by ``PLAIN``
codecs.register_error(IN_PLAIN, _in_plain)


def cut(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters; an ellipsis says that there were more."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def short(digest: str) -> str:
    """The first digits of a digest, enough to tell two apart by eye."""
    return f"{digest[:SHOWN_DIGITS]}…"


def mismatch(data: bytes, pin: str) -> str:
    """How a file differs from its pinned SHA-256, to be said after its name; ``""`` if it is it."""
    found = hashlib.sha256(data).hexdigest()
    if found == pin:
        return ""
    if hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest() == pin:
        return "has CRLF line ends, which the pinned file has not"
    return f"is not the pinned file: SHA-256 {short(found)}, pinned {short(pin)}"


def plural(count: int, noun: str) -> str:
    """``1 word``, ``1,558 words``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; ``""`` for none."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def shortlist(items: Sequence[str], most: int = 5) -> str:
    """``a, b and c``, or with more than ``most`` of them ``a, b and 7 more``."""
    more = [f"{len(items) - most:,} more"] if len(items) > most else []
    return listed([*items[:most], *more])
