"""The badge of a score card: an SVG that loads nothing and holds no kernel.

It looks like the board's card, and is no template: `card` needs no library of the pages.
"""

from html import escape

from ..evidence.model import Evidence
from ..evidence.wording import WORDS, Word, headline

_COLOURS = {Word.PROVED: "#1a7f37", Word.TESTED: "#0969da", Word.OPEN: "#9a6700"}


def badge(evidence: Evidence) -> bytes:
    """The SVG: outcome and cycles, what was established, of which program, by which versions."""
    artifact, frozen = evidence.artifact, evidence.frozen
    word = headline(evidence).word
    text = f"{word} · {artifact['cycles']:,} cycles"
    means = f"{WORDS[word].means}, at {evidence.shape}"
    proof = evidence.figures("proof")
    halves = [f"{half} {proof[half]}" for half in ("prover", "checker") if half in proof]
    tool = evidence.tool["cycleproof"]
    by = ", ".join([f"by cycleproof {tool}", *halves, f"frozen base {frozen['version']}"])
    program, base = f"program {artifact['program_sha256']}", f"frozen  {frozen['digest']}"
    text, means, by, program, base = map(escape, (text, means, by, program, base))
    colour = _COLOURS[word]
    # Monospaced text is stretched to one width, so that no font runs over the edge.
    digest = (
        'font-family="monospace" font-size="11" textLength="568" lengthAdjust="spacingAndGlyphs"'
    )
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="640" height="184" viewBox="0 0 640 184" role="img" \
aria-label="cycleproof: {text}">
<rect x=".5" y=".5" width="639" height="183" rx="10" fill="#fff" stroke="#d0d7de"/>
<rect width="10" height="184" fill="{colour}"/>
<g font-family="Verdana,DejaVu Sans,sans-serif" fill="#1b1f24">
<text x="32" y="50" font-size="26" font-weight="bold" fill="{colour}">{text}</text>
<text x="32" y="82" font-size="13">{means}</text>
<text x="32" y="114" {digest}>{program}</text>
<text x="32" y="134" {digest}>{base}</text>
<text x="32" y="162" font-size="12" fill="#57606a">{by}</text>
</g>
</svg>
""".encode()
