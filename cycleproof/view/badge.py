"""Pictures of a verdict as SVG: they load nothing and hold no kernel.

They are no templates: `card` needs no library of the pages.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from ..base.text import printable
from ..evidence.model import Evidence
from ..evidence.wording import WORDS, Word, headline

COLOURS: Mapping[Word, str] = {
    Word.PROVED: "#116329",
    Word.TESTED: "#0a58a8",
    Word.OPEN: "#7d4e00",
    Word.FAILED: "#a40e26",
    Word.TAMPERED: "#a40e26",
    Word.REFUSED: "#57606a",
}
_DARK, _SOFT = "#1b1f24", "#57606a"
_WIDTH, _LEFT = 640, 32
# Monospaced text is stretched to one width, so that no font runs over the edge.
_STRETCHED = f' font-family="monospace" textLength="{_WIDTH - 72}" lengthAdjust="spacingAndGlyphs"'


class Line(NamedTuple):
    """A line of text on a card, ``gap`` below the one before."""

    text: str
    gap: int
    size: int = 13
    soft: bool = False
    digest: bool = False


def digests(program: str, base: str) -> list[Line]:
    """The lines that tell which program is meant, where it is known, and under which base."""
    of_program = [Line(f"program {program}", 32, 11, digest=True)] if program else []
    return [*of_program, Line(f"frozen  {base}", 20, 11, digest=True)]


def drawn(word: Word, head: str, lines: Sequence[Line], label: str) -> bytes:
    """A card: a large first line in the word's colour and ``lines`` below; ``label`` names it."""
    y, texts, colour = 50, [], COLOURS[word]
    for line in lines:
        y += line.gap
        fill = f' fill="{_SOFT}"' if line.soft else ""
        look = f'font-size="{line.size}"{fill}{_STRETCHED if line.digest else ""}'
        texts.append(f'<text x="{_LEFT}" y="{y}" {look}>{_shown(line.text)}</text>')
    height, below = y + 22, "\n".join(texts)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" \
viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{_shown(label)}">
<rect x=".5" y=".5" width="{_WIDTH - 1}" height="{height - 1}" rx="10" fill="#fff" \
stroke="#d0d7de"/>
<rect width="10" height="{height}" fill="{colour}"/>
<g font-family="Verdana,DejaVu Sans,sans-serif" fill="{_DARK}">
<text x="{_LEFT}" y="50" font-size="26" font-weight="bold" fill="{colour}">{_shown(head)}</text>
{below}
</g>
</svg>
""".encode()


def _shown(text: str) -> str:
    return escape(printable(text))


def badge(evidence: Evidence) -> bytes:
    """The card: outcome and cycles, what was established, of which program, by which versions."""
    artifact, frozen = evidence.artifact, evidence.frozen
    word = headline(evidence).word
    text = f"{word} · {artifact['cycles']:,} cycles"
    proof = evidence.figures("proof")
    halves = [f"{half} {proof[half]}" for half in ("prover", "checker") if half in proof]
    tool = evidence.tool["cycleproof"]
    by = ", ".join([f"by cycleproof {tool}", *halves, f"frozen base {frozen['version']}"])
    lines = [
        Line(f"{WORDS[word].means}, at {evidence.shape}", 32),
        *digests(artifact["program_sha256"], frozen["digest"]),
        Line(by, 28, 12, soft=True),
    ]
    return drawn(word, text, lines, f"cycleproof: {text}")
