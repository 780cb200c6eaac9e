"""The score card of an entry as a picture, to show elsewhere."""

from collections.abc import Mapping
from typing import Any

from ...base.text import cut
from ...evidence.wording import WORDS
from ...view.badge import Line, digests, drawn
from ..rank import RANKED, Entry
from .chart import day

_MAX_NAME, _MAX_AUTHOR = 52, 60  # characters that fit


def card(entry: Entry, about: Mapping[str, Any]) -> bytes:
    """The SVG: what the entry's page says in its head. ``about``: what it was judged under."""
    word, row, tool = entry.verdict, entry.row, about["tool"]
    cycles = f" · {entry.cycles:,} cycles" if word in RANKED else ""
    by = ", ".join(f"{part} {tool[part]}" for part in ("cycleproof", "prover", "checker"))
    lines = [
        Line(cut(row.name, _MAX_NAME), 36, 17),
        Line(f"{cut(row.author, _MAX_AUTHOR)} · first seen {day(row.seen)}", 24, 14, soft=True),
        Line(WORDS[word].means, 34),
        *digests(entry.program, about["base"]),
        Line(by, 30, 11, soft=True),
    ]
    return drawn(word, f"{word}{cycles}", lines, f"{word}: {row.name}")
